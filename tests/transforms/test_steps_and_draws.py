"""Steps by name, draws, histories."""

import json

import numpy as np
import pytest

from spineseg.core.errors import SpinesegError
from spineseg.core.rng import rng
from spineseg.core.sample import Sample, Step
from spineseg.transforms import (
    PAPERS,
    Chance,
    OneOf,
    Pipeline,
    Uniform,
    apply,
    augmentation,
    list_steps,
    replay,
    step,
)


@pytest.fixture
def sample():
    picture = rng(0, "picture").random((32, 40)).astype(np.float32)
    return Sample(picture, (picture > 0.5).astype(np.uint8), "one")


def test_a_step_is_checked_by_name_and_arguments():
    with pytest.raises(SpinesegError, match="unknown step"):
        step("turn_over")
    with pytest.raises(SpinesegError, match="angle"):
        step("rotate", angle=3)


def test_the_history_keeps_every_step_in_order(sample):
    done = replay(sample, [step("flip_vertical"), step("rotate", angle_deg=5.0)])
    assert [one.name for one in done.history] == ["flip_vertical", "rotate"]
    assert sample.history == ()


@pytest.mark.parametrize("paper", PAPERS)
def test_replaying_a_history_gives_the_same_pixels(paper, sample):
    drawn = augmentation(paper)(sample, rng(3, "augmentation", 0))
    as_text = json.dumps([one.as_dict() for one in drawn.history])
    steps = [Step(**one) for one in json.loads(as_text)]
    again = replay(sample, steps)
    np.testing.assert_array_equal(again.picture, drawn.picture)
    np.testing.assert_array_equal(again.mask, drawn.mask)
    assert again.history == drawn.history


def test_the_same_stream_draws_the_same_and_another_differs(sample):
    turn = Pipeline("turn", (Uniform("rotate", {"angle_deg": (-9.0, 9.0)}),))
    first, same, other = (turn(sample, rng(k, "a")).history for k in (1, 1, 2))
    assert first == same != other


def test_a_random_pipeline_without_a_generator_is_refused(sample):
    turn = Pipeline("turn", (Uniform("rotate", {"angle_deg": (-9.0, 9.0)}),))
    assert turn.is_random
    with pytest.raises(SpinesegError, match="needs a generator"):
        turn(sample)


def test_a_chance_uses_up_the_same_numbers_whether_it_happens_or_not(sample):
    turn = Uniform("rotate", {"angle_deg": (-9.0, 9.0)})
    behind = []
    for probability in (0.0, 1.0):
        pipeline = Pipeline("p", (Chance(probability, turn), turn))
        behind.append(pipeline(sample, rng(5, "x")).history[-1])
    assert behind[0] == behind[1]


def test_a_chance_of_a_half_happens_about_half_of_the_time(sample):
    flip = Chance(0.5, step("flip_vertical"))
    random = rng(0, "chance")
    count = sum(flip(random, sample) is not None for _ in range(1000))
    assert 440 < count < 560  # 3.8 standard deviations


def test_one_of_reaches_every_choice(sample):
    one_of = OneOf((step("flip_vertical"), step("flip_horizontal")))
    random = rng(0, "choice")
    drawn = [one_of(random, sample) for _ in range(40)]
    assert {one.name for one in drawn if one} == {"flip_vertical", "flip_horizontal"}


def test_impossible_draws_are_refused():
    with pytest.raises(SpinesegError, match="probability"):
        Chance(1.5, step("flip_vertical"))
    with pytest.raises(SpinesegError, match="nothing to choose"):
        OneOf(())


def test_two_pipelines_add_up(sample):
    one = Pipeline("a", (step("flip_vertical"),))
    two = Pipeline("b", (step("flip_horizontal"),))
    assert [s.name for s in (one + two)(sample).history] == [
        "flip_vertical",
        "flip_horizontal",
    ]


def test_every_step_leaves_its_input_alone(sample):
    knobs = {
        "rotate": {"angle_deg": 5.0},
        "shift": {"right_px": 1.0, "down_px": 1.0},
        "zoom": {"factor": 1.1},
        "crop": {"top": 1, "left": 1, "rows": 9, "columns": 9},
        "resize": {"rows": 9, "columns": 9},
        "resize_to_spacing": {"spacing_mm": 1.0},
        "fit_and_pad": {"side_px": 16},
        "threshold_to_zero": {"level": 0.5},
    }
    spaced = Sample(sample.picture, sample.mask, spacing_mm=(0.5, 0.5))
    before = spaced.picture.copy()
    for name in list_steps():
        apply(spaced, step(name, **knobs.get(name, {})))
        np.testing.assert_array_equal(spaced.picture, before, err_msg=name)
