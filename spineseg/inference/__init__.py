"""Inference: padding, tiling, flips, largest pieces, and writing what was found."""

from spineseg.inference.files import Reader, files_of, predict_file
from spineseg.inference.native import predict_film, predict_picture, predict_volume
from spineseg.inference.postprocess import largest_components
from spineseg.inference.predict import (
    padded,
    probabilities,
    tiled,
    to_labels,
    with_flips,
)

__all__ = [
    "Reader",
    "files_of",
    "largest_components",
    "padded",
    "predict_file",
    "predict_film",
    "predict_picture",
    "predict_volume",
    "probabilities",
    "tiled",
    "to_labels",
    "with_flips",
]
