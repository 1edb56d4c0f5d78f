"""Download and unpack all files of an offer."""

from collections.abc import Callable
from pathlib import Path

from spineseg.core.errors import SpinesegError
from spineseg.datasets.download import (
    Patience,
    Progress,
    change_receipt,
    fetch,
    is_complete,
    receipts,
)
from spineseg.datasets.offers import Offer
from spineseg.datasets.unpack import check_room, unpack

ROOM = 2.5
"""Free space asked for, over the size of what is still to come: archive and content."""


def obtain(
    wanted: Offer,
    folder: Path,
    *,
    tell: Callable[[str], None] = print,
    patience: Patience | None = None,
    progress: Progress | None = None,
) -> list[str]:
    """Download, check and unpack; return the names of the files that were fetched.

    What is complete stays untouched: a second run fetches nothing.

    Raises:
        SpinesegError: if there is nothing to download, the disk has no room, or a file
            cannot be had or is not the expected one.
    """
    if not wanted.files:
        raise SpinesegError(
            f"{wanted.dataset} cannot be downloaded by a program", remedy=wanted.way
        )
    folder.mkdir(parents=True, exist_ok=True)
    missing = [file for file in wanted.files if not is_complete(file, folder)]
    still = sum(file.expected_bytes for file in missing)
    if len(missing) == len(wanted.files):
        still = wanted.expected_bytes
    check_room(folder, int(ROOM * still), wanted.dataset)
    fetched = []
    for file in wanted.files:
        if fetch(file, folder, patience=patience, progress=progress):
            fetched.append(file.name)
            known = receipts(folder)[file.name]
            if not known["hash_was_known"]:
                tell(f"{file.name}: no hash is published; pinned {known['sha256']}")
        if file.is_archive and not receipts(folder)[file.name].get("unpacked"):
            count = unpack(folder / file.name, folder)
            change_receipt(folder, file.name, unpacked=count)
            tell(f"{file.name}: {count} files unpacked; the archive may be deleted")
    return fetched
