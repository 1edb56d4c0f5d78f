"""Interval arithmetic on printed numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spineseg import SpinesegError
from spineseg.stats import published
from spineseg.stats.ranges import Range, exactly, mean_of, rounded

ends = st.tuples(st.floats(-50, 50), st.floats(-50, 50)).map(sorted)
inside = st.floats(0, 1)


def at(span: Range, share: float) -> float:
    return span.low + share * (span.high - span.low)


@given(ends, ends, inside, inside)
def test_every_result_of_two_values_lies_in_the_range_of_results(a, b, s, t):
    first, second = Range(*a), Range(*b)
    x, y = at(first, s), at(second, t)
    for whole, single in (
        (first + second, x + y),
        (first - second, x - y),
        (first * second, x * y),
    ):
        assert whole.widened(1e-6).low <= single <= whole.widened(1e-6).high


@given(ends, st.tuples(st.floats(0.1, 9), st.floats(0.1, 9)).map(sorted), inside)
def test_every_quotient_lies_in_the_range_of_quotients(a, b, s):
    whole = (Range(*a) / Range(*b)).widened(1e-6)
    assert whole.low <= at(Range(*a), s) / at(Range(*b), 1 - s) <= whole.high


def test_a_divisor_that_can_be_zero_is_refused():
    with pytest.raises(SpinesegError, match="zero"):
        rounded("1") / Range(-1, 1)


def test_the_gap_between_ranges_is_zero_where_they_meet():
    assert rounded("0.90").apart(rounded("0.91")) < 1e-9
    assert Range(0, 1).apart(Range(3, 4)) == Range(3, 4).apart(Range(0, 1)) == 2


def test_a_mean_of_none_is_refused():
    with pytest.raises(SpinesegError, match="mean"):
        mean_of([])
    assert mean_of([Range(0, 1), Range(2, 3)]) == Range(1, 2)


def test_the_two_class_mean_follows_from_one_confusion_matrix():
    hit, invented, missed, empty = 80, 10, 20, 890
    dice = exactly(2 * hit / (2 * hit + invented + missed))
    accuracy = exactly((hit + empty) / 1000)
    wanted = (hit / 110 + empty / (empty + 30)) / 2
    found = published.two_class_miou_given(dice, accuracy)
    assert found.low == pytest.approx(wanted)
    assert found.high == pytest.approx(wanted)
    with pytest.raises(SpinesegError, match="no mean IoU"):
        published.two_class_miou_given(exactly(1), accuracy)
