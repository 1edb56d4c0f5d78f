"""Where the slices of an examination lie, and how much of each voxel a body fills."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spineseg.anatomy.scene import Mesh
from spineseg.anatomy.tissue import Region
from spineseg.core.errors import SpinesegError
from spineseg.imaging.raster import Slabs, slab_occupancy

Array = NDArray[np.float64]
Image = NDArray[np.float32]

SAMPLES: dict[int, tuple[tuple[float, float], ...]] = {
    1: ((0.0, 0.0),),
    2: ((-0.25, -0.25), (0.25, 0.25)),
    4: ((-0.125, -0.375), (0.375, -0.125), (0.125, 0.375), (-0.375, 0.125)),
}
"""Places within a pixel, in pixels from its centre; four lie on a turned square."""


@dataclass(frozen=True)
class Stack:
    """A stack of parallel slices in patient coordinates.

    centre_mm: middle of the stack.  axes: rows are the directions of increasing
    column, row and slice, right-handed.  pixel_mm: in-plane size.  matrix: rows and
    columns of a slice.  slices: their number.  thickness_mm: of what is excited.
    pitch_mm: from slice to slice, not less than the thickness.  plane: ``"sagittal"``
    or ``"axial"``, the direction of the strands of muscles.  samples: points of a pixel
    that decide how much of it a region covers; with one, thin lines look dashed.
    """

    centre_mm: Array
    axes: Array
    pixel_mm: float
    matrix: int
    slices: int
    thickness_mm: float
    pitch_mm: float
    plane: str
    samples: int = 1

    def __post_init__(self) -> None:
        if self.matrix < 8 or self.slices < 1:
            raise SpinesegError(
                "a stack needs at least one slice of 8 x 8",
                found=f"{self.slices} x {self.matrix}",
            )
        if self.samples not in SAMPLES:
            raise SpinesegError(
                "no such pattern of samples",
                found=self.samples,
                expected=", ".join(map(str, SAMPLES)),
            )
        if not 0 < self.thickness_mm <= self.pitch_mm:
            raise SpinesegError(
                "slices must not overlap",
                found=f"thickness {self.thickness_mm} mm, pitch {self.pitch_mm} mm",
                expected="0 < thickness <= pitch",
            )

    @property
    def slabs(self) -> Slabs:
        """The slices along the depth axis, relative to the centre."""
        extent = (self.slices - 1) * self.pitch_mm + self.thickness_mm
        return Slabs(-extent / 2, self.thickness_mm, self.slices, self.pitch_mm)

    @property
    def origin_mm(self) -> Array:
        """Centre of the first voxel."""
        half = (self.matrix - 1) / 2 * self.pixel_mm
        depth = (self.slices - 1) / 2 * self.pitch_mm
        return self.centre_mm - np.array([half, half, depth]) @ self.axes

    def project(self, points_mm: NDArray[np.floating]) -> Array:
        """Column, row (pixels, 0 at a pixel's centre) and depth in mm."""
        local = (points_mm - self.centre_mm) @ self.axes.T
        local[:, :2] = local[:, :2] / self.pixel_mm + (self.matrix - 1) / 2
        return local


@dataclass(frozen=True)
class Window:
    """A block of voxels: first slice, row and column, and the occupancy inside."""

    first: tuple[int, int, int]
    occupancy: NDArray[np.float32]

    @property
    def slices(self) -> tuple[slice, slice, slice]:
        """Index of the block in a volume."""
        ends = zip(self.first, self.occupancy.shape, strict=True)
        s, r, c = (slice(low, low + count) for low, count in ends)
        return s, r, c


def occupancy(region: Region, stack: Stack) -> Window | None:
    """Share of every voxel that a region fills, or None where it is out of sight.

    A region that is kept inside another body fills the product of both shares.
    """
    points = stack.project(region.mesh.vertices)
    block = _block(points, stack)
    if block is None:
        return None
    filled = _fill(points, region.mesh, block, stack)
    if region.inside is not None:
        border = stack.project(region.inside.vertices)
        filled *= _fill(border, region.inside, block, stack)
    return Window((block[0][0], block[1][0], block[2][0]), filled)


_Block = tuple[tuple[int, int], tuple[int, int], tuple[int, int]]


def _block(points: Array, stack: Stack) -> _Block | None:
    """First and last slice, row and column that a projected body may touch."""
    if len(points) == 0:
        return None
    low, high = points.min(axis=0), points.max(axis=0)
    if stack.samples > 1:  # half a pixel on every side may be touched
        low, high = low - 0.5, high + 0.5
    slabs, n = stack.slabs, stack.matrix
    depth = (np.array([low[2], high[2]]) - slabs.start_mm) // slabs.step_mm
    slices = max(int(depth[0]), 0), min(int(depth[1]) + 1, slabs.count)
    rows = max(int(np.ceil(low[1])), 0), min(int(np.ceil(high[1])) + 1, n)
    columns = max(int(np.ceil(low[0])), 0), min(int(np.ceil(high[0])) + 1, n)
    block = slices, rows, columns
    return block if all(last > first for first, last in block) else None


def _fill(points: Array, mesh: Mesh, block: _Block, stack: Stack) -> Image:
    slices, rows, columns = block
    slabs = stack.slabs
    part = Slabs(
        slabs.start_mm + slices[0] * slabs.step_mm,
        slabs.thickness_mm,
        slices[1] - slices[0],
        slabs.pitch_mm,
    )
    shape = rows[1] - rows[0], columns[1] - columns[0]
    pattern = SAMPLES[stack.samples]
    filled = np.zeros((slices[1] - slices[0], *shape), np.float32)
    for right, down in pattern:
        corner = columns[0] + right, rows[0] + down
        filled += slab_occupancy(points, mesh.triangles, part, shape, corner)
    return filled / np.float32(len(pattern))
