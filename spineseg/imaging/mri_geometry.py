"""What fills every voxel of an examination's slices: signals and labels."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numba as nb
import numpy as np
from numpy.typing import NDArray

from spineseg.anatomy.tissue import Cut, Grain, Region, Streaks
from spineseg.imaging.mri_signal import TISSUES, Protocol, mixture_signal
from spineseg.imaging.mri_stack import Image, Stack, Window, occupancy
from spineseg.imaging.mri_texture import texture


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
