"""Samples as tensors; workers change nothing."""

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader

from spineseg.core.errors import SpinesegError
from spineseg.datasets import create_dataset
from spineseg.training import AtEpoch, PreparedSamples, SampleExamples
from spineseg.transforms import augmentation, preprocessing


@pytest.fixture
def skin():
    return create_dataset("isic2016", "all", size_px=40, count=4)


def test_pairs_have_channels_first_and_masks_or_label_numbers(skin):
    ready = PreparedSamples(skin, preprocessing("mdwcnet", size_px=32))
    picture, target = SampleExamples(ready, seed=0).pair(0, 0)
    assert picture.shape == (3, 32, 32)
    assert picture.dtype == torch.float32
    assert target.shape == (1, 32, 32)
    assert set(target.unique().tolist()) == {0.0, 1.0}
    _, labels = SampleExamples(ready, seed=0, classes=2).pair(0, 0)
    assert labels.dtype == torch.int64
    assert torch.equal(labels, target[0].long())


def test_each_epoch_draws_anew_and_repeats_itself(skin):
    examples = SampleExamples(skin, 1, augmentation("cvmunet"))
    first, again, second = (examples.pair(1, epoch)[0] for epoch in (0, 0, 1))
    assert torch.equal(first, again)
    assert not torch.equal(first, second)


def test_workers_give_the_same_batches_as_none(skin):
    ready = PreparedSamples(skin, preprocessing("mdwcnet", size_px=32))
    epoch = AtEpoch(SampleExamples(ready, 3, augmentation("mdwcnet")), epoch=2)
    alone = [pictures for pictures, _ in DataLoader(epoch, batch_size=2)]
    helped = [
        pictures
        for pictures, _ in DataLoader(
            epoch, batch_size=2, num_workers=2, multiprocessing_context="spawn"
        )
    ]
    assert all(torch.equal(a, b) for a, b in zip(alone, helped, strict=True))


def test_kept_samples_are_prepared_once(skin, monkeypatch):
    ready = PreparedSamples(skin, preprocessing("mdwcnet", size_px=32), keep=True)
    first = ready[0].picture
    monkeypatch.setattr(type(skin.source), "load", None)  # a second drawing would fail
    np.testing.assert_array_equal(ready[0].picture, first)


def test_chance_in_preprocessing_is_refused(skin):
    with pytest.raises(SpinesegError, match="must not depend on chance"):
        PreparedSamples(skin, augmentation("cvmunet"))


def test_an_epoch_ends_plain_loops_and_has_no_negative_numbers(skin):
    epoch = AtEpoch(SampleExamples(skin, seed=0))
    assert len(list(epoch)) == len(epoch) == 4
    np.testing.assert_array_equal(epoch[3][1][0], skin[3].mask > 0)
    with pytest.raises(IndexError):
        epoch[-1]
