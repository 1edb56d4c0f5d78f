"""Plain sentences from paired seeds: no result below three, the spread always said."""

import math

import pytest
from IPython.utils.capture import capture_output

from spineseg import SpinesegError
from spineseg.audit.checks.trends import SEEDS
from spineseg.notebook.beside import ENOUGH, Beside
from spineseg.notebook.seeds import (
    best_words,
    gain_table,
    gain_words,
    mean_interval,
    paired,
    signed,
    spread_words,
)
from spineseg.stats.published import interval_of_sd


def runs(*scores):
    return dict(enumerate(scores))


def test_chapters_and_claims_ask_for_the_same_number_of_seeds():
    assert ENOUGH == SEEDS


def test_only_seeds_that_both_have_are_paired_and_in_points():
    first, second = {0: 0.91, 2: 0.95, 5: 0.9}, {2: 0.94, 0: 0.9, 7: 0.1}
    assert paired(first, second) == pytest.approx([1.0, 1.0])
    assert paired(first, {}) == []


@pytest.mark.parametrize(
    ("differences", "said"),
    [
        ([], "is not run yet"),
        ([0.65], "is not a result yet (one seed: +0.65 points)"),
        ([0.65, -0.4], "is not a result yet (2 seeds: +0.65, −0.40 points)"),
        (
            [1.0, 2.0, 3.0],
            "moves mIoU by +2.00 points, not told from zero (3 seeds; 95 %: −0.48 to "
            "+4.48)",
        ),
        (
            [2.0, 2.1, 1.9],
            "raises mIoU by 2.00 points (3 seeds; 95 %: +1.75 to +2.25)",
        ),
        (
            [-2.0, -2.1, -1.9],
            "lowers mIoU by 2.00 points (3 seeds; 95 %: −2.25 to −1.75)",
        ),
    ],
)
def test_a_gain_is_said_with_its_spread_or_not_at_all(differences, said):
    assert gain_words(differences) == said


@pytest.mark.parametrize("count", [0, 1, 2])
def test_below_three_seeds_a_mean_has_no_interval(count):
    assert mean_interval([1.0] * count) is None


def test_the_best_of_four_waits_for_three_seeds_of_each():
    full, half = runs(0.9, 0.91, 0.92), runs(0.9, 0.91)
    assert best_words({"Dice": full, "BCE": half, "Focal": {}}) == (
        "not decided yet, 3 seeds each are needed (there are: BCE 2, Focal 0)"
    )
    elsewhere = {7: 0.9, 8: 0.9, 9: 0.9}
    said = best_words({"Dice": full, "BCE": elsewhere})
    assert said == "not decided yet, 3 seeds in common are needed (there are 0)"


def test_the_best_is_told_from_a_rival_only_if_the_interval_says_so():
    scores = {
        "BCE": runs(0.9000, 0.9005, 0.8995),
        "Dice": runs(0.9100, 0.9105, 0.9095, 0.5),
        "Focal": runs(0.9090, 0.9130, 0.9060),
    }
    said = best_words(scores)
    assert said.startswith(
        "Dice (0.9100) over 3 seeds, not told from Focal: Focal 0.07"
    )
    assert said.endswith("; BCE 1.00 points behind (+1.00 to +1.00)")
    alone = best_words({name: scores[name] for name in ("BCE", "Dice")})
    assert "told from all others" in alone


def test_a_single_rival_is_refused():
    with pytest.raises(SpinesegError, match="nothing to compare"):
        best_words({"Dice": runs(0.9, 0.9, 0.9)})


def test_the_interval_of_a_spread_is_that_of_the_tables():
    # chi-squared of 2: 0.05064 and 7.378
    bar = interval_of_sd(1.0, 3)
    assert bar.low == pytest.approx(math.sqrt(2 / 7.3778), rel=1e-4)
    assert bar.high == pytest.approx(math.sqrt(2 / 0.050636), rel=1e-4)
    with pytest.raises(SpinesegError, match="no spread"):
        interval_of_sd(0.0, 1)


def test_a_spread_of_three_seeds_holds_much_and_of_one_seed_is_none():
    said = spread_words([0.9539, 0.9540, 0.9551], 0.0012)
    assert said.startswith("is 0.0007 (3 seeds; 95 %: 0.0003 to 0.0042)")
    assert said.endswith("the paper's 0.0012 lies inside")
    assert spread_words([0.9], 0.1) == (
        "cannot be judged yet (one seed, 3 are the least)"
    )
    assert spread_words([0.1, 0.5, 0.9], 0.0012).endswith("lies outside")


def test_a_table_of_gains_shows_single_seeds_as_they_are():
    with capture_output() as captured:
        gain_table(
            Beside("Inception", 1.19, [0.5, 0.6, 0.7]),
            Beside("second output", -1.06, [-0.4]),
            Beside("augmentation", None),
            caption="Gains",
        )
    (output,) = captured.outputs
    lines = output.data["text/plain"].splitlines()
    assert lines[2] == "Inception | +1.19 | +0.60 (+0.35 to +0.85) | 3"
    assert lines[3] == "second output | −1.06 | −0.40 | 1"
    assert lines[4] == "augmentation | not given | not run | 0"


def test_a_minus_is_no_hyphen_and_next_to_zero_the_side_is_seen():
    assert signed(-0.1) == "\N{MINUS SIGN}0.10"
    assert signed(-0.003) == "\N{MINUS SIGN}0.003"
    assert signed(0.004) == "+0.004"
