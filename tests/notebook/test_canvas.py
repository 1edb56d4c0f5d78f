"""Live figures without a kernel: their data, their weight, their words."""

import base64
import io
import json

import matplotlib.pyplot as plt
import numpy as np
import pytest
from IPython.utils.capture import capture_output
from PIL import Image

from spineseg import SpinesegError
from spineseg.metrics import dice, hd95_pooled
from spineseg.notebook import layer_picker, scrubber, threshold_slider
from spineseg.notebook.canvas import LIVE_MIME, grey, packed, runs
from spineseg.notebook.live import STATIC

ALT = "The prediction's contour grows towards the truth as the control moves right."
PICTURE = np.linspace(0, 1, 24 * 20).reshape(24, 20)
TRUTH = np.zeros((24, 20), dtype=bool)
TRUTH[6:18, 5:15] = True
MASKS = [np.roll(TRUTH, k, axis=0) for k in (6, 3, 0)]
PROBABILITY = np.clip(0.2 + 0.6 * TRUTH + 0.1 * PICTURE, 0, 1)


@pytest.fixture
def shown(monkeypatch):
    """Call a helper as a built page does; return what it displays."""
    monkeypatch.setenv(STATIC, "1")

    def call(helper, *values, **options):
        with capture_output() as captured:
            helper(*values, **{"alt": ALT} | options)
        (output,) = captured.outputs
        return output.data

    return call


def unpacked(lengths, shape):
    values = np.arange(len(lengths)) % 2 == 1
    return np.repeat(values, lengths).reshape(shape)


@pytest.mark.parametrize("mask", [TRUTH, ~TRUTH, TRUTH & False, TRUTH | True])
def test_runs_hold_the_whole_mask(mask):
    assert (unpacked(runs(mask), mask.shape) == mask).all()


def test_bytes_run_row_by_row():
    levels = np.arange(6, dtype=np.uint8).reshape(2, 3)
    assert base64.b64decode(packed(levels[:, ::-1])) == bytes([2, 1, 0, 5, 4, 3])


def test_one_half_is_kept_on_the_side_of_the_foreground():
    assert grey([[0, 0.4999, 0.5, 1]]).tolist() == [[0, 127, 128, 255]]


@pytest.mark.parametrize("bad", [[[0, 1.2]], [[-0.1, 1]], [[np.nan, 0]], [0.1, 0.2]])
def test_what_is_no_picture_is_refused(bad):
    with pytest.raises(SpinesegError):
        grey(bad)


def test_a_scrubber_prints_the_dice_of_each_epoch(shown):
    page = shown(scrubber, PICTURE, TRUTH, MASKS, epochs=[1, 5, 9])[LIVE_MIME]
    (course,) = page["spec"]["curves"]
    assert course["texts"] == [f"{dice(m, TRUTH):.3f}" for m in MASKS]
    assert course["texts"][-1] == "1.000"
    epoch, show = page["spec"]["controls"]
    assert (epoch["values"], epoch["default"]) == (["1", "5", "9"], 2)
    assert show["values"] == ["contours", "errors"]
    packed_masks = [unpacked(r, TRUTH.shape) for r in page["spec"]["masks"]]
    assert (np.array(packed_masks) == MASKS).all()


def test_a_threshold_slider_prints_the_scores_of_the_levels_it_shows(shown):
    page = shown(threshold_slider, PICTURE, TRUTH, PROBABILITY, spacing_mm=2.0)
    spec = page[LIVE_MIME]["spec"]
    levels = np.frombuffer(base64.b64decode(spec["levels"]), np.uint8)
    masks = [levels.reshape(TRUTH.shape) >= cut for cut in spec["cuts"]]
    overlap, far = spec["curves"]
    assert overlap["texts"] == [f"{dice(m, TRUTH):.3f}" for m in masks]
    distances = [hd95_pooled(m, TRUTH, 2.0) for m in masks]
    texts = [f"{d:.1f}" if np.isfinite(d) else "infinite" for d in distances]
    assert far["texts"] == texts
    assert (texts[-1], far["values"][-1]) == ("infinite", None)
    assert far["label"] == "HD95 (mm)"


def test_at_one_half_the_shown_mask_is_the_exact_one(shown):
    noisy = np.random.default_rng(7).random(TRUTH.shape)
    spec = shown(threshold_slider, PICTURE, TRUTH, noisy)[LIVE_MIME]["spec"]
    cut = spec["cuts"][spec["controls"][0]["values"].index("0.50")]
    assert ((grey(noisy) >= cut) == (noisy >= 0.5)).all()
    assert spec["curves"][1]["label"] == "HD95 (pixels)"


def heat(*sizes):
    return {
        (f"layer {s}", "patient 3", target): np.full((s, s), 0.5) + np.eye(s)
        for s in sizes
        for target in ("vertebra", "disc")
    }


def test_a_layer_picker_keeps_the_cells_of_the_layer(shown):
    maps = heat(4, 8, 100)
    page = shown(layer_picker, {"patient 3": PICTURE}, maps)[LIVE_MIME]
    found = page["spec"]["maps"]
    assert [m["shape"][0] for m in found] == [4, 4, 8, 8, 64, 64]
    assert found[0]["most"] == "1.5"
    assert [len(c["values"]) for c in page["spec"]["controls"]] == [3, 1, 2, 11]


def test_a_missing_map_a_negative_one_and_a_missing_picture_are_refused(shown):
    maps = heat(4, 8)
    with pytest.raises(SpinesegError, match="no picture"):
        shown(layer_picker, {}, maps)
    worse = maps | {("layer 4", "patient 3", "disc"): -np.eye(4)}
    with pytest.raises(SpinesegError, match="zero or more"):
        shown(layer_picker, {"patient 3": PICTURE}, worse)
    del maps["layer 4", "patient 3", "disc"]
    with pytest.raises(SpinesegError, match="a heat map is missing"):
        shown(layer_picker, {"patient 3": PICTURE}, maps)


CALLS = [
    (scrubber, (PICTURE, TRUTH, MASKS)),
    (threshold_slider, (PICTURE, TRUTH, PROBABILITY)),
    (layer_picker, ({"patient 3": PICTURE}, heat(4, 8))),
]


@pytest.mark.parametrize(("helper", "values"), CALLS)
def test_the_same_call_gives_the_same_bytes_and_leaves_no_figure_open(
    shown, helper, values
):
    before = plt.get_fignums()
    assert shown(helper, *values) == shown(helper, *values)
    assert plt.get_fignums() == before


@pytest.mark.parametrize(("helper", "values"), CALLS)
def test_a_live_figure_brings_a_still_and_words_without_results(shown, helper, values):
    data = shown(helper, *values)
    still = Image.open(io.BytesIO(base64.b64decode(data["image/png"])))
    assert still.format == "PNG"
    assert still.convert("RGB").getpixel((0, 0)) == (11, 11, 13)
    assert len(json.dumps(data[LIVE_MIME])) < 300_000
    assert data["text/plain"].startswith("[live figure: ")
    assert ALT in data["text/plain"]
    assert not any(letter.isdigit() for letter in data["text/plain"])


@pytest.mark.parametrize(("helper", "values"), CALLS)
def test_without_words_no_live_figure(shown, helper, values):
    with pytest.raises(SpinesegError, match="alternative text"):
        shown(helper, *values, alt="A plot.")
    with pytest.raises(SpinesegError, match="needs a caption"):
        shown(helper, *values, name="fig-a")


@pytest.mark.parametrize(("helper", "values"), CALLS)
def test_what_weighs_too_much_is_refused(shown, monkeypatch, helper, values):
    monkeypatch.setattr("spineseg.notebook.canvas.MOST_BYTES", 1000)
    with pytest.raises(SpinesegError, match="weighs too much"):
        shown(helper, *values)


def test_more_than_25_epochs_are_refused(shown):
    with pytest.raises(SpinesegError, match="26 masks"):
        shown(scrubber, PICTURE, TRUTH, MASKS[:1] * 26)


def test_a_start_that_is_not_shown_is_refused(shown):
    with pytest.raises(SpinesegError, match="epoch to start with"):
        shown(scrubber, PICTURE, TRUTH, MASKS, start=4)
    with pytest.raises(SpinesegError, match="threshold to start with"):
        shown(threshold_slider, PICTURE, TRUTH, PROBABILITY, start=0.501)


@pytest.mark.parametrize(("helper", "values"), CALLS)
def test_with_a_kernel_the_same_call_shows_sliders(monkeypatch, helper, values):
    monkeypatch.delenv(STATIC, raising=False)
    with capture_output() as captured:
        helper(*values, alt=ALT)
    data = captured.outputs[-1].data
    assert "application/vnd.jupyter.widget-view+json" in data
