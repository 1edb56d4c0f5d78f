"""Faults of a film, each on a signal so plain that its effect is known."""

import numpy as np
import pytest

from spineseg.core.errors import SpinesegError
from spineseg.core.rng import rng
from spineseg.imaging.artefacts import (
    Artefacts,
    Collimation,
    Double,
    GridLines,
    Marker,
    Motion,
    applied,
    collimated_field,
    grid_shadow,
    moved,
    smeared,
    stamped,
)
from spineseg.imaging.film import FILMS, film, sample_film


def spot(shape=(61, 81), at=(30, 40), value=1000.0):
    picture = np.zeros(shape, np.float32)
    picture[at] = value
    return picture


def test_no_fault_changes_nothing():
    picture = rng(0, "signal").uniform(1, 9, (20, 30)).astype(np.float32)
    assert applied(picture, Artefacts(), 0.5, 5.0).tobytes() == picture.tobytes()


def test_blades_leave_a_field_of_the_size_they_are_set_to():
    field = collimated_field(Collimation(50.0, 30.0), 0.5, (200, 300))
    assert field.sum() * 0.25 == pytest.approx(100 * 60, rel=0.01)
    assert field[100, 150] == 1.0
    assert field[0, 150] == 0.0


def test_turned_and_moved_blades_keep_the_area_and_move_the_centre():
    fault = Collimation(30.0, 20.0, offset_mm=(10.0, -5.0), roll_deg=7.0)
    field = collimated_field(fault, 0.5, (300, 300))
    rows, columns = np.mgrid[:300, :300]
    assert field.sum() * 0.25 == pytest.approx(60 * 40, rel=0.01)
    centre = [(field * axis).sum() / field.sum() for axis in (columns, rows)]
    np.testing.assert_allclose(centre, [149.5 + 20, 149.5 - 10], atol=0.5)


def test_a_lead_letter_stops_the_beam_where_it_lies_and_nowhere_else():
    beam = np.ones((200, 300), np.float32)
    marked = stamped(beam, Marker("R", u=0.5, v=0.5, size_mm=40.0), 1.0)
    assert marked.min() < 0.01
    assert np.all(marked[:60] == 1)
    assert np.all(beam == 1)
    rows, columns = np.nonzero(marked < 0.5)
    assert rows.mean() == pytest.approx(100, abs=5)
    assert columns.mean() == pytest.approx(150, abs=5)


@pytest.mark.parametrize(("u", "v"), [(0.0, 0.0), (1.0, 1.0), (0.0, 1.0)])
def test_a_letter_at_the_rim_stays_inside_the_film(u, v):
    marked = stamped(np.ones((40, 50), np.float32), Marker("L", u, v, 20.0), 1.0)
    assert marked.shape == (40, 50)
    assert marked.min() < 0.15


def test_motion_smears_along_its_line_and_keeps_the_quanta():
    out = smeared(spot(), Motion(length_mm=8.0, angle_deg=90.0), 1.0)
    assert out.sum() == pytest.approx(1000.0, rel=1e-3)
    rows, columns = np.nonzero(out > 1)
    assert np.ptp(rows) == 8
    assert np.ptp(columns) == 0


def test_moving_goes_right_and_down_by_whole_and_half_pixels():
    out = moved(spot(), 3.0, 1.5)
    assert out[31, 43] == pytest.approx(500.0)
    assert out[32, 43] == pytest.approx(500.0)


def test_a_second_exposure_takes_its_share_of_the_dose():
    faults = Artefacts(double=Double(0.25, right_mm=10.0, down_mm=0.0))
    out = applied(spot(), faults, 2.0, 100.0)
    assert out[30, 40] == pytest.approx(750.0)
    assert out[30, 45] == pytest.approx(250.0)


def test_grid_lines_have_their_number_a_millimetre_and_no_mean():
    shadow = grid_shadow(GridLines(0.05, 4.0, 0.0), 0.05, (10, 800))
    assert shadow.mean() == pytest.approx(1.0, abs=1e-3)
    assert shadow.std() == pytest.approx(0.05 / np.sqrt(2), rel=1e-3)
    power = np.abs(np.fft.rfft(shadow[0] - 1))
    assert np.fft.rfftfreq(800, 0.05)[power.argmax()] == pytest.approx(4.0, abs=0.05)


def test_grid_lines_alias_to_broad_bands_on_coarse_pixels():
    shadow = grid_shadow(GridLines(0.05, 4.0, 0.0), 0.26, (4, 1000))
    power = np.abs(np.fft.rfft(shadow[0] - 1))
    seen = np.fft.rfftfreq(1000, 0.26)[power.argmax()]
    assert seen == pytest.approx(4.0 - 1 / 0.26, abs=0.01)


def test_a_ghost_is_a_turned_picture_and_never_more_than_its_share():
    picture = np.full((40, 40), 100.0, np.float32)
    picture[5, 5] = 1e9
    out = applied(picture, Artefacts(ghost=0.02), 1.0, 100.0)
    assert out[34, 34] > out[20, 20]
    assert (out - picture).max() <= 0.02 * 10 * 100.0 * 1.001 + 64  # float32 of 1e9


def test_over_exposure_multiplies_the_signal():
    picture = np.full((4, 4), 100.0, np.float32)
    out = applied(picture, Artefacts(over_exposure=4.0), 1.0, 100.0)
    np.testing.assert_array_equal(out, 400.0)


@pytest.mark.parametrize("wrong", [{"over_exposure": 0.0}, {"ghost": 1.0}])
def test_impossible_faults_are_refused(wrong):
    with pytest.raises(SpinesegError):
        Artefacts(**wrong)


@pytest.mark.parametrize("view", FILMS)
def test_drawn_films_are_the_same_from_the_same_stream_and_vary(view):
    one, again = (sample_film(rng(7, "film"), view) for _ in range(2))
    assert one == again
    drawn = [sample_film(rng(k, "film"), view) for k in range(300)]
    assert len({f.projection.sid_mm for f in drawn}) == 300
    faults = [f.artefacts for f in drawn]
    assert 0.03 < np.mean([f.over_exposure > 1 for f in faults]) < 0.14
    assert 0.7 < np.mean([f.collimation is not None for f in faults]) < 0.9
    assert any(f.grid for f in faults)
    assert any(f.motion for f in faults)


def test_a_letter_on_a_frontal_film_lies_on_the_side_that_it_names():
    for k in range(60):
        marker = sample_film(rng(k, "film"), "ap").artefacts.marker
        if marker is not None:
            assert (marker.u > 0.5) == (marker.text == "L")


def test_an_unknown_view_names_the_known_ones():
    with pytest.raises(SpinesegError, match="ap or lateral or cervical"):
        film("oblique")
