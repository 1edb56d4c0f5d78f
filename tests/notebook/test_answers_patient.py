"""The checkers of the synthetic patient accept the right answers and explain others."""

from dataclasses import replace

import numpy as np
from answering import *  # noqa: F403  the shared tests

from spineseg.anatomy.spec import Anatomy, Pathology, PatientSpec
from spineseg.notebook.answers.patient import ANSWERS


def closed(triangles) -> bool:
    edges = [(t[k], t[(k + 1) % 3]) for t in triangles.tolist() for k in range(3)]
    return sorted(edges) == sorted((b, a) for a, b in edges)


def only_even(triangles) -> bool:
    edges = [
        tuple(sorted(pair))
        for t in triangles.tolist()
        for pair in ((t[0], t[1]), (t[1], t[2]), (t[2], t[0]))
    ]
    return all(edges.count(e) % 2 == 0 for e in edges)


ORDERED = PatientSpec(
    3,
    Anatomy(sex="female", age_years=75),
    pathology=Pathology(
        cobb_deg=25, apex="T9", side="right", slip={"L4": 0.15}, wedge={"T12": 0.33}
    ),
)


def changed(**knobs) -> PatientSpec:
    return replace(ORDERED, pathology=replace(ORDERED.pathology, **knobs))


RIGHT = {
    "patient.1": 0.0,
    "patient.2": 53.2,
    "patient.3": closed,
    "patient.4": ORDERED,
    "patient.5": 3.17,
}

WRONG = [
    ("patient.1", 1.0, "sharp"),
    ("patient.1", -3.0, "part of k"),
    ("patient.1", 0.5, "one half"),
    ("patient.2", 21.5, "from the sacrum"),
    ("patient.2", 41.5, "half of the first"),
    ("patient.2", 60.0, "24 degrees"),
    ("patient.3", lambda t: True, "without its last"),
    ("patient.3", lambda t: False, "closed"),
    ("patient.3", only_even, "turned over"),
    ("patient.4", replace(ORDERED, anatomy=Anatomy()), "75 years"),
    ("patient.4", changed(cobb_deg=15), "degrees"),
    ("patient.4", changed(side="left"), "right"),
    ("patient.4", changed(slip={"L4": 0.4}), "grade I"),
    ("patient.4", changed(slip={}), "grade I"),
    ("patient.4", changed(wedge={"T12": 0.1}), "lower than its back"),
    ("patient.5", 1.59, "take off the smallest"),
    ("patient.5", 1.0, "spread of one"),
    ("patient.5", 5.0, "many times"),
]

LITERAL = True


def test_the_second_block_is_where_the_formula_puts_it():
    slopes = np.deg2rad([40 - 6, 40 - 12 - 2, 24 - 4.5, 15])
    lengths = np.array([10, 26, 9, 13.5])
    assert ANSWERS["patient.2"](float(lengths @ np.cos(slopes))) is None


def test_the_floor_is_what_a_simulation_gives():
    draws = np.random.default_rng(5).normal(size=(40_000, 11))
    assert ANSWERS["patient.5"](float(np.ptp(draws, axis=1).mean())) is None
