"""Readings of Cvm-UNet, counted by arithmetic and counted on the network that is built.

The formulas know no network, and the counter knows no reading.
"""

import pytest
import torch

from spineseg import SpinesegError, rng
from spineseg.audit.counters_thop import count_as_printed
from spineseg.audit.readings import (
    ENCODERS,
    WIRING_A,
    Reading,
    count,
    fitting,
    from_reading,
)
from spineseg.models.cvm_wiring import CHOICES

VALUES = {"side": (480, 448), "encoder": tuple(ENCODERS), **CHOICES}


def spread_out(n):
    """Return possible readings in which every value of every place occurs."""
    draw = rng(0, "readings")
    columns = [[v[i % len(v)] for i in draw.permutation(n)] for v in VALUES.values()]
    readings = map(Reading._make, zip(*columns, strict=True))
    return [r if r.wiring.possible else r._replace(blocks=1) for r in readings]


SPREAD = spread_out(40)


def counted(reading):
    """Return what is seen, what is there in all, and the operations."""
    with torch.device("meta"):
        model = from_reading(reading)
    seen = count_as_printed(model, (1, 3, reading.side, reading.side))
    return seen.parameters, sum(p.numel() for p in model.parameters()), seen.macs


def by_arithmetic(reading):
    t = count(reading)
    return t.seen, t.seen + t.hidden, t.macs


def test_the_sample_has_every_value_of_every_place():
    assert len(set(SPREAD)) == 40
    for place, values in VALUES.items():
        assert {getattr(r, place) for r in SPREAD} == set(values)


@pytest.mark.parametrize("number", range(len(SPREAD)))
def test_a_built_reading_has_exactly_what_arithmetic_says(number):
    assert counted(SPREAD[number]) == by_arithmetic(SPREAD[number])


def test_the_built_reading_a_is_nearest_to_the_printed_numbers():
    assert counted(WIRING_A) == by_arithmetic(WIRING_A)
    seen, _, macs = counted(WIRING_A)
    best = fitting(0.006, [WIRING_A])[0]
    assert (seen / 1e6, macs / 1e9) == (best.millions, best.giga)


def test_every_other_choice_at_one_place_changes_the_count_of_reading_a():
    # a function in place of a layer changes operations only, the side likewise
    for place, values in VALUES.items():
        for value in set(values) - {getattr(WIRING_A, place)}:
            other = count(WIRING_A._replace(**{place: value}))
            assert other != count(WIRING_A), (place, value)


def test_an_unknown_encoder_is_refused_with_the_known_ones():
    with pytest.raises(SpinesegError, match=r"found huge; expected tiny, small"):
        from_reading(WIRING_A._replace(encoder="huge"))
