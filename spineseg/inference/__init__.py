"""Inference: padding, tiling, flips, largest pieces, and writing what was found."""

from spineseg.inference.postprocess import largest_components
from spineseg.inference.predict import (
    padded,
    probabilities,
    tiled,
    to_labels,
    with_flips,
)

__all__ = [
    "largest_components",
    "padded",
    "probabilities",
    "tiled",
    "to_labels",
    "with_flips",
]
