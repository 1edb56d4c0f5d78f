"""Where the slices of an examination lie, and what fills every voxel of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numba as nb
import numpy as np
from numpy.typing import NDArray

from spineseg.anatomy.scene import Mesh
from spineseg.anatomy.tissue import Cut, Grain, Region, Streaks
from spineseg.core.errors import SpinesegError
from spineseg.imaging.mri_signal import TISSUES, Protocol, mixture_signal
from spineseg.imaging.mri_texture import texture
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


@dataclass(frozen=True)
class Painting:
    """What a geometry pass leaves: signals by channel, and labels.

    images: (slices, rows, columns, 3 x protocols): water, fat and pulsating signal of
    each protocol.  sagittal, axial: labels of the two data sets.
    """

    images: NDArray[np.float32]
    sagittal: NDArray[np.uint8]
    axial: NDArray[np.uint8]


def paint(
    regions: Sequence[Region],
    stack: Stack,
    protocols: Sequence[Protocol],
    field_tesla: float,
    generator: np.random.Generator,
) -> Painting:
    """Lay all regions into the slices; a later region replaces an earlier one.

    A voxel that a region fills to a share f becomes (1 - f) of what it was and f of
    the region's signal. A label is set where f exceeds one half.
    """
    n, depth = stack.matrix, stack.slices
    images = np.zeros((depth, n, n, 3 * len(protocols)), np.float32)
    sagittal = np.zeros((depth, n, n), np.uint8)
    axial = np.zeros_like(sagittal)
    size = 1 << max(int(np.ceil(np.log2(n))), 6)
    offsets = generator.integers(0, size, (depth, 2))
    for region in regions:
        window = occupancy(region, stack)
        if window is None:
            continue
        grain, streaks = region.grain, region.streaks
        base = other = _channels(region, protocols, field_tesla)
        if streaks:
            strand = replace(region, mixture=streaks.mixture)
            other = _channels(strand, protocols, field_tesla)
        _lay(
            images,
            window.occupancy,
            np.array(window.first),
            base,
            other,
            (_tile(grain, stack, size), np.float32(grain.amount if grain else 0)),
            (_tile(streaks, stack, size), np.float32(streaks.share if streaks else 0)),
            offsets,
        )
        _mark(region, window, stack, sagittal, axial)
    return Painting(images, sagittal, axial)


def _tile(pattern: Grain | Streaks | None, stack: Stack, size: int) -> Image:
    if pattern is None:
        return np.zeros((1, 1), np.float32)
    return texture(pattern.texture, stack.pixel_mm, stack.plane, size)


def _channels(
    region: Region, protocols: Sequence[Protocol], field_tesla: float
) -> NDArray[np.float32]:
    found = []
    for protocol in protocols:
        water, fat = mixture_signal(region.mixture, protocol, field_tesla)
        # blood that leaves no echo still throws ghosts when it flows in unsaturated
        flow = region.pulse * max(water + fat, 0.35)
        found += [water, fat, flow]
    return np.array(found, np.float32)


@nb.njit(cache=True, nogil=True)
def _lay(images, occupancy, first, base, other, grain, streaks, offsets):
    """Blend one region into the images (compiled)."""
    depth, height, width = occupancy.shape
    tile_a, amount = grain
    tile_b, share = streaks
    mask_a, mask_b = len(tile_a) - 1, len(tile_b) - 1
    channels = len(base)
    for s in range(depth):
        dr, dc = offsets[s + first[0]]
        for r in range(height):
            line = images[s + first[0], r + first[1]]
            for c in range(width):
                f = occupancy[s, r, c]
                if f <= 0.002:
                    continue
                f = min(f, np.float32(1.0))
                y, x = r + first[1] + dr, c + first[2] + dc
                w, a = np.float32(0.0), np.float32(1.0)
                if amount != 0:
                    a += amount * tile_a[y & mask_a, x & mask_a]
                if share != 0:
                    w = share * tile_b[y & mask_b, x & mask_b]
                    a *= np.float32(1.0) - w
                pixel = line[c + first[2]]
                for q in range(channels):
                    pixel[q] += f * (base[q] * a + other[q] * w - pixel[q])


def _mark(
    region: Region,
    window: Window,
    stack: Stack,
    sagittal: NDArray[np.uint8],
    axial: NDArray[np.uint8],
) -> None:
    if region.sagittal is None and region.axial is None:
        return
    inside = window.occupancy > 0.5
    for label, volume in ((region.sagittal, sagittal), (region.axial, axial)):
        if label is not None:
            volume[window.slices][inside] = label
    for cut in region.cuts:
        axial[window.slices][inside & _beyond(cut, window, stack)] = cut.label


def _beyond(cut: Cut, window: Window, stack: Stack) -> NDArray[np.bool_]:
    """Voxels of a window that satisfy every plane of a cut."""
    index = [
        np.arange(low, low + count)
        for low, count in zip(window.first, window.occupancy.shape, strict=True)
    ]
    steps = stack.axes * np.array(
        [[stack.pixel_mm], [stack.pixel_mm], [stack.pitch_mm]]
    )
    inside = np.ones(window.occupancy.shape, bool)
    for *normal, limit in cut.planes:
        start = float(np.dot(normal, stack.origin_mm))
        u, v, w = steps @ np.array(normal)
        height = (
            start
            + w * index[0][:, None, None]
            + v * index[1][None, :, None]
            + u * index[2][None, None, :]
        )
        inside &= height <= limit
    return inside


def unknown_tissues(regions: Sequence[Region]) -> set[str]:
    """Names that regions use and the relaxation table does not know."""
    used = {name for r in regions for name in r.mixture}
    used |= {name for r in regions if r.streaks for name in r.streaks.mixture}
    return used - set(TISSUES)
