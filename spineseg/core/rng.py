"""The one random rule: a seed and a name give a stream, and nothing else does."""

import hashlib

import numpy as np

from spineseg.core.errors import SpinesegError


def rng(seed: int, *stream: str | int) -> np.random.Generator:
    """Return the random generator of one named stream.

    The same seed and stream give the same numbers in any order of calls, in any
    worker and in any process; two different streams are independent.

    Args:
        seed: non-negative integer, the only thing a record has to keep.
        *stream: names and indices, for example ``"phantom", 17, "noise"``.

    Raises:
        SpinesegError: if the seed or an index is negative.
    """
    return np.random.default_rng(seed_sequence(seed, *stream))


def seed_sequence(seed: int, *stream: str | int) -> np.random.SeedSequence:
    """Return the seed sequence behind :func:`rng`, to seed other libraries with."""
    if seed < 0:
        raise SpinesegError("a seed cannot be negative", found=seed, expected=">= 0")
    return np.random.SeedSequence(
        entropy=seed, spawn_key=tuple(_word(part) for part in stream)
    )


def _word(part: str | int) -> int:
    if isinstance(part, str):
        # blake2, not hash(): hash() is salted anew in every process
        digest = hashlib.blake2b(part.encode(), digest_size=4).digest()
        return int.from_bytes(digest, "little")
    if part < 0:
        raise SpinesegError(
            "a stream index cannot be negative", found=part, expected=">= 0"
        )
    return int(part)
