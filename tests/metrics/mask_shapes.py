"""Masks whose metrics are known, and strategies that draw masks."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp


def rectangle(row, column, height, width, shape=(100, 100)):
    """Return a mask of one filled rectangle."""
    mask = np.zeros(shape, bool)
    mask[row : row + height, column : column + width] = True
    return mask


def superellipse(shape, centre, semi_axes, power):
    """Return a mask of sum |x / a|^power < 1; power 2 is an ellipse, 4 a soft box."""
    axes = zip(np.indices(shape), centre, semi_axes, strict=True)
    return sum(abs((x - c) / s) ** power for x, c, s in axes) < 1


def disc(radius, centre=(50, 50), shape=(101, 101)):
    """Return a filled disc."""
    return superellipse(shape, centre, (radius, radius), 2)


def square_with_spur():
    """Return (prediction, target): a square of 40 with and without a spur of 5 x 30."""
    target = rectangle(20, 10, 40, 40)
    return target | rectangle(25, 50, 5, 30), target


def lens():
    """Return an ellipse and a soft box beside it, on a picture that is not square."""
    return (
        superellipse((96, 128), (50, 66), (30.5, 41.2), 2),
        superellipse((96, 128), (47, 62), (28.3, 44.7), 4),
    )


def balls():
    """Return two bodies in a small volume."""
    return (
        superellipse((24, 40, 44), (12, 19, 23), (9.3, 15.1, 14.2), 2),
        superellipse((24, 40, 44), (11, 21, 21), (8.2, 16.3, 15.4), 3),
    )


def noise(shape, density, seed):
    """Return a mask of independent random pixels."""
    return np.random.default_rng(seed).random(shape) < density


_SHAPES = st.one_of(
    st.tuples(st.integers(1, 9), st.integers(1, 9)),
    st.tuples(st.integers(1, 5), st.integers(1, 5), st.integers(1, 5)),
)


def mask_tuples(how_many):
    """Draw masks of one shape, 2-D or 3-D, possibly empty or full."""
    return _SHAPES.flatmap(lambda s: st.tuples(*[hnp.arrays(bool, s)] * how_many))


spacings = st.floats(0.1, 5)
