"""The critical-difference diagram joins what is alike and names every method."""

import matplotlib.pyplot as plt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spineseg import SpinesegError
from spineseg.notebook.ranks import alike, critical_difference_diagram
from spineseg.notebook.style import COLOURS

RANKS = {"late": 3.9, "first": 1.2, "second": 1.9, "third": 3.0}


def test_groups_are_the_longest_runs_within_the_distance():
    assert alike([1.2, 1.9, 3.0, 3.9], 1.2) == [(0, 1), (1, 2), (2, 3)]
    assert alike([1.2, 1.9, 3.0, 3.9], 2.1) == [(0, 2), (1, 3)]


def test_a_gap_as_large_as_the_distance_separates():
    assert alike([1.0, 2.0, 3.0], 1.0) == []


def test_all_alike_are_one_group():
    assert alike([1.9, 2.0, 2.1], 1.0) == [(0, 2)]


@given(st.lists(st.floats(1, 9), min_size=2, max_size=9), st.floats(0.1, 5).map(float))
def test_two_ranks_share_a_group_just_when_they_are_closer(ranks, distance):
    ranks = sorted(ranks)
    groups = alike(ranks, distance)
    for i in range(len(ranks)):
        for j in range(i + 1, len(ranks)):
            shared = any(first <= i and j <= last for first, last in groups)
            assert shared == (ranks[j] - ranks[i] < distance)


def test_every_method_is_named_with_its_rank_and_every_group_has_a_bar():
    fig = critical_difference_diagram(RANKS, 1.2)
    words = " | ".join(text.get_text() for text in fig.axes[0].texts)
    for name, rank in RANKS.items():
        assert name in words
        assert f"{rank:.2f}" in words
    assert "critical difference 1.20" in words
    bars = [
        line for line in fig.axes[0].lines if line.get_color() == COLOURS["vertebra"]
    ]
    assert len(bars) == 3
    plt.close(fig)


def test_no_two_labels_lie_on_each_other():
    fig = critical_difference_diagram(
        {f"method number {k}": 1 + 0.9 * k for k in range(10)}, 2.0
    )
    fig.canvas.draw()
    boxes = [t.get_window_extent() for t in fig.axes[0].texts]
    hits = [a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[i + 1 :]]
    assert not any(hits)
    plt.close(fig)


@pytest.mark.parametrize(("ranks", "distance"), [({"one": 1.0}, 1.0), (RANKS, 0.0)])
def test_too_little_to_draw_is_refused(ranks, distance):
    with pytest.raises(SpinesegError, match="two methods"):
        critical_difference_diagram(ranks, distance)
