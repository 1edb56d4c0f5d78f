"""The checkers of the chapter on attention accept the right and explain the wrong."""

import numpy as np
from answering import *  # noqa: F403  the shared tests


def excite(x, w_1, w_2, squeeze=np.mean, between=lambda a: np.maximum(a, 0)):
    s = 1 / (1 + np.exp(-w_2 @ between(w_1 @ squeeze(x, axis=(1, 2)))))
    return x * s[:, None, None]


RIGHT = {
    "attention.1": (0.75, 0.25),
    "attention.2": (3, 5),
    "attention.3": (8464, 8562),
    "attention.4": excite,
    "attention.5": {"A", "b", "e"},
}

WRONG = [
    ("attention.1", (0.25, 0.75), "exchanged"),
    ("attention.1", (2.25, 0.25), "sigmoid is missing"),
    ("attention.1", (0.5, 0.5), "3 - 1"),
    ("attention.2", (3, 4), "odd"),
    ("attention.2", (7, 9), "base two"),
    ("attention.3", (8192, 8290), "biases"),
    ("attention.3", (65792, 65890), "from 256 to 16"),
    ("attention.3", (8464, 8513), "two maps"),
    ("attention.3", (8464, 8563), "no bias"),
    ("attention.3", (8464, 17026), "shared"),
    ("attention.4", lambda x, a, b: excite(x, a, b)[:, 0, 0] / x[:, 0, 0], "weights"),
    ("attention.4", lambda x, a, b: excite(x, a, b)[0], "keeps its shape"),
    ("attention.4", lambda x, a, b: excite(x, a, b, between=lambda y: y), "ReLU"),
    ("attention.4", lambda x, a, b: excite(x, a, b, squeeze=np.sum), "the sum"),
    ("attention.4", lambda x, a, b: excite(x, a, b, squeeze=np.max), "check each"),
    ("attention.5", {"a", "b", "c", "e"}, "7 x 7"),
    ("attention.5", {"a", "d"}, "profiles"),
    ("attention.5", {"a", "b"}, "missing"),
    ("attention.5", {"z"}, "a to e"),
]

LITERAL = True
