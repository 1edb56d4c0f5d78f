"""The papers' own numbers, read off the pipelines."""

import numpy as np
import pytest

from spineseg.core.errors import SpinesegError
from spineseg.core.rng import rng
from spineseg.core.sample import Sample
from spineseg.transforms import PAPERS, augmentation, bottleneck_target, preprocessing

SIZES = {
    "cvmunet": (480, 480),
    "cervspinenet": (1024, 1024),
    "mdwcnet": (256, 256),
    "inception_unet": (128, 128),
    "wgan_ctm": (512, 512),
}


@pytest.fixture
def sample():
    picture = rng(0, "p").random((60, 90)).astype(np.float32)
    mask = (picture > 0.7).astype(np.uint8) * 3
    return Sample(picture, mask, "p", spacing_mm=(0.8, 0.5))


@pytest.mark.parametrize("paper", PAPERS)
def test_each_paper_ends_at_its_own_size_with_the_same_labels(paper, sample):
    done = preprocessing(paper)(sample)
    assert done.size == SIZES[paper]
    assert done.picture.dtype == np.float32
    assert set(np.unique(done.mask)) <= {0, 3}
    assert not preprocessing(paper).is_random


@pytest.mark.parametrize("paper", PAPERS)
def test_each_augmentation_is_random_and_keeps_the_size(paper, sample):
    assert augmentation(paper).is_random
    assert augmentation(paper)(sample, rng(0, "a")).size == sample.size


def test_cvmunet_names_its_four_numbers():
    knobs = {part.name: part.knobs for part in preprocessing("cvmunet").parts}
    assert knobs["clahe"] == {"clip_limit": 2.0, "tiles": 8}
    assert knobs["non_local_means"] == {
        "strength": 10.0,
        "template_px": 7,
        "search_px": 21,
    }


def test_cervspinenet_turns_by_ten_or_forty_five_degrees_only(sample):
    random = rng(0, "many")
    drawn = augmentation("cervspinenet")
    seen = [drawn(sample, random).history for _ in range(60)]
    angles = {history[0].knobs["angle_deg"] for history in seen}
    shifts = {tuple(history[1].knobs.values()) for history in seen}
    assert angles == {-45.0, -10.0, 10.0, 45.0}
    assert shifts == {(x, y) for x in (-10.0, 10.0) for y in (-10.0, 10.0)}


def test_wgan_ends_with_a_z_score(sample):
    picture = preprocessing("wgan_ctm")(sample).picture
    assert float(picture.mean()) == pytest.approx(0, abs=1e-4)
    assert float(picture.std()) == pytest.approx(1, abs=1e-4)


def test_inception_makes_the_pixels_square_before_it_resizes(sample):
    names = [step.name for step in preprocessing("inception_unet")(sample).history]
    assert names[:3] == ["square_pixels", "pad_to_square", "resize"]
    plain = preprocessing("inception_unet", padded=False)(sample)
    assert plain.history[0].name == "resize"


def test_the_bottleneck_target_takes_the_label_under_each_of_its_pixels():
    mask = np.kron(np.arange(64).reshape(8, 8), np.ones((16, 16))).astype(np.uint8)
    np.testing.assert_array_equal(bottleneck_target(mask), np.arange(64).reshape(8, 8))


@pytest.mark.parametrize(("share", "flips"), [(0.0, 0), (1.0, 20)])
def test_the_share_of_mirrored_pictures_is_a_number(sample, share, flips):
    change = augmentation("inception_unet", mirrored=share)
    done = [change(sample, rng(0, "mirror", k)).history for k in range(20)]
    names = [step.name for steps in done for step in steps]
    assert names.count("flip_horizontal") == flips
    assert names.count("rotate") == 20


def test_an_unknown_paper_is_refused():
    with pytest.raises(SpinesegError, match="unknown paper"):
        preprocessing("unet")
