"""From samples to tensors: what the loop asks for is a picture, a target, a place.

Samples come from anywhere: a list, or a data set that reads or draws them when asked.
:class:`SampleExamples` is what the loop takes; :class:`AtEpoch` hands the same pairs to
a ``DataLoader``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from spineseg.core.errors import SpinesegError
from spineseg.core.rng import rng
from spineseg.core.sample import Sample
from spineseg.transforms import Pipeline

Pair = tuple[Tensor, Tensor]


class Samples(Protocol):
    """Samples by number: a list, a part of a data set, :class:`PreparedSamples`."""

    def __len__(self) -> int: ...

    def __getitem__(self, index: int, /) -> Sample: ...


class Examples(Protocol):
    """Anything that gives a pair of tensors for an index and an epoch."""

    def __len__(self) -> int: ...

    def pair(self, index: int, epoch: int) -> Pair:
        """Return picture and target; the same for the same index and epoch."""
        ...


class PreparedSamples:
    """Samples after preprocessing, which is done when one is asked for.

    Args:
        samples: as read or drawn.
        prepare: steps without chance.
        keep: hold prepared samples in memory (each worker holds its own).

    Raises:
        SpinesegError: if ``prepare`` depends on chance.
    """

    def __init__(
        self, samples: Samples, prepare: Pipeline, *, keep: bool = False
    ) -> None:
        if prepare.is_random:
            raise SpinesegError(
                "preprocessing must not depend on chance",
                found=prepare.name,
                remedy="Give it to SampleExamples as augment",
            )
        self.samples, self.prepare = samples, prepare
        self._kept: dict[int, Sample] | None = {} if keep else None

    def __len__(self) -> int:
        return len(self.samples)

    def __getitem__(self, index: int, /) -> Sample:
        if self._kept is None:
            return self.prepare(self.samples[index])
        if index not in self._kept:
            self._kept[index] = self.prepare(self.samples[index])
        return self._kept[index]


@dataclass(frozen=True)
class SampleExamples:
    """Samples as pairs of tensors, augmented anew in each epoch.

    samples: preprocessed.  seed: of the augmentation.  augment: draws one change from
    a generator, or None.  channels: of the picture; a grey one is repeated.
    classes: 1 gives a mask of zeros and ones, more give label numbers.
    """

    samples: Samples
    seed: int
    augment: Callable[[Sample, np.random.Generator], Sample] | None = None
    channels: int = 1
    classes: int = 1

    def __len__(self) -> int:
        return len(self.samples)

    def pair(self, index: int, epoch: int) -> Pair:
        """Return one picture ``c h w`` and its target ``1 h w`` or ``h w``."""
        sample = self.samples[index]
        if self.augment is not None:
            sample = self.augment(sample, rng(self.seed, "augment", epoch, index))
        picture = to_picture(sample, self.channels)
        if self.classes == 1:
            return picture, torch.from_numpy(sample.mask > 0).float()[None]
        return picture, torch.from_numpy(sample.mask.astype(np.int64))


class AtEpoch(Dataset[Pair]):
    """The pairs of one epoch, for a ``DataLoader``; any worker gives the same."""

    def __init__(self, examples: Examples, epoch: int = 0) -> None:
        self.examples, self.epoch = examples, epoch

    def __len__(self) -> int:
        return len(self.examples)

    def __getitem__(self, index: int) -> Pair:
        """Return picture and target; past the end IndexError stops plain loops."""
        if not 0 <= index < len(self):
            raise IndexError(index)
        return self.examples.pair(index, self.epoch)


def to_picture(sample: Sample, channels: int) -> Tensor:
    """Return the picture as ``c h w``; a grey one stands in every channel."""
    # a copy: a picture may be shared and read-only
    planes = torch.from_numpy(np.array(sample.picture, np.float32))
    if planes.dim() == 2:
        return planes[None].expand(channels, -1, -1).contiguous()
    return planes.permute(2, 0, 1).contiguous()
