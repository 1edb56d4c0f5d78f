"""Samples as tensors; workers change nothing."""

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader

from spineseg.core.errors import SpinesegError
from spineseg.datasets import create_dataset
from spineseg.datasets.tensors import Tensors
from spineseg.transforms import augmentation, preprocessing


@pytest.fixture
def skin():
    return create_dataset("isic2016", "all", size_px=40, count=4)


def test_items_have_channels_first_and_whole_labels(skin):
    item = Tensors(skin, preprocessing("mdwcnet", size_px=32))[0]
    assert item["image"].shape == (3, 32, 32)
    assert item["image"].dtype == torch.float32
    assert item["target"].shape == (32, 32)
    assert item["target"].dtype == torch.int64
    assert item["id"] == skin.ids[0]


def test_each_epoch_draws_anew_and_repeats_itself(skin):
    data = Tensors(skin, None, augmentation("cvmunet"), seed=1)
    first, again = data[1]["image"], data[1]["image"]
    data.set_epoch(1)
    second = data[1]["image"]
    assert torch.equal(first, again)
    assert not torch.equal(first, second)


def test_workers_give_the_same_batches_as_none(skin):
    data = Tensors(
        skin, preprocessing("mdwcnet", size_px=32), augmentation("mdwcnet"), seed=3
    )
    alone = [b["image"] for b in DataLoader(data, batch_size=2)]
    helped = [
        b["image"]
        for b in DataLoader(
            data, batch_size=2, num_workers=2, multiprocessing_context="spawn"
        )
    ]
    assert all(torch.equal(a, b) for a, b in zip(alone, helped, strict=True))


def test_kept_samples_are_prepared_once(skin, monkeypatch):
    data = Tensors(skin, preprocessing("mdwcnet", size_px=32), keep=True)
    first = data[0]["image"]
    monkeypatch.setattr(type(skin.source), "load", None)  # a second drawing would fail
    assert torch.equal(data[0]["image"], first)


def test_chance_in_preprocessing_is_refused(skin):
    with pytest.raises(SpinesegError, match="must not depend on chance"):
        Tensors(skin, augmentation("cvmunet"))


def test_indices_beyond_the_end_stop_loops(skin):
    data = Tensors(skin)
    assert len(list(data)) == 4
    assert data[-1]["index"] == 3
    np.testing.assert_array_equal(data[-1]["target"], skin[3].mask)
