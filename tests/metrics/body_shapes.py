"""Masks of bodies whose corners are known: quadrilaterals on a grid of any spacing."""

import numpy as np


def quadrilateral(corners_mm, spacing=(0.5, 0.5), size_mm=(100, 100)):
    """Return the mask of a convex figure, corners (x, y) clockwise in the picture."""
    rows, columns = (round(s / d) for s, d in zip(size_mm, spacing, strict=True))
    y, x = np.indices((rows, columns)) + 0.5
    inside = np.ones((rows, columns), bool)
    corners = np.asarray(corners_mm, float)
    for (x0, y0), (x1, y1) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        inside &= (x1 - x0) * (y * spacing[0] - y0) >= (y1 - y0) * (x * spacing[1] - x0)
    return inside


def turned(corners_mm, deg, about=(50, 50)):
    """Return corners turned anticlockwise in a picture whose y runs down."""
    c, s = np.cos(np.deg2rad(deg)), np.sin(np.deg2rad(deg))
    return (np.asarray(corners_mm) - about) @ np.array([[c, -s], [s, c]]) + about


def block(centre=(50, 50), depth=34.0, front=26.0, back=26.0):
    """Return corners of a body with its front on the left: upper left clockwise."""
    x, y = centre
    left, right = x - depth / 2, x + depth / 2
    return np.array(
        [
            [left, y - front / 2],
            [right, y - back / 2],
            [right, y + back / 2],
            [left, y + front / 2],
        ]
    )


def corners_of(body):
    """Return the four corners of a body, from upper left clockwise."""
    return np.array(
        [
            body.upper.left_mm,
            body.upper.right_mm,
            body.lower.right_mm,
            body.lower.left_mm,
        ]
    )
