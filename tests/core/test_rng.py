import subprocess
import sys

import pytest

from spineseg import SpinesegError, rng


def test_the_same_stream_gives_the_same_numbers_in_any_order():
    first = {i: rng(7, "phantom", i).random(3).tolist() for i in range(4)}
    again = {i: rng(7, "phantom", i).random(3).tolist() for i in reversed(range(4))}
    assert first == again


def test_streams_differ_by_seed_by_name_and_by_index():
    draws = [
        rng(7, "phantom", 1).random(),
        rng(8, "phantom", 1).random(),
        rng(7, "noise", 1).random(),
        rng(7, "phantom", 2).random(),
        rng(7, "phantom").random(),
    ]
    assert len(set(draws)) == len(draws)


def test_another_process_draws_the_same_numbers():
    code = "from spineseg import rng; print(rng(3, 'a', 1).random())"
    out = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert float(out.stdout) == rng(3, "a", 1).random()


@pytest.mark.parametrize("bad", [(-1, "a"), (1, -2)])
def test_negative_seeds_and_indices_are_refused(bad):
    with pytest.raises(SpinesegError, match="negative"):
        rng(*bad)
