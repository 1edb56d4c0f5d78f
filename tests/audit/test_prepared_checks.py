"""What the checks of preparation and of single rows measure, on small cases."""

import numpy as np
import pytest

from spineseg.audit.checks.cervspinenet.prepared import _processes, _traced
from spineseg.audit.checks.cvmunet.prepared import contrast
from spineseg.audit.checks.cvmunet.printed import _share_by_dice, _shrunk
from spineseg.audit.checks.prepared import drawn, knob, order, square
from spineseg.core.rng import rng
from spineseg.metrics import dice_class_mean

RECIPE = "mdwcnet/mdwc_net"


def film():
    mask = np.zeros((80, 80), bool)
    mask[30:50, 30:50] = True
    return rng(0, "grey").uniform(0, 1, mask.shape), mask


def test_contrast_does_not_ask_for_the_scale_of_grey_levels():
    picture, mask = film()
    picture[mask] += 1
    once = contrast(picture, mask)
    assert contrast(7 * picture - 3, mask) == pytest.approx(once)
    assert contrast(1 - picture, mask) == pytest.approx(once)


def test_contrast_grows_with_the_step_and_falls_with_the_noise():
    noise, mask = film()
    low, high = (contrast(noise + step * mask, mask) for step in (1, 2))
    assert high > low
    assert contrast(2 * noise + mask, mask) < low


def test_a_step_that_a_recipe_has_not_has_no_number():
    assert order(RECIPE) == "pad_to_square, resize"
    assert knob(RECIPE, "resize", "rows") == "256"
    assert knob(RECIPE, "clahe", "tiles") == "nothing"


def test_a_square_stays_one_with_padding_and_not_without():
    assert square(RECIPE) == "1.0"
    # that recipe stretches: a film twice as high as wide makes squares flat
    assert float(square("cervspinenet/unet")) == pytest.approx(0.5, abs=0.1)


def test_some_random_changes_do_nothing_and_some_flip():
    lengths = {len(history) for history in drawn(RECIPE)}
    assert lengths == {0, 1}


def test_a_mask_drawn_in_keeps_no_more_than_its_share_and_lies_inside():
    mask = film()[1]
    for share in (0.9, 0.5, 0.1):
        left = _shrunk(mask, share)
        assert left.sum() <= share * mask.sum()
        assert not (left & ~mask).any()


def test_the_share_of_foreground_follows_from_the_dice_of_nothing():
    mask = film()[1]
    nothing = np.zeros_like(mask)
    share = _share_by_dice(dice_class_mean(nothing, mask))
    assert share == pytest.approx(mask.mean())


def test_lines_are_traced_around_the_masks_in_two_reds_and_nowhere_else():
    mask = _processes()
    hue, saturation, _ = _traced(mask)
    line = saturation > 0
    assert set(hue[line]) == {15.0, 345.0}
    assert set(hue[~line]) == {0.0}  # grey has the hue of pure red
    assert not (line & mask).any()
