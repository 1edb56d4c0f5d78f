"""Schematic anatomy, drawn from a table of sizes: the plates of the first chapters.

Every function returns a matplotlib figure for :func:`spineseg.notebook.figure`.
"""

from spineseg.notebook.drawings.anatomy_plates import one_vertebra, whole_spine
from spineseg.notebook.drawings.imaging_plates import contrasts, views
from spineseg.notebook.drawings.label_plates import five_papers, numbering
from spineseg.notebook.drawings.measure_plates import (
    COBB_ENDS,
    COBB_LEVELS,
    cobb,
    cobb_landmarks,
    measures,
    pathology,
)

__all__ = [
    "COBB_ENDS",
    "COBB_LEVELS",
    "cobb",
    "cobb_landmarks",
    "contrasts",
    "five_papers",
    "measures",
    "numbering",
    "one_vertebra",
    "pathology",
    "views",
    "whole_spine",
]
