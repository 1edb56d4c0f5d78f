"""Variants that are made of another: equalised pictures, an augmented second copy."""

from dataclasses import dataclass, replace

from spineseg.core.rng import rng
from spineseg.core.sample import Sample
from spineseg.datasets.base import Source
from spineseg.transforms import Pipeline, augmentation, step

COPY = "-copy"


@dataclass(frozen=True)
class Change:
    """What is done to each sample, or to a second copy of each training sample."""

    pipeline: Pipeline
    as_copy: bool = False


VARIANTS = {
    ("csxa_spinous", "clahe"): Change(
        Pipeline("clahe", (step("clahe", clip_limit=2.0, tiles=8),))
    ),
    ("csxa_spinous", "augmented"): Change(augmentation("cervspinenet"), as_copy=True),
}
"""CervSpineNet's: CLAHE on every picture (tests too), or 400 + 400 for training."""


@dataclass(frozen=True)
class Changed:
    """A source whose samples went through a change.

    The copy of a picture is drawn once, from the seed and its id: it is a fixed second
    picture, as in the paper, not a new one in every epoch.
    """

    source: Source
    change: Change
    seed: int
    training: bool

    @property
    def ids(self) -> tuple[str, ...]:
        """Return all ids."""
        return self.ids_of(self.source.ids)

    def ids_of(self, ids: tuple[str, ...]) -> tuple[str, ...]:
        """Return these ids and, in training, those of their copies."""
        if not (self.change.as_copy and self.training):
            return ids
        return (*ids, *(f"{name}{COPY}" for name in ids))

    def patient_of(self, name: str) -> str:
        """Return the patient of a picture or of its copy."""
        return self.source.patient_of(name.removesuffix(COPY))

    def load(self, name: str) -> Sample:
        """Return the changed sample."""
        original = name.removesuffix(COPY)
        sample = self.source.load(original)
        if self.change.as_copy and name == original:
            return sample
        random = rng(self.seed, "variant", self.change.pipeline.name, original)
        return replace(self.change.pipeline(sample, random), id=name)
