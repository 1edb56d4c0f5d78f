"""Every public metric keeps to the one table of empty masks."""

import inspect

import numpy as np
import pytest
from mask_shapes import rectangle

from spineseg import metrics as m

EMPTY = np.zeros((40, 40), bool)
THING = rectangle(10, 12, 9, 7, shape=(40, 40))
MORE = {
    "nsd": {"tolerance_mm": 1.0, "spacing_mm": 1.0},
    "nsd_by_length": {"tolerance_mm": 1.0, "spacing_mm": 1.0},
    "boundary_iou_mm": {"width_mm": 2.0, "spacing_mm": 1.0},
}
CASES = {"both": (EMPTY, EMPTY), "prediction": (EMPTY, THING), "target": (THING, EMPTY)}


def score(name, pair):
    return getattr(m, name)(*pair, **MORE.get(name, {}))


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", m.EMPTY_TABLE)
def test_a_metric_of_empty_masks_is_what_the_table_says(name, case):
    said = getattr(m.EMPTY_TABLE[name], case)
    value = score(name, CASES[case])
    if said is None:
        assert np.isfinite(value)
    else:
        assert value == pytest.approx(said, nan_ok=True)


def test_every_metric_of_two_masks_has_a_row_in_the_table():
    takes_masks = {
        name
        for name in m.__all__
        if inspect.isfunction(f := getattr(m, name))
        and list(inspect.signature(f).parameters)[:2] == ["prediction", "target"]
        and inspect.signature(f).return_annotation is float
    }
    other_names = {"ppv", "sensitivity"}
    assert takes_masks - other_names == set(m.EMPTY_TABLE)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("accuracy", 1 - 63 / 1600),
        ("specificity", 1.0),
        ("mae", 63 / 1600),
        ("mae_foreground", 1.0),
        ("iou_class_mean", (1 - 63 / 1600) / 2),
        ("hausdorff_of_rows", np.sqrt(7)),
    ],
)
def test_metrics_that_reward_background_praise_an_empty_prediction(name, value):
    assert score(name, CASES["prediction"]) == pytest.approx(value)


def test_ssim_of_an_empty_prediction_is_far_from_its_worst():
    assert score("ssim", CASES["prediction"]) > 0.7


def test_specificity_is_undefined_without_background():
    assert np.isnan(m.specificity(THING, np.ones_like(THING)))


def test_no_value_stands_for_undefined_but_nan():
    values = {v for row in m.EMPTY_TABLE.values() for v in row if v is not None}
    assert all(np.isnan(v) or v in (0.0, 1.0, np.inf) for v in values)
