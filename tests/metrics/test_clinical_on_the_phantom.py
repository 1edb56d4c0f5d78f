"""Clinical measures against the truth of synthetic patients.

The tolerances were written before these patients were looked at (the method was
developed on others). At least 95 % of differences must lie within, judged by the
limits of agreement. Cobb: 95 % of the differences of two readers (Morrissy et al. 1990,
J Bone Joint Surg Am 72:320-327). Slip: a fifth of a Meyerding grade. Wedge: the
width of Genant's second grade. Disc: a quarter of a lumbar disc's height.
"""

from itertools import pairwise

import numpy as np
import pytest

from spineseg import metrics as m
from spineseg.anatomy.patient import Patient
from spineseg.anatomy.sample import sample_patient
from spineseg.core.errors import SpinesegError
from spineseg.core.rng import rng
from spineseg.imaging.mri import render_mri
from spineseg.imaging.vertebral_bodies import (
    WHOLE_SPINE,
    film_bodies,
    film_masks,
    midline_bodies,
)
from spineseg.stats.agreement import bland_altman

COBB_TOLERANCE_DEG = 7.2
SLIP_TOLERANCE_PERCENT = 5.0
WEDGE_TOLERANCE = 0.15
DISC_TOLERANCE_MM = 2.5

SEEN = (*(f"T{k}" for k in range(4, 13)), *(f"L{k}" for k in range(1, 6)))
LUMBAR = SEEN[-5:]
PATIENTS = 10


@pytest.fixture(scope="module")
def patients():
    """Return patients that the method has not been developed on."""
    return [Patient(sample_patient(rng(7, "clinical", k))) for k in range(PATIENTS)]


@pytest.fixture(scope="module")
def series(patients):
    """Return labels and the size of a pixel of a sagittal series of each."""
    found = []
    for patient in patients[:6]:
        volume = render_mri(patient, "sagittal", matrix=384)
        found.append((patient.truth, volume.labels, volume.spacing_mm[1]))
    return found


def assert_within(measured, true, tolerance):
    limits = bland_altman(measured, true)
    assert -tolerance < limits.low
    assert limits.high < tolerance


def test_cobb_angles_of_frontal_films_are_as_good_as_a_second_reader(patients):
    measured, true = [], []
    for patient in patients:
        masks, spacing = film_masks(patient, WHOLE_SPINE, 1000)
        if set(patient.truth.cobb_levels) <= set(SEEN):
            cobb = m.cobb_angle(film_bodies(masks, SEEN), spacing)
            measured.append(cobb.angle_deg)
            true.append(patient.truth.cobb_deg)
    assert len(true) >= 8
    assert np.ptp(true) > 15  # there are curves to be measured
    assert_within(measured, true, COBB_TOLERANCE_DEG)


def test_wedges_on_midline_slices_are_within_a_grade(series):
    pairs = [
        (m.wedge_ratio(body, pixel_mm), truth.wedge_ratio[level])
        for truth, labels, pixel_mm in series
        for level in LUMBAR
        for body in midline_bodies(labels, [level]).values()
    ]
    assert_within(*np.transpose(pairs), WEDGE_TOLERANCE)


def test_slips_and_discs_on_midline_slices_are_within_their_tolerance(series):
    slips, discs = [], []
    for truth, labels, pixel_mm in series:
        for pair in pairwise(LUMBAR):
            masks = midline_bodies(labels, pair).values()
            above, below = (m.body_of(mask, pixel_mm) for mask in masks)
            slips.append((m.slip_percent_of(above, below), truth.slip_percent[pair[0]]))
            height = m.disc_height_mm_of(above, below)
            discs.append((height, truth.disc_height_mm[pair[0]]))
    assert_within(*np.transpose(slips), SLIP_TOLERANCE_PERCENT)
    assert_within(*np.transpose(discs), DISC_TOLERANCE_MM)


def test_bodies_that_are_not_in_the_picture_are_named(series):
    with pytest.raises(SpinesegError, match="C3"):
        midline_bodies(series[0][1], ["C3"])
