"""A rendered film of a whole patient: masks, metadata, repeatability."""

import hashlib
import json
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from spineseg.anatomy.patient import Patient
from spineseg.anatomy.spec import PatientSpec
from spineseg.core.errors import SpinesegError
from spineseg.core.rng import rng
from spineseg.imaging.artefacts import FULL_AT, Artefacts, Collimation
from spineseg.imaging.film import film, sample_film
from spineseg.imaging.masks import NAMES, SPINOUS_LEVELS, Masks, surface_bits
from spineseg.imaging.radiograph import Radiograph, render_radiograph

LUMBAR = ("L1", "L2", "L3", "L4", "L5")


@pytest.fixture(scope="module")
def patient() -> Patient:
    return Patient(PatientSpec(seed=3))


@pytest.fixture(scope="module")
def films(patient) -> dict[str, Radiograph]:
    views = ("ap", "lateral", "cervical")
    return {view: render_radiograph(patient, view, (160, 128)) for view in views}


def digest(made: Radiograph) -> str:
    parts = (made.picture, made.raw, made.masks.bits)
    return hashlib.sha256(b"".join(p.tobytes() for p in parts)).hexdigest()


def made_elsewhere(seed: int) -> str:
    """Hash of a small film; top level, so that a worker process can be sent it."""
    random_film = sample_film(rng(seed, "film"), "lateral")
    patient = Patient(PatientSpec(seed=seed))
    return digest(render_radiograph(patient, "lateral", 96, settings=random_film))


@pytest.mark.parametrize("view", ["ap", "lateral", "cervical"])
def test_a_film_has_its_shape_range_and_spacing(films, view):
    made = films[view]
    assert made.picture.shape == made.raw.shape == made.masks.bits.shape == (160, 128)
    assert made.picture.dtype == np.float32
    assert 0 <= made.picture.min() < 0.05
    assert 0.9 < made.picture.max() <= 1
    usual = film(view)
    expected = usual.field_mm / 160 / usual.projection.magnification
    assert made.spacing_mm == pytest.approx(expected)


@pytest.mark.parametrize("view", ["ap", "lateral"])
def test_lumbar_vertebrae_follow_each_other_down_the_film(films, view):
    masks = films[view].masks
    centres = [np.nonzero(masks.body(level))[0].mean() for level in LUMBAR]
    assert np.all(np.diff(centres) > 5)


@pytest.mark.parametrize("view", ["ap", "lateral", "cervical"])
def test_masks_contain_each_other_as_the_bones_do(films, view):
    masks = films[view].masks
    union = np.zeros((160, 128), bool)
    for level in NAMES[:24]:
        assert not (masks.body(level) & ~masks.level(level)).any()
        union |= masks.level(level)
    np.testing.assert_array_equal(union, masks.vertebrae)
    assert set(masks.present) <= set(NAMES)
    assert union.mean() > 0.03


def test_spinous_processes_lie_behind_their_bodies(films):
    masks = films["cervical"].masks
    for level in SPINOUS_LEVELS[1:-1]:
        behind = np.nonzero(masks.named(f"{level} spinous"))[1].mean()
        assert behind > np.nonzero(masks.body(level))[1].mean()
    assert masks.spinous.any()
    assert not (masks.spinous & ~masks.vertebrae).any()


def test_the_spine_is_brighter_than_what_lies_beside_it(films):
    made = films["ap"]
    lumbar = np.logical_or.reduce([made.masks.body(level) for level in LUMBAR])
    rows = np.nonzero(lumbar.any(axis=1))[0]
    beside = made.picture[rows[0] : rows[-1], 20:40]
    assert made.picture[lumbar].mean() > beside.mean() + 0.1


def test_metadata_is_json_and_holds_every_knob_and_measured_value(films, patient):
    data = json.loads(json.dumps(films["ap"].metadata))
    assert data["patient"]["anatomy"]["age_years"] == patient.spec.anatomy.age_years
    assert data["truth"]["cobb_deg"] == pytest.approx(patient.truth.cobb_deg)
    assert data["film"]["exposure"]["kvp"] == 80.0
    assert data["film"]["artefacts"]["over_exposure"] == 1.0
    assert data["measured"]["spacing_mm"] == films["ap"].spacing_mm
    assert data["measured"]["open_beam_quanta"] > data["measured"]["body_quanta"]
    assert "L3 body" in data["measured"]["masks_present"]


def test_scatter_over_the_film_is_near_what_was_asked(films):
    measured = films["ap"].metadata["measured"]
    assert 0 < measured["scatter_over_field"] < 0.45


def test_another_noise_seed_changes_no_mask(films, patient):
    other = render_radiograph(patient, "ap", (160, 128), seed=99)
    assert other.masks.bits.tobytes() == films["ap"].masks.bits.tobytes()
    assert other.picture.tobytes() != films["ap"].picture.tobytes()
    assert np.abs(other.picture - films["ap"].picture).mean() < 0.03


def test_the_same_seed_gives_the_same_bytes_in_any_order_and_process():
    here = [made_elsewhere(seed) for seed in (5, 6)]
    # an executor, not a Pool: a child that cannot start is an error, not a wait
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        there = list(pool.map(made_elsewhere, (6, 5)))
    assert here == there[::-1]
    assert here[0] != here[1]


def test_the_shutter_blackens_the_picture_and_the_raw_signal(patient):
    usual = film("ap")
    blades = replace(usual, artefacts=Artefacts(collimation=Collimation(80.0, 150.0)))
    made = render_radiograph(patient, "ap", 96, settings=blades)
    assert not made.picture[:, :20].any()
    bare = render_radiograph(patient, "ap", 96, settings=usual)
    assert np.all(made.raw[:, :20] < 0.01 * bare.raw[:, :20])


def test_an_over_exposed_detector_is_full_where_little_stands_in_the_beam(patient):
    usual = film("ap")
    burnt = replace(usual, artefacts=Artefacts(over_exposure=20.0))
    full = FULL_AT * usual.exposure.quanta_per_mm2 * (usual.field_mm / 96) ** 2
    shares = [
        (render_radiograph(patient, "ap", 96, settings=s).raw >= 0.999 * full).mean()
        for s in (usual, burnt)
    ]
    assert shares[1] > shares[0] + 0.1


@pytest.mark.parametrize(
    ("view", "size", "words"),
    [("oblique", 96, "unknown radiograph view"), ("ap", 4, "has 16 to 8192")],
)
def test_what_cannot_be_rendered_is_refused(patient, view, size, words):
    with pytest.raises(SpinesegError, match=words):
        render_radiograph(patient, view, size)


def test_an_unknown_mask_names_the_known_ones():
    with pytest.raises(SpinesegError, match=r"no such mask.*L4 body"):
        Masks(np.zeros((2, 2), np.uint64)).named("L9")


def test_surfaces_get_the_bits_of_their_level_and_part():
    bits = surface_bits(["L4", "L4", "C5", "skin"], ["body", None, "spinous", None])
    masks = Masks(bits[None])
    assert masks.level("L4").tolist() == [[True, True, False, False]]
    assert masks.body("L4").tolist() == [[True, False, False, False]]
    assert masks.spinous.tolist() == [[False, False, True, False]]
    assert masks.vertebrae.tolist() == [[True, True, True, False]]
