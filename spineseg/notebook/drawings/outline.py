"""Closed outlines: smoothing, placing, mirroring. Millimetres, y upwards."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Points = NDArray[np.float64]
"""Shape (n, 2), one point a row."""


def smooth(points: ArrayLike, rounds: int = 3) -> Points:
    """Round the corners of a closed polygon by Chaikin's corner cutting.

    Each round replaces an edge by the points at its quarters, so the curve never
    leaves the convex hull of the polygon (a spline would overshoot).
    """
    curve = np.asarray(points, float)
    for _ in range(rounds):
        after = np.roll(curve, -1, axis=0)
        cut = np.stack([0.75 * curve + 0.25 * after, 0.25 * curve + 0.75 * after], 1)
        curve = cut.reshape(-1, 2)
    return curve


def mirror(points: ArrayLike) -> Points:
    """Close a right half (x >= 0, top to bottom) by its mirror image."""
    half = np.asarray(points, float)
    return np.vstack([half, (half * [-1, 1])[::-1]])


def bow(start: ArrayLike, end: ArrayLike, depth_mm: float, count: int = 11) -> Points:
    """Return a shallow arc from start to end, bowed to the left by ``depth_mm``.

    Left is meant as one walks from start to end; a negative depth bows right.
    """
    a, b = np.asarray(start, float), np.asarray(end, float)
    t = np.linspace(0, 1, count)[:, None]
    along = b - a
    left = np.array([-along[1], along[0]]) / np.hypot(*along)
    return a + t * along + 4 * t * (1 - t) * depth_mm * left


def area_mm2(points: ArrayLike) -> float:
    """Signed area of a polygon (shoelace), positive when counter-clockwise."""
    x, y = np.asarray(points, float).T
    return float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum() / 2)


@dataclass(frozen=True)
class Frame:
    """Where a vertebra stands: its centre and its turn, counter-clockwise."""

    x_mm: float = 0.0
    y_mm: float = 0.0
    angle_deg: float = 0.0

    def place(self, points: ArrayLike) -> Points:
        """Take points of the vertebra's own frame to the drawing."""
        a = np.radians(self.angle_deg)
        turn = np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]])
        return np.asarray(points, float) @ turn + [self.x_mm, self.y_mm]

    def shifted(self, x_mm: float, y_mm: float) -> "Frame":
        """The same turn, moved along the drawing's axes."""
        return Frame(self.x_mm + x_mm, self.y_mm + y_mm, self.angle_deg)
