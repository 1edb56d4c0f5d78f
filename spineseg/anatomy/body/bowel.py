"""Gas and stool: what a radiologist sees first when a belly is drawn by a computer.

The colon is a path with haustra; a patient has one of several variants, in which gas
fills some stretches and bubbly stool others. The stomach holds a bubble.
"""

import numpy as np
from scipy.ndimage import gaussian_filter1d

from spineseg.anatomy.body.blobs import blob
from spineseg.anatomy.body.parts import GAS, Array, Part, Places, soft
from spineseg.anatomy.scene import Mesh
from spineseg.anatomy.sweep import spline, tube

VARIANTS = 14
_COLON = (  # level, left, posterior, up: caecum to sigmoid
    ("S1", -84, -62, -8),
    ("L5", -94, -52, 6),
    ("L4", -100, -42, 10),
    ("L3", -100, -36, 6),
    ("L2", -92, -44, 8),
    ("L2", -64, -78, -16),
    ("L3", -26, -92, -4),
    ("L3", 22, -94, 0),
    ("L2", 58, -84, 4),
    ("T12", 88, -58, 4),
    ("L1", 104, -30, 4),
    ("L3", 106, -26, 10),
    ("L4", 104, -34, 4),
    ("L5", 94, -48, -8),
    ("S1", 66, -58, -28),
    ("S1", 24, -46, -34),
    ("S1", 4, -18, -62),
)


def bowel(places: Places, random: np.random.Generator) -> list[Part]:
    """Return all variants of colon, small bowel and stomach.

    A patient is given one of each: right, middle and left colon are drawn apart.
    """
    parts: list[Part] = []
    for variant in range(VARIANTS):
        for side, filled in zip(
            ("right", "middle", "left"), _colon(places, random), strict=True
        ):
            parts += [_of(f"{side} colon", variant, part) for part in filled]
        gas = _small_gas(places, random)
        parts += [_of("small bowel gas", variant, part) for part in gas]
        bubble = _stomach(places, random)
        parts += [_of("stomach", variant, part) for part in bubble]
    return parts


def _of(family: str, variant: int, part: Part) -> Part:
    return Part(
        part.mesh,
        part.structure,
        part.material,
        girth=0.25,
        family=family,
        variant=variant,
    )


def _colon(places: Places, random: np.random.Generator) -> list[list[Part]]:
    """Return what fills the ascending, transverse and descending third."""
    control = np.array([places.at(level, *offset) for level, *offset in _COLON])
    path = spline(control + random.normal(0, 9, control.shape) * (1, 0.6, 1), 400)
    thirds: list[list[Part]] = []
    for start, stop in ((0, 125), (125, 225), (225, 400)):
        found: list[Part] = []
        place = start + random.uniform(0, 25)
        while place < stop - 12:
            length = random.uniform(14, 60)
            piece = path[int(place) : int(min(place + length, stop))]
            kind = random.choice(["gas", "stool", "none"], p=[0.36, 0.32, 0.32])
            if kind == "gas" and len(piece) > 8:
                found.append(Part(_haustra(piece, random), "colon gas", GAS))
            elif kind == "stool":
                found += _stool(piece, random)
            place += length + random.uniform(2, 20)
        thirds.append(found)
    return thirds


def _haustra(piece: Array, random: np.random.Generator) -> Mesh:
    """Return a gas-filled stretch of colon, pinched by its folds."""
    mm = np.linalg.norm(np.diff(piece, axis=0), axis=1).sum()
    n = int(np.clip(mm / 2.2, 12, 90))
    path = spline(piece[:: max(1, len(piece) // 12)], n)
    s = np.linspace(0, mm, n)
    radius = min(random.uniform(10, 19), 0.45 * mm)
    fold = random.uniform(20, 34)
    drift = random.normal(0, 0.13, (2, n)).cumsum(1)
    phase = random.uniform(0, np.pi, (2, 1)) + drift
    pinch = 1 - random.uniform(0.3, 0.5) * (
        1 - np.abs(np.sin(np.pi * s / fold + phase)) ** 0.7
    )
    belly = 1 + 0.2 * np.sin(2 * np.pi * s / random.uniform(60, 110) + phase[0, 0])
    lumps = _lumps((2, n), 0.45, random)
    side, up = radius * belly * pinch * _round_end(s, radius) * lumps
    way = path[-1] - path[0]
    steep = abs(way[1]) >= 0.8 * np.linalg.norm(way)
    upward = (1, 0, 0.3) if steep else (0.25, 1.0, 0.1)
    return tube(path, side, 0.75 * up, upward, around=16, exponent=2.3)


def _round_end(s: Array, radius: float) -> Array:
    """Return the factor that closes a tube of length ``s[-1]`` like a ball."""
    depth = np.clip(np.minimum(s, s[-1] - s) / radius, 0, 1)
    return np.sqrt(np.clip(1 - (1 - depth) ** 2, 0.02, 1))


def _lumps(shape: tuple[int, int], size: float, random: np.random.Generator) -> Array:
    """Return smooth random factors around one, for walls that are not machined."""
    waves = gaussian_filter1d(random.normal(0, size, shape), 2.0, axis=1)
    return np.clip(1 + waves, 0.7, 1.35)


def _stool(piece: Array, random: np.random.Generator) -> list[Part]:
    """Return stool: a denser lump with many small bubbles in it."""
    parts = []
    radius = random.uniform(13, 20)
    n = max(3, len(piece) // 9)
    for centre in piece[np.linspace(0, len(piece) - 1, n).astype(int)]:
        lump = blob(centre, (radius, radius * 0.8, radius), random, rough=0.15, level=1)
        parts.append(Part(lump, "stool", soft(0.05)))
        for _ in range(int(random.integers(3, 10))):
            away = random.normal(0, 0.5, 3) * radius * (1, 0.8, 1)
            size = (random.gamma(2.2, 0.9) + 0.9) * random.uniform(0.65, 1.3, 3)
            bubble = blob(centre + away, size, random, rough=0.3, level=1)
            parts.append(Part(bubble, "stool gas", GAS * float(random.uniform(0.5, 1))))
    return parts


def _small_gas(places: Places, random: np.random.Generator) -> list[Part]:
    """Return a few crescents of gas in the small bowel."""
    parts = []
    for _ in range(int(random.integers(1, 6))):
        level = random.choice(["L2", "L3", "L4", "L5"])
        x, y = random.uniform(-70, 70), -random.uniform(55, 92)
        start = places.at(level, x, y, random.uniform(-15, 15))
        way = np.cumsum(random.normal(0, 1, (4, 3)) * (11, 4, 8), axis=0)
        path = spline(start + way, 18)
        end = np.sqrt(np.clip(1 - np.linspace(-1, 1, 18) ** 4, 0.02, 1))
        radius = random.uniform(4, 8.5) * end * random.uniform(0.85, 1.15, 18)
        mesh = tube(path, radius, 0.8 * radius, (0.2, 1, 0.2), around=10)
        parts.append(Part(mesh, "small bowel gas", GAS))
    return parts


def _stomach(places: Places, random: np.random.Generator) -> list[Part]:
    """Return the stomach's bubble, upright with a fluid level or lying without."""
    upright = random.random() < 0.45
    if upright:
        centre = places.at("T11", random.uniform(48, 70), -random.uniform(60, 85), 6)
        size = np.array([random.uniform(17, 27), 24, random.uniform(14, 26)])
        mesh = blob(centre, size, random, rough=0.14, waves=1.6, level=3, floor=-0.35)
        return [Part(mesh, "stomach gas", GAS)]
    control = np.array(
        [
            places.at("T11", 66, -62, 0),
            places.at("T12", 70, -78, -8),
            places.at("L1", 48, -90, -12),
            places.at("L2", 14, -92, 8),
        ]
    ) + random.normal(0, 7, (4, 3))
    n, reach = 36, random.uniform(0.45, 1.0)
    path = spline(control, 100)[: int(100 * reach)]
    path = spline(path[:: max(1, len(path) // 8)], n)
    run = np.linspace(0, np.linalg.norm(np.diff(path, axis=0), axis=1).sum(), n)
    folds = 1 + 0.1 * np.sin(np.linspace(0, 14, n) + random.uniform(0, 6, (2, 1)))
    width = random.uniform(15, 25)
    side, up = width * _round_end(run, width) * folds * _lumps((2, n), 0.3, random)
    mesh = tube(path, side, 0.7 * up, (0.3, 1, 0.3), around=18)
    return [Part(mesh, "stomach gas", GAS)]
