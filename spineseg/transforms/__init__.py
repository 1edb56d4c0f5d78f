"""Preprocessing and augmentation: draw the numbers, then apply them, keep them.

A *step* is deterministic and named (:func:`step`); a *draw* makes a step out of a
random generator; a *pipeline* runs both and leaves the steps in the sample's history,
from which :func:`replay` makes the same pixels again.
"""

from spineseg.core.sample import Sample, Step
from spineseg.transforms import intensity, spatial, wavelet  # steps register on import
from spineseg.transforms.base import (
    Draw,
    Pipeline,
    apply,
    list_steps,
    replay,
    step,
)
from spineseg.transforms.draws import Chance, OneOf, Uniform
from spineseg.transforms.papers import (
    PAPERS,
    augmentation,
    bottleneck_target,
    preprocessing,
)

__all__ = [
    "PAPERS",
    "Chance",
    "Draw",
    "OneOf",
    "Pipeline",
    "Sample",
    "Step",
    "Uniform",
    "apply",
    "augmentation",
    "bottleneck_target",
    "intensity",
    "list_steps",
    "preprocessing",
    "replay",
    "spatial",
    "step",
    "wavelet",
]
