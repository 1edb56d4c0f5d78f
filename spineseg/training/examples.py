"""From samples to tensors: what the loop asks for is a picture, a target, a place."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from spineseg.core.rng import rng
from spineseg.core.sample import Sample

Pair = tuple[Tensor, Tensor]


class Examples(Protocol):
    """Anything that gives a pair of tensors for an index and an epoch."""

    def __len__(self) -> int: ...

    def pair(self, index: int, epoch: int) -> Pair:
        """Return picture and target; the same for the same index and epoch."""
        ...


@dataclass(frozen=True)
class SampleExamples:
    """Samples as pairs of tensors, augmented anew in each epoch.

    samples: preprocessed.  seed: of the augmentation.  augment: draws one change from
    a generator, or None.  channels: of the picture; a grey one is repeated.
    classes: 1 gives a mask of zeros and ones, more give label numbers.
    """

    samples: Sequence[Sample]
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


def to_picture(sample: Sample, channels: int) -> Tensor:
    """Return the picture as ``c h w``; a grey one stands in every channel."""
    # a copy: a picture may be shared and read-only
    planes = torch.from_numpy(np.array(sample.picture, np.float32))
    if planes.dim() == 2:
        return planes[None].expand(channels, -1, -1).contiguous()
    return planes.permute(2, 0, 1).contiguous()
