"""Knobs recovered from written mask files alone, as a reader would measure them.

Masks are rendered once into PNG files; everything below ``read`` knows only those
files and the pixel's size, nothing of frames, landmarks or knobs.
"""

import numpy as np
import pytest
from scipy.spatial import ConvexHull

from spineseg.anatomy.patient import Patient
from spineseg.anatomy.spec import Pathology, PatientSpec
from spineseg.imaging.camera import Projection, aimed_at
from spineseg.imaging.raster import silhouettes
from spineseg.io import read_mask, write_mask

PITCH_MM = 0.22
SHAPE = {"ap": (2200, 1100), "lateral": (1100, 1000)}


def write_masks(folder, spec, direction, levels, centre):
    """Write one mask of the body of each level, as a data set would."""
    patient = Patient(spec)
    scene = patient.bones("thoracolumbar", 1.2)
    view = Projection(direction, 1150.0, 160.0 if direction == "ap" else 300.0)
    camera = aimed_at(
        patient.spine.frames[centre].origin_mm, view, PITCH_MM, SHAPE[direction]
    )
    bits = np.zeros(len(scene.structures), np.uint64)
    for k, level in enumerate(levels):
        for row, (name, part) in enumerate(
            zip(scene.structures, scene.parts, strict=True)
        ):
            if name == level and part == "body":
                bits[row] |= np.uint64(1) << np.uint64(k)
    shadow = silhouettes(
        camera.project(scene.vertices),
        scene.triangles,
        bits[scene.surface],
        SHAPE[direction],
    )
    for k, level in enumerate(levels):
        mask = (shadow >> np.uint64(k)) & np.uint64(1)
        write_mask(folder / f"{level}.png", mask.astype(bool))


def read(folder, level):
    rows, columns = np.nonzero(read_mask(folder / f"{level}.png").labels)
    return np.stack([columns, rows], axis=1).astype(float)


def tilt_rad(points):
    """Direction of the smallest rectangle around a mask, left to right."""
    hull = points[ConvexHull(points).vertices]
    angles = np.deg2rad(np.arange(-44, 44, 0.1))
    c, s = np.cos(angles), np.sin(angles)
    wide = np.ptp(np.outer(hull[:, 0], c) + np.outer(hull[:, 1], s), axis=0)
    tall = np.ptp(np.outer(hull[:, 1], c) - np.outer(hull[:, 0], s), axis=0)
    return angles[np.argmin(wide * tall)]


def corners(points):
    """Front and back corners of a lateral mask (back to the right, rows down)."""
    angle = tilt_rad(points)
    u = points @ [np.cos(angle), np.sin(angle)]
    v = points @ [-np.sin(angle), np.cos(angle)]
    u, v = (u - u.mean()) / np.ptp(u), (v - v.mean()) / np.ptp(v)

    def at(a, b):
        return points[np.argmax(a * u + b * v)]

    return {
        "upper front": at(-1, -1),
        "upper back": at(1, -1),
        "lower front": at(-1, 1),
        "lower back": at(1, 1),
    }


def slip_on_masks(folder):
    upper, lower = corners(read(folder, "L4")), corners(read(folder, "L5"))
    plate = lower["upper back"] - lower["upper front"]
    depth = np.linalg.norm(plate)
    return (lower["upper back"] - upper["lower back"]) @ plate / depth**2


@pytest.mark.parametrize("knob", [0.10, 0.20, 0.30])
def test_slip_is_read_from_lateral_masks(tmp_path, knob):
    measured = []
    for seed in range(3):
        slips = []
        for slip in (0.0, knob):
            sick = Pathology(slip={"L4": slip})
            spec = PatientSpec(seed, pathology=sick)
            write_masks(tmp_path, spec, "lateral", ["L4", "L5"], "L4")
            slips.append(slip_on_masks(tmp_path))
        measured.append(slips[1] - slips[0])
    assert np.mean(measured) == pytest.approx(knob, abs=0.03)
    assert np.floor(np.mean(measured) / 0.25) == knob // 0.25  # Meyerding's grade


@pytest.mark.parametrize("lost", [0.0, 0.22, 0.35])
def test_a_wedge_is_read_from_lateral_masks(tmp_path, lost):
    ratios, expected = [], []
    for seed in range(3):
        spec = PatientSpec(seed, pathology=Pathology(wedge={"L1": lost}))
        write_masks(tmp_path, spec, "lateral", ["L1"], "L1")
        c = corners(read(tmp_path, "L1"))
        front = np.linalg.norm(c["upper front"] - c["lower front"])
        back = np.linalg.norm(c["upper back"] - c["lower back"])
        ratios.append(front / back)
        expected.append(Patient(spec).truth.wedge_ratio["L1"])
    assert np.mean(ratios) == pytest.approx(np.mean(expected), abs=0.06)


@pytest.mark.parametrize("knob", [12, 32])
def test_the_cobb_angle_is_read_from_frontal_masks_within_four_degrees(tmp_path, knob):
    levels = [f"T{k}" for k in range(7, 13)] + [f"L{k}" for k in range(1, 6)]
    spec = PatientSpec(2, pathology=Pathology(cobb_deg=knob))
    write_masks(tmp_path, spec, "ap", levels, "L1")
    tilts = [np.rad2deg(tilt_rad(read(tmp_path, level))) for level in levels]
    assert max(tilts) - min(tilts) == pytest.approx(knob, abs=4)
