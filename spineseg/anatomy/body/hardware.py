"""Implants: cervical plate with screws, pedicle screws with rods, cages, small clips.

Built in each patient's own vertebra frames, since surgeons place them there. Sizes are
those of common implants: plate 16 x 2.2 mm, cervical screws 4 x 15 mm, pedicle screws
6 x 45 mm, rods 5.5 mm.
"""

from itertools import pairwise

import numpy as np

from spineseg.anatomy.body.parts import TITANIUM, Array, Part
from spineseg.anatomy.mesh import volume_mm3
from spineseg.anatomy.scene import Mesh
from spineseg.anatomy.spec import Hardware, PatientSpec
from spineseg.anatomy.spine import Spine
from spineseg.anatomy.sweep import spline, sweep, tube
from spineseg.anatomy.tables import LEVELS, SACRUM
from spineseg.core.rng import rng

TANTALUM = TITANIUM * 2.5
"""Markers of a cage: heavier than titanium by this much for their thin wires."""


def implants(spine: Spine, spec: PatientSpec) -> list[Part]:
    """Return the hardware of a patient, in world millimetres."""
    build = {"acdf": _acdf, "screws": _pedicle_screws, "cage": _cage}
    parts = []
    for k, item in enumerate(spec.pathology.hardware):
        random = rng(spec.seed, "hardware", k)
        parts += build[item.kind](spine, item, random)
    return parts


def _span(item: Hardware) -> tuple[str, ...]:
    return LEVELS[LEVELS.index(item.top) : LEVELS.index(item.bottom) + 1]


def screw(
    head: Array, tip: Array, radius_mm: float, *, pitch_mm: float = 2.4, up: Array
) -> Mesh:
    """Return a threaded screw from its head to its tip."""
    length = float(np.linalg.norm(tip - head))
    n = max(24, int(length / pitch_mm * 5))
    s = np.linspace(0, length, n)
    wave = (s / pitch_mm) % 1.0
    radius = radius_mm * (0.80 + 0.20 * (np.abs(2 * wave - 1) < 0.42))
    radius = np.where(s < 1.8, 1.45 * radius_mm, radius)
    radius = radius * np.clip((length - s) / (1.6 * radius_mm), 0.08, 1)
    path = head + (s / length)[:, None] * (tip - head)
    return tube(path, radius, radius, up, around=10)


def _acdf(spine: Spine, item: Hardware, random: np.random.Generator) -> list[Part]:
    """Return plate, two screws a level and cages between the vertebrae."""
    levels = _span(item)
    front = np.array(
        [
            spine.frames[k].to_world((0, -spine.sizes[k].depth_mm / 2 - 2.0, 0))
            for k in levels
        ]
    )
    axis = (front[0] - front[-1]) / np.linalg.norm(front[0] - front[-1])
    tilt = random.normal(0, 0.6)
    ends = [front[0] + 5.5 * axis + (tilt, 0, 0), *front, front[-1] - 5.5 * axis]
    plate = sweep(ends, 8.0, 1.15, (0, 1, 0), stations=30, around=20, exponent=6)
    parts = [Part(plate, "plate", TITANIUM)]
    for k, level in enumerate(levels):
        slope = 4.5 * np.sign((len(levels) - 1) / 2 - k)
        depth = spine.sizes[level].depth_mm
        frame = spine.frames[level]
        for side in (1, -1):
            head = frame.to_world((side * 4.8, -depth / 2 - 2.4, 0.3 * slope))
            tip = frame.to_world(
                (side * 2.8, -depth / 2 + 13.5 + random.normal(0, 0.7), slope)
            )
            body = screw(head, tip, 2.0, pitch_mm=1.8, up=frame.axes[0])
            parts.append(Part(body, "screw", TITANIUM))
    for upper, lower in pairwise(levels):
        parts += _spacer(spine, upper, lower, half=(6.5, 5.5), titanium=False)
    return parts


def _pedicle_screws(
    spine: Spine, item: Hardware, random: np.random.Generator
) -> list[Part]:
    """Return a screw through every pedicle and a rod on each side."""
    parts = []
    for side in (1, -1):
        heads = []
        for level in _span(item):
            size, frame = spine.sizes[level], spine.frames[level]
            x = size.canal_width_mm / 2 + size.pedicle_width_mm / 2
            z = size.height_mm / 2 - size.pedicle_height_mm / 2 - 1.5
            entry = np.array(
                [x + 2.5, size.depth_mm / 2 + size.canal_depth_mm + 9, z + 1]
            )
            aim = np.array([0.52 * x, -0.32 * size.depth_mm, z - 2])
            aim = aim + random.normal(0, 1, 3) * (1.2, 1.5, 1.2)
            head, tip = (frame.to_world(q * (side, 1, 1)) for q in (entry, aim))
            body = screw(head, tip, 3.1, pitch_mm=2.8, up=frame.axes[0])
            back = (head - tip) / np.linalg.norm(head - tip)
            tulip = sweep(
                [head - 1.5 * back, head + 5 * back, head + 13 * back],
                [5, 6.6, 6.4],
                [5, 6.6, 6.4],
                frame.axes[0],
                stations=8,
                around=14,
                exponent=4,
            )
            parts += [Part(body, "pedicle screw", TITANIUM)]
            parts += [Part(tulip, "screw head", TITANIUM * 0.8)]
            heads.append(head + 8 * back)
        parts.append(Part(_rod(np.array(heads)), "rod", TITANIUM))
    return parts


def _rod(heads: Array) -> Mesh:
    """Return a rod through the screw heads that overhangs at both ends."""
    over = 9.0
    first, last = heads[0] - heads[1], heads[-1] - heads[-2]
    ends = (
        heads[0] + over * first / np.linalg.norm(first),
        heads[-1] + over * last / np.linalg.norm(last),
    )
    path = spline(np.vstack([ends[0], heads, ends[1]]), 40)
    return tube(path, 2.75, 2.75, (0, 1, 0.2), around=12)


def _cage(spine: Spine, item: Hardware, random: np.random.Generator) -> list[Part]:
    """Return a cage in every disc between the levels."""
    parts = []
    levels = _span(item)
    for upper, lower in pairwise(levels):
        titanium = random.random() < 0.35
        parts += _spacer(spine, upper, lower, half=(13.0, 10.5), titanium=titanium)
    return parts


def _spacer(
    spine: Spine, upper: str, lower: str, half: tuple[float, float], titanium: bool
) -> list[Part]:
    """Return a ring between two end-plates, or the markers of one of plastic."""
    above, below = spine.frames[upper], spine.frames[lower]
    top = above.to_world((0, 0, -spine.sizes[upper].height_mm / 2 + 0.8))
    low = below.to_world((0, 0, spine.sizes[lower].height_mm / 2 - 0.8))
    if lower == SACRUM:
        low = below.origin_mm
    back = above.axes[1]
    if titanium:
        outer = sweep([low, top], half[0], half[1], back, stations=6, around=24)
        inner = sweep([low, top], half[0] - 2, half[1] - 2, back, stations=6, around=24)
        metal = TITANIUM * 0.55
        return [Part(outer, "cage", metal), Part(inner, "cage", metal * -1.0)]
    parts = []
    for x in (-0.75, 0.75):
        for y in (-0.75, 0.75):
            shift = x * half[0] * above.axes[0] + y * half[1] * back
            wire = sweep(
                [low + shift, top + shift], 0.5, 0.5, back, stations=4, around=8
            )
            parts.append(Part(wire, "cage marker", TANTALUM))
    return parts


def metal_mm3(parts: list[Part]) -> float:
    """Return the volume of titanium in a set of parts (a check on their size)."""
    return sum(p.material.jump[3] * volume_mm3(p.mesh) for p in parts)
