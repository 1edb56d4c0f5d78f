"""The population against published numbers, none of which the sampler reads."""

import numpy as np
import pytest
from scipy import stats

from spineseg.anatomy.patient import Patient
from spineseg.anatomy.sample import HEALTHY, Population, sample_patient
from spineseg.core.errors import SpinesegError
from spineseg.core.rng import rng

N = 300

# CTSpinoPelvic1K, 802 CTs: medians of men and women, robust spread within a sex
CT_WIDTH_MM = {
    "T12": (43.7, 37.2, 3.3),
    "L1": (44.1, 38.2, 3.1),
    "L2": (45.2, 39.3, 3.0),
    "L3": (48.0, 41.4, 3.7),
    "L4": (50.5, 44.5, 3.8),
}
# pooled means of living adults (Bonczar 2024), posterior body height
POOLED_HEIGHT_MM = {"L1": 26.6, "L2": 27.0, "L3": 26.7, "L4": 25.8, "L5": 24.1}
# middle disc height on CT, mean and spread (Shin 2024)
DISC_MM = {"L1": (6.6, 1.4), "L2": (7.9, 1.6), "L3": (8.8, 1.6), "L4": (9.3, 1.8)}


@pytest.fixture(scope="module")
def people():
    return [Patient(sample_patient(rng(0, "people", k))) for k in range(N)]


@pytest.fixture(scope="module")
def healthy():
    return [Patient(sample_patient(rng(1, "healthy", k), HEALTHY)) for k in range(N)]


def column(people, name, level, sex=None):
    return np.array(
        [
            getattr(p.spine.healthy[level], name)
            for p in people
            if sex is None or p.spec.anatomy.sex == sex
        ]
    )


def widths_of(people, level, sex):
    """Mean of the upper and lower end-plate, as a label's bounding box averages."""
    upper, lower = (
        column(people, f"{which}_width_mm", level, sex) for which in ("upper", "lower")
    )
    return (upper + lower) / 2


@pytest.mark.parametrize("level", CT_WIDTH_MM)
def test_end_plate_widths_are_within_one_spread_of_the_ct_medians(people, level):
    men, women, spread = CT_WIDTH_MM[level]
    for sex, median in (("male", men), ("female", women)):
        widths = widths_of(people, level, sex)
        assert abs(widths.mean() - median) < spread, sex


@pytest.mark.parametrize("level", CT_WIDTH_MM)
def test_widths_spread_within_a_sex_as_ct_does(people, level):
    spread = CT_WIDTH_MM[level][2]
    for sex in ("male", "female"):
        ratio = widths_of(people, level, sex).std() / spread
        assert 0.7 < ratio < 1.4, (sex, ratio)


def test_standardised_widths_are_bell_shaped(people):
    together = []
    for sex in ("male", "female"):
        widths = column(people, "upper_width_mm", "L3", sex)
        together.append((widths - widths.mean()) / widths.std())
    assert stats.kstest(np.concatenate(together), "norm").pvalue > 0.01


@pytest.mark.parametrize("level", POOLED_HEIGHT_MM)
def test_posterior_heights_are_those_of_the_living(people, level):
    heights = column(people, "posterior_height_mm", level)
    assert heights.mean() == pytest.approx(POOLED_HEIGHT_MM[level], abs=1.0)


@pytest.mark.parametrize("level", DISC_MM)
def test_discs_are_as_tall_as_on_ct(healthy, level):
    mean, spread = DISC_MM[level]
    heights = column(healthy, "disc_height_mm", level)
    assert abs(heights.mean() - mean) < spread
    assert 0.5 < heights.std() / spread < 1.4


def test_alignment_follows_the_published_means(healthy):
    alignments = [p.spec.alignment for p in healthy]
    incidence = np.array([a.pelvic_incidence_deg for a in alignments])
    lordosis = np.array([a.lordosis_deg for a in alignments])
    slope = np.array([p.truth.sacral_slope_deg for p in healthy])
    kyphosis = np.array([a.kyphosis_deg for a in alignments])
    assert incidence.mean() == pytest.approx(55, abs=3)
    assert incidence.std() == pytest.approx(10.6, abs=2)
    assert 48 < lordosis.mean() < 64
    tilt = np.array([p.truth.pelvic_tilt_deg for p in healthy])
    # standing volunteers: 41 +- 8.4 and 13 +- 6 (Vialle 2005)
    assert slope.mean() == pytest.approx(41, abs=3)
    assert slope.std() == pytest.approx(8.4, abs=2.5)
    assert tilt.mean() == pytest.approx(13, abs=3)
    assert tilt.std() == pytest.approx(6, abs=2.5)
    assert 33 < kyphosis.mean() < 45
    assert np.corrcoef(incidence, lordosis)[0, 1] > 0.4


def test_lying_patients_have_less_lordosis_than_standing_ones():
    def mean(posture):
        people = Population(posture=posture)
        return np.mean(
            [
                sample_patient(rng(2, k), people).alignment.lordosis_deg
                for k in range(100)
            ]
        )

    assert mean("standing") - mean("supine") == pytest.approx(13, abs=1.5)


def test_truth_tells_the_cobb_angle_of_every_patient(people):
    for patient in people[:60]:
        wanted = patient.spec.pathology.cobb_deg
        assert patient.truth.cobb_deg == pytest.approx(wanted, abs=0.2)


def test_heads_stay_over_pelves(people):
    heads = np.array([p.spine.frames["C2"].origin_mm for p in people])
    assert np.quantile(np.abs(heads[:, 0]), 0.95) < 45
    assert np.quantile(np.abs(heads[:, 1]), 0.95) < 120


def test_old_discs_are_lower_than_young_ones(people):
    def lost(patient):
        return sum(patient.spec.pathology.disc_loss.values())

    ages = [p.spec.anatomy.age_years for p in people]
    assert stats.spearmanr(ages, [lost(p) for p in people]).statistic > 0.6


def test_broken_pars_and_slips_belong_to_the_lowest_levels(people):
    slipped = [level for p in people for level in p.spec.pathology.slip]
    assert 0.07 < len(slipped) / N < 0.22
    assert set(slipped) <= {"L4", "L5"}
    broken = [level for p in people for level in p.spec.pathology.pars_gap_mm]
    assert broken.count("L5") > 3 * broken.count("L4")


def test_healthy_people_have_nothing(healthy):
    for p in healthy:
        sick = p.spec.pathology
        found = (*sick.slip, *sick.wedge, *sick.stenosis, *sick.hardware)
        assert found == ()


def test_one_generator_state_is_one_patient():
    assert sample_patient(rng(3, 9)) == sample_patient(rng(3, 9))
    assert sample_patient(rng(3, 9)) != sample_patient(rng(3, 10))


def test_shares_must_be_shares():
    with pytest.raises(SpinesegError, match="0 to 1"):
        Population(slip=1.2)
    with pytest.raises(SpinesegError, match="add up"):
        Population(curve_shares=(0.5, 0.1, 0.1))
