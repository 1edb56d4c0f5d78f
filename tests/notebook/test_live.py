import json

import matplotlib.pyplot as plt
import pytest
from IPython.utils.capture import capture_output

from spineseg import SpinesegError
from spineseg.notebook import explorer
from spineseg.notebook.live import STATIC, STEPS_MIME

ALT = "A dot moves to the right as the first control grows and up as the second does."


def draw(x=0, y=0):
    fig, ax = plt.subplots(figsize=(1.2, 1.2))
    ax.plot([x], [y], "o")
    ax.set(xlim=(-1, 4), ylim=(-1, 4))
    return fig


def static(monkeypatch, controls, **options):
    monkeypatch.setenv(STATIC, "1")
    with capture_output() as captured:
        explorer(draw, controls, alt=ALT, **options)
    (output,) = captured.outputs
    return output.data


def test_a_page_without_a_kernel_gets_a_frame_for_every_combination(monkeypatch):
    data = static(
        monkeypatch,
        {"x": [0, 1, 2], "y": [0, 3]},
        default={"x": 1, "y": 3},
        labels={"x": "across"},
    )
    page = data[STEPS_MIME]
    assert len(page["frames"]) == 6
    assert len(set(page["frames"])) == 6
    assert page["start"] == 3
    assert [c["label"] for c in page["controls"]] == ["across", "y"]
    assert [c["default"] for c in page["controls"]] == [1, 1]
    assert "explorer" in data["text/plain"]
    json.dumps(page)


def test_a_default_outside_the_values_is_refused(monkeypatch):
    with pytest.raises(SpinesegError, match="none of its values"):
        static(monkeypatch, {"x": [0, 1]}, default={"x": 5})


def test_too_many_combinations_are_refused(monkeypatch):
    with pytest.raises(SpinesegError, match="too many combinations"):
        static(monkeypatch, {"x": list(range(6)), "y": list(range(6))})


def test_frames_that_weigh_too_much_are_refused(monkeypatch):
    monkeypatch.setattr("spineseg.notebook.live.MOST_BYTES", 100)
    with pytest.raises(SpinesegError, match="weigh too much"):
        static(monkeypatch, {"x": [0, 1]})


def test_with_a_kernel_a_slider_redraws_the_figure(monkeypatch):
    monkeypatch.delenv(STATIC, raising=False)
    asked, open_before = [], plt.get_fignums()

    def recorded(x):
        asked.append(x)
        return draw(x)

    with capture_output() as captured:
        explorer(recorded, {"x": [0, 1, 2]}, default={"x": 1}, alt=ALT)
    box = captured.outputs[-1].data["application/vnd.jupyter.widget-view+json"]
    slider = _widget(box["model_id"]).children[0]
    slider.value = 2
    assert asked == [1, 2]
    assert plt.get_fignums() == open_before


def _widget(model_id):
    from ipywidgets.widgets import widget

    return widget._instances[model_id]
