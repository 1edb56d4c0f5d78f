"""The records that come with the book: ``results/records`` of the repository.

An installed package carries a copy beside its modules. ``SPINESEG_RECORDS`` names
another folder, such as that of a reader's own runs.
"""

import os
from pathlib import Path

import spineseg
from spineseg.core.errors import SpinesegError

VARIABLE = "SPINESEG_RECORDS"


def records_folder() -> Path:
    """Return the folder of records.

    Raises:
        SpinesegError: if there is none.
    """
    package = Path(spineseg.__file__).parent
    named = os.environ.get(VARIABLE, "").strip()
    places = [package.parent / "results" / "records", package / "results" / "records"]
    if named:
        places = [Path(named).expanduser()]
    for place in places:
        if place.is_dir():
            return place
    raise SpinesegError(
        "there is no folder of records",
        found=", ".join(map(str, places)),
        remedy=f"Set {VARIABLE} to the folder that spineseg train wrote",
    )
