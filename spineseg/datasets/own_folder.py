"""The registry's entry for :mod:`spineseg.datasets.folder`."""

from typing import Any

from spineseg.core.errors import SpinesegError
from spineseg.datasets.base import Family, TwinPlan
from spineseg.datasets.folder import CARD, Folder, stated_parts
from spineseg.datasets.splits import split_by_shares


def _no_twin(plan: TwinPlan) -> Any:
    raise SpinesegError(
        "your own folder has no twin", remedy="Pass root=, the folder with samples.csv"
    )


def _parts(source: Any) -> dict[str, Any]:
    """Return the table's own split, or 7:1:2 by patient."""
    shares = {"train": 0.7, "val": 0.1, "test": 0.2}
    return stated_parts(source) or split_by_shares(
        source.ids, source.patient_of, shares, 0, "own_folder"
    )


FAMILY = Family(CARD, _no_twin, Folder, {"paper": _parts})
