"""From samples to what a network eats: a torch data set over any of ours.

Preprocessing is done once a sample and can be kept in memory; augmentation is drawn
anew in every epoch, from (seed, epoch, id), so that any worker draws the same.
"""

from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from spineseg.core.errors import SpinesegError
from spineseg.core.rng import rng
from spineseg.core.sample import Sample
from spineseg.datasets.base import SpineDataset
from spineseg.transforms import Pipeline


class Tensors(Dataset[dict[str, Any]]):
    """Pictures and masks as tensors.

    Items: ``image`` (channels, rows, columns) float32, ``target`` (rows, columns) int64
    numbers, ``index`` and ``id``.

    Args:
        data: where samples come from.
        prepare: preprocessing without chance.
        augment: drawn anew in every epoch; None for validation and test.
        seed: of the augmentation.
        keep: hold prepared samples in memory (each worker holds its own).
    """

    def __init__(
        self,
        data: SpineDataset,
        prepare: Pipeline | None = None,
        augment: Pipeline | None = None,
        *,
        seed: int = 0,
        keep: bool = False,
    ) -> None:
        if prepare is not None and prepare.is_random:
            raise SpinesegError(
                "preprocessing must not depend on chance",
                found=prepare.name,
                remedy="Pass it as augment",
            )
        self.data, self.prepare, self.augment = data, prepare, augment
        self.seed, self.epoch = seed, 0
        self._kept: dict[int, Sample] | None = {} if keep else None

    def set_epoch(self, epoch: int) -> None:
        """Draw other augmentations from now on (call it before each epoch)."""
        self.epoch = epoch

    def __len__(self) -> int:
        return len(self.data)

    def sample(self, index: int) -> Sample:
        """Return the sample as the network will see it, with its history."""
        ready = self._prepared(index)
        if self.augment is None:
            return ready
        stream = rng(self.seed, "augmentation", self.epoch, ready.id)
        return self.augment(ready, stream)

    def __getitem__(self, index: int) -> dict[str, Any]:
        """Return one item; negative indices count from the end."""
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        index %= len(self)
        sample = self.sample(index)
        return {
            "image": picture_tensor(sample),
            "target": torch.from_numpy(sample.mask.astype(np.int64)),
            "index": index,
            "id": sample.id,
        }

    def _prepared(self, index: int) -> Sample:
        if self._kept is not None and index in self._kept:
            return self._kept[index]
        sample = self.data[index]
        ready = self.prepare(sample) if self.prepare else sample
        if self._kept is not None:
            self._kept[index] = ready
        return ready


def picture_tensor(sample: Sample) -> Tensor:
    """Return the picture as (channels, rows, columns) float32."""
    picture = sample.picture[None] if sample.picture.ndim == 2 else None
    if picture is None:
        picture = sample.picture.transpose(2, 0, 1)
    return torch.from_numpy(np.ascontiguousarray(picture, np.float32))
