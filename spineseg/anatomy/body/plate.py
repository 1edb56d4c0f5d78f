"""Curved plates of varying thickness as signed distances: wings and jaws."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.spatial import KDTree

from spineseg.anatomy.body.parts import Array
from spineseg.anatomy.scene import Mesh
from spineseg.anatomy.sdf import Field, Points
from spineseg.anatomy.sweep import sheet, thicken


@dataclass(frozen=True)
class Plate:
    """A curved plate of varying thickness as a signed distance (see `sheet`)."""

    points: Array
    thickness: Array
    normal: Array
    tree: KDTree

    @classmethod
    def through(cls, control: Array, thickness_mm: ArrayLike) -> "Plate":
        """Return the plate through a grid of control points."""
        points, thickness, normal = sheet(control, thickness_mm, 120, 120, taper=False)
        return cls(points, thickness, normal, KDTree(points.reshape(-1, 3)))

    def nearest(self, p: Points) -> tuple[Field, Field]:
        """Return distance to the middle of the plate and thickness at that point."""
        distance, index = self.tree.query(p.reshape(-1, 3), distance_upper_bound=40)
        far = ~np.isfinite(distance)
        index[far], distance[far] = 0, 40.0
        thickness = self.thickness.ravel()[index]
        shape = p.shape[:-1]
        return (
            distance.astype(np.float32).reshape(shape),
            thickness.astype(np.float32).reshape(shape),
        )

    def __call__(self, p: Points) -> Field:
        """Return the signed distance to the plate."""
        distance, thickness = self.nearest(p)
        return distance - thickness / 2

    def core(self, below_mm: float, most_mm: float) -> Mesh:
        """Return the middle of the thin part, itself thinning out to nothing.

        It is where the plate is thinner than ``below_mm``, and at most ``most_mm``
        thick. Bone that fades there makes a fossa more transparent.
        """
        some = (slice(None, None, 4), slice(None, None, 4))
        thickness = self.thickness[some]
        height = np.minimum(1.8 * (below_mm - thickness), thickness - 4.4)
        height = np.clip(height, 0.02, most_mm)
        height[[0, -1]], height[:, [0, -1]] = 0.02, 0.02
        return thicken(self.points[some], height, self.normal[some])
