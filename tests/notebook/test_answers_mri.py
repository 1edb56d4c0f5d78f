"""The checkers of the MRI chapter accept right answers and explain wrong ones."""

import math

from answering import *  # noqa: F403  the shared tests

from spineseg.notebook.exercises import judge


def ghost(beats_per_minute, seconds, lines):
    beats = beats_per_minute / 60 * seconds % lines
    return min(beats, lines - beats)


RIGHT = {
    "mri.1": (0.612, 11384.0),
    "mri.2": 69.3,
    "mri.3": 1.073,
    "mri.4": ghost,
    "mri.5": {"a", "b", "c"},
    "mri.6": 0.8223,
}

WRONG = [
    ("mri.1", (0.388, 11384.0), "missing"),
    ("mri.1", (0.95, 11384.0), "one minus"),
    ("mri.1", (0.612, 195.0), "95 %"),
    ("mri.1", (0.612, 11.384), "milliseconds"),
    ("mri.1", (0.612, 3800.0), "0.05"),
    ("mri.2", 34.66, "1/100"),
    ("mri.2", 75.0, "maximum of its own"),
    ("mri.2", 10.0, "derivative"),
    ("mri.3", 1.788, "pixels"),
    ("mri.3", 0.5365, "1.5 tesla"),
    ("mri.3", 9.0, "parts per million"),
    ("mri.4", lambda b, s, n: b * s, "one beat"),
    ("mri.4", lambda b, s, n: s, "minute"),
    ("mri.4", lambda b, s, n: b / 60 * s, "comes in again"),
    ("mri.5", {"a", "d"}, "coil"),
    ("mri.5", {"e"}, "noise"),
    ("mri.5", {"a", "b"}, "encoded"),
    ("mri.5", {"z"}, "letters"),
    ("mri.6", 0.2894, "full of root"),
    ("mri.6", 0.467, "a quarter"),
    ("mri.6", 0.448, "share of the fluid"),
    ("mri.6", 0.1, "add the signals"),
]

LITERAL = True


def test_no_explanation_gives_a_number_away():
    for exercise, answer, _ in WRONG:
        fault = judge(exercise, answer) or ""
        right = RIGHT[exercise]
        numbers = right if isinstance(right, tuple) else (right,)
        for value in numbers:
            if isinstance(value, float) and not math.isclose(value, 0.05):
                assert f"{value:g}" not in fault
