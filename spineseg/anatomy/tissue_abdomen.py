"""What lies before the spine: vessels, kidneys, liver and what fills the fat.

All in local millimetres of a mean adult. The aorta divides at L4 and runs on in the
iliac arteries, so that no vessel ends in the picture.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spineseg.anatomy.mesh import joined
from spineseg.anatomy.scene import Mesh
from spineseg.anatomy.sweep import plate, spline, tube
from spineseg.anatomy.tissue import Grain, Region, Streaks
from spineseg.anatomy.tissue_frames import ABOVE, TOP, SpineCurve, loft_along, thread

Array = NDArray[np.float64]


def local_path(
    curve: SpineCurve, levels: list[str], x: ArrayLike, y: ArrayLike
) -> Array:
    """World points at local millimetres of a mean adult, one for each level."""
    q = np.array([curve.q(v) if isinstance(v, str) else v for v in levels])
    s = curve.scale
    return curve.points(q, np.asarray(x, float) * s, np.asarray(y, float) * s)


def vessel_regions(curve: SpineCurve, rng: np.random.Generator) -> list[Region]:
    """Aorta, vena cava, iliac vessels and their branches; lumen in a thin wall."""
    bend = rng.normal(0, 2.5)
    s, chest = curve.scale, ["L4", "L3", "L2", "L1", "T12", "T10", "T8", TOP]
    ax = np.array([3, 6, 8, 8, 7, 10, 14, 16])
    ax = ax + bend * np.array([0.4, 1, 1, 0.5, 0, 0, 0, 0])
    ay = np.array([-28.5, -29, -29.5, -29, -28, -26, -21, -20])
    # the left iliac artery is the aorta's own end, the right one its branch
    left = local_path(
        curve, ["S2", "S1", "L5", *chest], [62, 46, 21, *ax], [-56, -38, -29, *ay]
    )
    right = local_path(
        curve, ["S2", "S1", "L5", "L4"], [-62, -46, -21, 3], [-56, -38, -29, -28.5]
    )
    wide = s * np.array([4.6, 5.0, 5.6, 8.2, 8.8, 9.2, 9.4, 10, 10.4, 11, 11])
    arteries = [(left, wide), (right, s * np.array([4.6, 5.0, 5.6, 6.6]))]
    cava = local_path(
        curve,
        ["S2", "S1", "L5", "L4", "L3", "L2", "L1", "T12", "T10", TOP],
        [-60, -43, -14, -15, -17, -18, -19, -21, -23, -24],
        [-49, -31, -26.5, -28, -29.5, -30.5, -33, -38, -46, -55],
    )
    branch = local_path(curve, ["S2", "S1", "L5"], [60, 42, -8], [-49, -31, -26.5])
    slow_wide = s * np.array([6, 6.4, 9, 10.5, 10.5, 10.5, 10.5, 11, 11, 11])
    veins = [(cava, slow_wide), (branch, s * np.array([6.0, 6.4, 8.0]))]
    aorta, cava = left[3:], cava[2:]
    wall = {"muscle": 0.7, "fascia": 0.3}
    lumen = {"blood": 0.75, "slow_blood": 0.25}
    slow = {"slow_blood": 0.75, "vein": 0.25}
    return [
        Region("vena cava wall", _tubes(veins, 0.8, flat=0.72), wall),
        Region("vena cava", _tubes(veins, 0.0, flat=0.72), slow, pulse=0.35),
        Region("aorta wall", _tubes(arteries, 1.3), wall),
        Region("aorta", _tubes(arteries, 0.0), lumen, pulse=1.0),
        *_branches(curve, aorta, cava, rng),
    ]


def _tubes(paths: list[tuple[Array, Array]], wall_mm: float, flat: float = 1.0) -> Mesh:
    meshes = []
    for control, radius in paths:
        path = spline(control, 60)
        r = np.interp(np.linspace(0, 1, 60), np.linspace(0, 1, len(radius)), radius)
        up = (0.0, 1.0, 0.25)
        meshes.append(tube(path, r + wall_mm, flat * r + wall_mm, up, around=20))
    return joined(meshes)


def _branches(
    curve: SpineCurve, aorta: Array, cava: Array, rng: np.random.Generator
) -> list[Region]:
    """Mesenteric and renal vessels, lumbar vessels around every waist."""
    s, fast, slow = curve.scale, [], []
    root = curve.within("L1", 6 * s, -36 * s, 0)
    fall = [root + s * np.array([-2 * k, -9 - 5 * k, -30 * k]) for k in range(5)]
    fast.append(thread([aorta[3], *fall], s * np.array([4, 3.6, 3.2, 2.6, 2, 1.6])))
    slow.append(
        thread(
            [p + s * np.array([-9, -2, 4]) for p in fall], s * np.array([4.4, 4, 3, 2])
        )
    )
    fast.append(
        thread(
            local_path(
                curve, ["S1", "L5", "L4", "L3"], [22, 20, 15, 8], [-50, -44, -40, -36]
            ),
            s * np.array([1.4, 1.7, 2.0, 2.2]),
        )
    )
    for side in (-1, 1):
        hilum = curve.within("L2", side * 44 * s, -8 * s, 6 * s)
        front = curve.within("L2", side * 12 * s, -40 * s, 9 * s)
        via = [front] if side > 0 else []
        slow.append(thread([cava[3], *via, hilum], s * np.array([4.4, 4.2, 3.2])))
        bow = curve.within("L2", side * 24 * s, -22 * s, 12 * s)
        fast.append(thread([aorta[2] + [0, 0, 10], bow, hilum], s * 2.7))
    arteries, veins = _lumbar_vessels(curve, rng)
    return [
        Region("veins", joined(slow + veins), {"slow_blood": 1.0}),
        Region("arteries", joined(fast + arteries), {"blood": 0.7, "muscle": 0.3}),
    ]


def _lumbar_vessels(
    curve: SpineCurve, rng: np.random.Generator
) -> tuple[list[Mesh], list[Mesh]]:
    """Arteries and veins that lie around the waist of every vertebral body."""
    fast: list[Mesh] = []
    slow: list[Mesh] = []
    for level in ABOVE[:9]:
        d = curve.size(level)
        w, f = d.lower_width_mm / 2 * 0.93, d.depth_mm / 2 * 0.88
        z = rng.normal(0, 1.5)
        for side in (-1, 1):
            around = [
                (2, -f - 4),
                (0.55 * w, -0.93 * f),
                (w + 1, -0.1 * f),
                (w, 0.9 * f),
            ]
            for group, dz, r in ((fast, 1.6, 1.0), (slow, -1.8, 1.3)):
                path = [curve.within(level, side * x, y, z + dz) for x, y in around]
                group.append(thread(path, curve.scale * r * rng.uniform(0.8, 1.2)))
    return fast, slow


def retroperitoneum(curve: SpineCurve, rng: np.random.Generator) -> list[Region]:
    """Ureters, gonadal vessels, nodes and the threads of the mesentery."""
    s, threads, nodes, fluid = curve.scale, [], [], []
    for side in (-1, 1):
        j = rng.normal(0, 2.0, (5, 2))
        path = local_path(
            curve,
            ["S1", "L5", "L4", "L3", "L2"],
            side * (np.array([42, 40, 38, 38, 40]) + j[:, 0]),
            np.array([-46, -34, -24, -19, -14]) + j[:, 1],
        )
        threads.append(thread(path, s * 2.3))
        fluid.append(thread(path, s * 1.1))
        threads.append(thread(path + s * np.array([side * 7, -4, 0]), s * 1.3))
        chain = local_path(
            curve,
            ["L5", "L4", "L3", "L2", "L1"],
            side * 23.0,
            [-16, -17, -17, -16, -15],
        )
        threads.append(thread(chain, s * np.array([0.9, 1.5, 0.9, 1.4, 0.9])))
    for _ in range(26):
        q = rng.uniform(curve.q("S1", -0.3), curve.q("L1"))
        x, y = (
            rng.choice([-27, -6, 20, 24]) + rng.normal(0, 5),
            -24 - rng.exponential(10),
        )
        a = curve.points(np.array([q]), x * s, y * s)[0]
        b = a + rng.normal(0, 1, 3) * [1.5, 1.5, 5]
        r = rng.uniform(1.2, 3.0) * s
        nodes.append(
            thread([a, (a + b) / 2, b], [0.4 * r, r, 0.4 * r], around=9, stations=9)
        )
    threads += [_mesenteric(curve, rng) for _ in range(60)]
    sheets = [_fascia(curve, side, front, rng) for side in (-1, 1) for front in (0, 1)]
    node = {"muscle": 0.55, "bowel_wall": 0.45}
    return [
        Region("renal fasciae", joined(sheets), {"fascia": 0.75, "fat": 0.25}),
        Region("lymph nodes", joined(nodes), node),
        Region(
            "mesenteric vessels", joined(threads), {"slow_blood": 0.6, "muscle": 0.4}
        ),
        Region("urine", joined(fluid), {"fluid": 0.8, "muscle": 0.2}),
    ]


def _fascia(curve: SpineCurve, side: int, front: int, rng: np.random.Generator) -> Mesh:
    """A thin curved sheet before or behind the kidney, from midline to flank."""
    s = curve.scale
    x = (
        np.array([30, 48, 68, 88, 108, 122])
        if front
        else np.array([52, 64, 78, 94, 110, 122])
    )
    y = (
        np.array([-34, -34, -33, -30, -20, -4])
        if front
        else np.array([14, 20, 22, 20, 12, 0])
    )
    rows = []
    for q in np.linspace(curve.q("L5", 0.3), curve.q("T12"), 6):
        wave = rng.normal(0, 2.2, (2, 6))
        rows.append(
            curve.points(np.full(6, q), side * (x + wave[0]) * s, (y + wave[1]) * s)
        )
    return plate(np.array(rows), np.full((6, 6), 0.6), 26, 26)


def _mesenteric(curve: SpineCurve, rng: np.random.Generator) -> Mesh:
    """A vessel that fans out from the root of the mesentery and tapers."""
    s = curve.scale
    start = np.array([rng.normal(0, 6), rng.uniform(-56, -42)])
    end = np.array([rng.uniform(-85, 85), rng.uniform(-84, -46)])
    q0, q1 = (
        curve.q("L3", rng.uniform(-0.8, 0.9)),
        rng.uniform(curve.q("S1"), curve.q("L2")),
    )
    u = np.array([0, 0.35, 0.7, 1.0])
    bow = rng.normal(0, 7, (4, 2)) * np.sin(np.pi * u)[:, None]
    xy = start + u[:, None] * (end - start) + bow
    path = curve.points(q0 + u * (q1 - q0), xy[:, 0] * s, xy[:, 1] * s)
    radius = rng.uniform(0.8, 2.1) * s
    return thread(path, [radius, 0.8 * radius, 0.45 * radius], around=6)


def organ_regions(curve: SpineCurve, rng: np.random.Generator) -> list[Region]:
    """Kidneys in their fascia, liver, pancreas."""
    s = curve.scale
    liver = loft_along(
        curve,
        ["L3", "L2", "L1", "T12", "T11", "T10", TOP],
        np.array([-102, -92, -80, -72, -70, -70, -72]) * s,
        np.array([-40, -42, -40, -38, -36, -36, -40]) * s,
        np.array([10, 36, 56, 64, 68, 68, 60]) * s,
        np.array([16, 34, 44, 47, 49, 48, 40]) * s,
        exponent=2.2,
        around=40,
        rough=0.03,
        rng=rng,
    )
    pancreas = thread(
        [curve.within(v, x * s, y * s, z * s) for v, x, y, z in _PANCREAS],
        s * np.array([4, 12, 10, 8, 8, 5]),
        around=16,
    )
    regions = [
        Region("liver", liver, {"liver": 1.0}, grain=Grain("marrow", 0.05)),
        Region(
            "pancreas",
            pancreas,
            {"bowel_wall": 0.7, "fat": 0.3},
            streaks=Streaks("streak", 0.8, {"fat": 1.0}),
        ),
    ]
    for side in (-1, 1):
        regions += _kidney(curve, side, rng)
    return regions


_PANCREAS = (
    ("L3", -26, -46, 12),
    ("L2", -24, -50, 4),
    ("L2", -8, -52, 14),
    ("L1", 16, -50, -4),
    ("L1", 40, -36, 6),
    ("L1", 62, -22, 14),
)


def _kidney(curve: SpineCurve, side: int, rng: np.random.Generator) -> list[Region]:
    """Fascia, fat, cortex, medulla and sinus of a kidney; the right lies lower."""
    s = curve.scale * rng.uniform(0.92, 1.08)
    t = np.linspace(-1, 1, 25)
    sink = -9.0 if side < 0 else 0.0
    base = np.array([side * 58.0, 4.0, sink + 13.0]) + rng.normal(0, [2, 2, 4])
    way = np.array([side * -7.0, 8.0, 54.0])  # the upper pole leans in and back
    turn = rng.normal(0.5, 0.08)
    up = np.array([-side * np.sin(turn), -np.cos(turn), 0.1])

    def body(grow: float, length: float, shift: float = 0.0) -> Mesh:
        local = base + t[:, None] * way * length + shift * np.array([-side, -0.45, 0])
        path = np.array([curve.within("L2", *(s * p)) for p in local])
        round_ = np.sqrt(np.maximum(1 - t * t, 0.004))
        lobes = 1 + 0.03 * np.sin(7 * t + side)
        a, b = (21.0 + grow) * round_ * lobes, (27.0 + grow) * round_ * lobes
        return tube(path, s * a, s * b, up, around=26)

    cortex = {"kidney_cortex": 0.5, "kidney_medulla": 0.5}
    return [
        Region("renal fascia", body(9.45, 1.25), {"fascia": 0.6, "fat": 0.4}),
        Region(
            "perirenal fat", body(9.0, 1.24), {"fat": 1.0}, grain=Grain("marrow", 0.03)
        ),
        Region("renal cortex", body(0.0, 1.0), {"kidney_cortex": 1.0}),
        Region(
            "renal medulla",
            body(-6.0, 0.80),
            cortex,
            streaks=Streaks("blotch", 0.8, {"kidney_medulla": 1.0}),
        ),
        Region(
            "renal sinus", body(-15.0, 0.5, 11.0), {"fat": 0.85, "slow_blood": 0.15}
        ),
    ]
