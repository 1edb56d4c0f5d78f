"""The factories of checks, on numbers that a reader can follow."""

import pytest

from spineseg.audit.case import Case
from spineseg.audit.checks.bounds import above_two_class_ceiling, iou_above_dice
from spineseg.audit.checks.compare import near, readings, show, total
from spineseg.audit.checks.ranking import inversions
from spineseg.audit.claim import Claim, Nature
from spineseg.audit.source import Source
from spineseg.audit.verdict import Verdict, all_of
from spineseg.stats.ranges import Range, rounded

NATURE = Nature("dataset", "core", "exact", "none")


def case(rule: str = "rounding", **values: str) -> Case:
    claim = Claim("cvmunet-x", "cvmunet", "here", "a claim", NATURE, values, rule)
    return Case(claim, {claim.id: claim}, Source())


def exactly(value: float):
    return lambda case: Range(value, value)


@pytest.mark.parametrize(
    ("printed", "computed", "verdict"),
    [
        ("0.91", 0.9149, Verdict.HOLDS),
        ("0.91", 0.9151, Verdict.WITHIN_TOLERANCE),
        ("0.91", 0.9301, Verdict.CONTRADICTED),
        ("0.910", 0.9149, Verdict.WITHIN_TOLERANCE),
    ],
)
def test_more_printed_digits_allow_less(printed, computed, verdict):
    assert near(rounded(printed), Range(computed, computed), 0.01) == verdict


def test_counts_must_add_up_exactly():
    adds_up = total("a", "b", whole="c")
    assert adds_up(case(a="2", b="3", c="5")).verdict == Verdict.HOLDS
    assert adds_up(case(a="2", b="3", c="6")).verdict == Verdict.CONTRADICTED


def test_one_of_two_readings_makes_it_a_matter_of_definition():
    options = {"points": exactly(3.1), "percent": exactly(3.5)}
    both = readings("gain", options)
    assert both(case(gain="3.1")).verdict == Verdict.DEPENDS
    assert both(case(gain="9.9")).verdict == Verdict.CONTRADICTED
    words = readings("gain", options, primary="points")
    assert words(case(gain="3.1")).verdict == Verdict.HOLDS
    assert words(case(gain="3.5")).verdict == Verdict.DEPENDS


def test_the_weakest_part_decides():
    assert all_of([]) == Verdict.HOLDS
    assert all_of([Verdict.HOLDS, Verdict.DEPENDS]) == Verdict.DEPENDS
    assert all_of([Verdict.DEPENDS, Verdict.CONTRADICTED]) == Verdict.CONTRADICTED


def test_an_iou_just_above_its_dice_may_be_rounding():
    pairs = {
        "rounding": (rounded("0.90"), rounded("0.91")),
        "more": (rounded("0.90"), rounded("0.92")),
    }
    assert iou_above_dice(pairs) == ["more"]


def test_a_two_class_mean_cannot_exceed_half_of_one_plus_dice():
    pairs = {"below": (rounded("0.80"), rounded("0.90")),
             "above": (rounded("0.80"), rounded("0.92"))}  # fmt: skip
    assert above_two_class_ceiling(pairs) == ["above"]
    spread = dict.fromkeys(pairs, Range(0.0, 0.0))
    assert above_two_class_ceiling(pairs, spread) == ["below", "above"]


def test_pairs_in_opposite_order_are_named():
    first = {"a": rounded("1"), "b": rounded("2"), "c": rounded("3")}
    second = {"a": rounded("1"), "b": rounded("3"), "c": rounded("2")}
    assert inversions(first, second) == ["b / c"]


def test_a_range_is_written_with_its_ends():
    assert show(Range(1.0, 1.0)) == "1"
    assert show(Range(0.5, 1.5), 1) == "1 (0.5 to 1.5)"
    assert show(Range(-0.00001, 0.00001)) == "0"
