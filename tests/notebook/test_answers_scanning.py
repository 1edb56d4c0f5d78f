"""The checkers of the chapter on the scan accept the right and explain the wrong."""

import math

import numpy as np
import torch
from answering import *  # noqa: F403  the shared tests

from spineseg.blocks.selective_scan import selective_scan
from spineseg.blocks.ss2d import cross_scan


def kernel(delta, A, B, C, length):
    return C * delta * B * np.exp(delta * A * np.arange(length))


def exact(delta, A, B, C, length):
    return C * B * (np.exp(delta * A) - 1) / A * np.exp(delta * A * np.arange(length))


def steps(p, q, height, width):
    down, across = q[0] - p[0], q[1] - p[1]
    return min(abs(down * width + across), abs(across * height + down))


RIGHT = {
    "scan.1": [2, 1, 4.5, 2.25],
    "scan.2": (0.2, 6.4),
    "scan.3": kernel,
    "scan.4": (math.log(2), 70),
    "scan.5": steps,
    "scan.6": 0.66,
}

WRONG = [
    ("scan.1", [2, 1], "each of the four"),
    ("scan.1", [1, 0.5, 2.25, 1.125], "the token is not"),
    ("scan.1", [2, 2, 6, 6], "no leak"),
    ("scan.1", [0, 0, 0, 0], "then add"),
    ("scan.2", (0.1, 3.2), "third"),
    ("scan.2", (2.7, 6.4), "multiply"),
    ("scan.2", (0.2, 4), "later steps"),
    ("scan.2", (0.2, 2.5), "other way round"),
    ("scan.2", (0.2, 1), "h = 0"),
    ("scan.3", lambda d, A, B, C, n: kernel(d, A, B, C, n) / d, "delta times B"),
    ("scan.3", lambda *x: kernel(*x[:4], x[4] + 1)[1:], "its own step"),
    ("scan.3", exact, "short one"),
    ("scan.3", lambda *x: kernel(*x[:4], x[4] + 1), "5 numbers"),
    ("scan.3", lambda d, A, B, C, n: np.ones(n), "first number"),
    ("scan.4", (0.5, 70), "more than half"),
    ("scan.4", (-math.log(2), 70), "positive"),
    ("scan.4", (2, 70), "solve"),
    ("scan.4", (0.693, 69), "a little more"),
    ("scan.4", (0.693, 69.3), "whole numbers"),
    ("scan.4", (0.693, 50), "is left"),
    ("scan.5", lambda p, q, h, w: w * (q[0] - p[0]) + q[1] - p[1], "each walk"),
    ("scan.5", lambda p, q, h, w: q[0] - p[0] or q[1] - p[1], "backwards"),
    ("scan.5", lambda p, q, h, w: abs(p[0] - q[0]) + abs(p[1] - q[1]), "do not turn"),
    ("scan.6", 0.165, "four"),
    ("scan.6", 0.33, "d = 2c"),
    ("scan.6", 0.0412, "sixteen states"),
    ("scan.6", 0.7078, "GB"),
    ("scan.6", 12, "walks times"),
]


def test_the_kernel_of_the_solution_is_the_impulse_response_of_the_scan():
    delta, A, B, C = 0.7, -0.3, 2.0, 3.0
    u = torch.zeros(1, 1, 5, dtype=torch.float64)
    u[..., 0] = 1
    given = (torch.full_like(u, v) for v in (delta, B, C))
    step, write, read = given
    y = selective_scan(
        u, step, torch.tensor([[A]]).double(), write, read, engine="loop"
    )
    np.testing.assert_allclose(y[0, 0].numpy(), kernel(delta, A, B, C, 5))


def test_the_distance_of_the_solution_is_that_on_the_walks():
    height, width = 3, 5
    walks = cross_scan(torch.arange(15.0).reshape(1, 1, height, width))[0, :, 0]
    for p, q in (((0, 0), (2, 3)), ((1, 4), (2, 1)), ((2, 2), (0, 2))):
        places = [
            [walk.tolist().index(r * width + c) for r, c in (p, q)] for walk in walks
        ]
        fewest = min(abs(a - b) for a, b in places)
        assert steps(p, q, height, width) == fewest
