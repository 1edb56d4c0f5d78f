"""Facts about painting and measuring, on boxes: nothing of the anatomy is used."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from spineseg.anatomy.scene import Mesh
from spineseg.anatomy.tissue import Cut, Grain, Region, Streaks, half_spaces
from spineseg.core.errors import SpinesegError
from spineseg.core.rng import rng
from spineseg.imaging.kspace import heartbeat, pulsate, to_image, to_kspace
from spineseg.imaging.mri_coil import Coil
from spineseg.imaging.mri_geometry import paint, unknown_tissues
from spineseg.imaging.mri_scanner import Scanner, acquire
from spineseg.imaging.mri_signal import PROTOCOLS, spin_echo, tissue_signal
from spineseg.imaging.mri_stack import Stack, occupancy

SAGITTAL = np.array([[0.0, 1, 0], [0, 0, -1], [-1, 0, 0]])
QUIET = Scanner(snr=1e6, ghosts=0.0, coil=Coil.body())
FACES = [(0, 2, 1), (0, 3, 2), (4, 5, 6), (4, 6, 7), (0, 1, 5), (0, 5, 4)]
FACES += [(1, 2, 6), (1, 6, 5), (2, 3, 7), (2, 7, 6), (3, 0, 4), (3, 4, 7)]


def box(low, high) -> Mesh:
    (x0, y0, z0), (x1, y1, z1) = low, high
    corners = [(x0, y0, z0), (x1, y0, z0), (x1, y1, z0), (x0, y1, z0)]
    corners += [(x0, y0, z1), (x1, y0, z1), (x1, y1, z1), (x0, y1, z1)]
    return Mesh(np.array(corners, np.float32), np.array(FACES, np.int32))


def stack(slices=3, matrix=64, pixel_mm=1.0, pitch_mm=4.0, samples=1) -> Stack:
    return Stack(
        np.zeros(3),
        SAGITTAL,
        pixel_mm,
        matrix,
        slices,
        4.0,
        pitch_mm,
        "sagittal",
        samples,
    )


def painted(regions, place=None, contrast="t2", seed=1):
    return paint(regions, place or stack(), [PROTOCOLS[contrast]], 1.5, rng(seed, "p"))


def series(regions, scanner=QUIET, place=None, contrast="t2"):
    place = place or stack()
    picture = painted(regions, place, contrast)
    return acquire(picture.images, place, scanner, PROTOCOLS[contrast], rng(2, "a"))


def region(tissue, low, high, **more) -> Region:
    return Region(tissue, box(low, high), {tissue: 1.0}, **more)


WIDE = (-50, -20.3, -20.3), (50, 20.3, 20.3)


def test_a_box_that_fills_half_of_a_slice_fills_half_of_its_voxels():
    window = occupancy(region("csf", (-2.0, -9.3, -9.3), (0.0, 9.3, 9.3)), stack())
    assert window is not None
    assert window.first[0] == 1
    assert_allclose(window.occupancy[0, :18, :18], 0.5, atol=1e-6)
    assert_allclose(window.occupancy[1:], 0.0, atol=1e-6)


def test_what_lies_in_a_gap_between_slices_is_not_seen():
    place = stack(slices=2, pitch_mm=8.0)  # slices from -6 to -2 and from 2 to 6
    seen = painted([region("csf", (-1.9, -9, -9), (1.9, 9, 9))], place).images
    assert seen.max() == 0


def test_a_region_out_of_sight_is_skipped():
    assert occupancy(region("csf", (-2, 90, 0), (2, 99, 9)), stack()) is None
    assert occupancy(region("csf", (70, 0, 0), (80, 9, 9)), stack()) is None


def test_column_row_and_slice_are_back_down_and_right():
    place = stack()
    column, row, depth = place.project(np.array([[-4.0, 3.0, 7.0]]))[0]
    assert (column, row, depth) == pytest.approx((31.5 + 3, 31.5 - 7, 4.0))
    assert_allclose(place.origin_mm, [4.0, -31.5, 31.5])


@pytest.mark.parametrize("samples", [1, 2, 4])
def test_samples_of_a_pixel_share_its_edge_and_keep_the_area(samples):
    # a diagonal slab of width 8: its area is what counts, not its pixels
    turned = np.array([[1, 0, 0], [0, 0.8, -0.6], [0, 0.6, 0.8]], np.float32)
    body = box((-50, -15.2, -4.1), (50, 15.2, 4.1))
    tilted = Mesh(body.vertices @ turned.T, body.triangles)
    place = replace(stack(slices=1), samples=samples)
    window = occupancy(Region("x", tilted, {"csf": 1.0}), place)
    assert window is not None
    levels = np.unique(window.occupancy.round(4))
    assert len(levels) == samples + 1
    assert window.occupancy.sum() == pytest.approx(30.4 * 8.2, rel=0.02)


def test_a_later_region_replaces_an_earlier_one_by_its_share():
    inner = (-1.0, -9.3, -9.3), (1.0, 9.3, 9.3)  # a quarter of each of two slices
    place = stack(slices=2)
    value = painted([region("csf", *WIDE), region("fat", *inner)], place).images
    csf, fat = (tissue_signal(t, PROTOCOLS["t2"]) for t in ("csf", "fat"))
    assert value[0, 32, 32, 0] == pytest.approx(0.75 * csf)
    assert value[0, 32, 32, 1] == pytest.approx(0.25 * fat)


def test_a_label_needs_more_than_half_of_a_voxel():
    thin = region("csf", (-1.99, -9, -9), (0.0, 9, 9), sagittal=100)
    thick = region("csf", (-2, -9, -9), (0.01, 9, 9), sagittal=100)
    assert painted([thin]).sagittal.max() == 0
    assert painted([thick]).sagittal.max() == 100


def test_a_region_without_label_leaves_and_zero_clears_what_was_there():
    base = region("csf", *WIDE, sagittal=7, axial=1)
    over = (-50, -5.3, -5.3), (50, 5.3, 5.3)
    kept = painted([base, region("fat", *over)])
    cleared = painted([base, region("fat", *over, sagittal=0, axial=0)])
    assert (kept.sagittal[1, 32, 32], kept.axial[1, 32, 32]) == (7, 1)
    assert (cleared.sagittal[1, 32, 32], cleared.axial[1, 32, 32]) == (0, 0)


def test_a_cut_labels_the_part_behind_a_plane():
    behind = half_spaces((0, 0, 0), np.eye(3), {"y": (4.0, 100.0)})
    labels = painted([region("csf", *WIDE, axial=1, cuts=(Cut(3, behind),))]).axial
    column = 31.5 + np.array([3.5, 4.5])
    assert list(labels[1, 32, column.astype(int)]) == [1, 3]


def test_the_mean_of_a_tissue_is_the_closed_formula():
    for contrast, protocol in PROTOCOLS.items():
        for name, t1, t2, pd in (("csf", 3800, 900, 1.0), ("muscle", 950, 38, 0.8)):
            inside = series([region(name, *WIDE)], contrast=contrast)[1, 24:40, 24:40]
            expected = spin_echo(pd, t1, t2, protocol.tr_ms, protocol.te_ms)
            smooth = np.exp(0.05 * 3)  # slow inhomogeneity of at most three deviations
            assert expected / smooth < inside.mean() < expected * smooth


def test_without_inhomogeneity_the_mean_is_exact():
    scanner = Scanner(snr=1e6, ghosts=0.0, coil=Coil(gain=0, floor=1, ripple=0.0))
    inside = series([region("csf", *WIDE)], scanner)[1, 24:40, 24:40]
    assert inside.mean() == pytest.approx(
        float(spin_echo(1.0, 3800, 900, 3600, 105)), rel=0.004
    )


def test_air_is_rayleigh_whatever_the_coil_hears():
    noisy = Scanner(snr=20.0, coil=Coil.surface("sagittal"))
    air = series([], noisy, stack(slices=6, matrix=128))
    assert air.mean() / air.std() == pytest.approx(1.913, abs=0.03)


def test_twice_the_snr_is_half_the_noise():
    levels = [series([], Scanner(snr=snr)).mean() for snr in (20.0, 40.0)]
    assert levels[0] == pytest.approx(2 * levels[1], rel=1e-4)


def edges(profile):
    """Sub-pixel places where a box's profile crosses half of its height."""
    above = profile > profile.max() / 2
    first, last = np.flatnonzero(above)[[0, -1]]
    return (first + last) / 2


def test_fat_is_shifted_along_the_readout_by_the_chemical_shift():
    # 223.5 Hz at 1.5 T: four pixels at 55.9 Hz a pixel, towards higher rows
    scanner = Scanner(snr=1e6, ghosts=0.0, bandwidth_hz=55.88, coil=Coil.body())
    low, high = (-50, -10.3, -10.3), (50, 10.3, 10.3)
    water = series([region("csf", low, high)], scanner)[1]
    fat = series([region("fat", low, high)], scanner)[1]
    assert edges(fat[:, 32]) - edges(water[:, 32]) == pytest.approx(4, abs=0.6)
    assert edges(fat[36]) - edges(water[36]) == pytest.approx(0, abs=0.6)


def test_pulsation_throws_ghosts_along_the_phase_axis():
    place = stack(matrix=128)
    vessel = region("csf", (-50, -4.3, -4.3), (50, 4.3, 4.3), pulse=1.0)
    with_ghosts = Scanner(snr=1e6, ghosts=0.6, heart_cycles=37.0, coil=Coil.body())
    picture = series([vessel], with_ghosts, place)[1]
    still = series([vessel], QUIET, place)[1]
    beside, above = picture[64] - still[64], picture[:, 64] - still[:, 64]
    assert np.abs(beside[84:120]).max() > 0.05 * still.max()
    assert np.abs(above[84:120]).max() < 0.01 * still.max()


def test_breathing_blurs_along_the_phase_axis():
    still = series([region("csf", *WIDE)])[1]
    moving = series(
        [region("csf", *WIDE)],
        Scanner(snr=1e6, ghosts=0, motion_px=2, coil=Coil.body()),
    )[1]
    outside = np.s_[24:40, 2:8]
    assert moving[outside].mean() > 3 * still[outside].mean()


def test_an_unsteady_heart_smears_the_ghosts_and_keeps_their_energy():
    dot = np.zeros((128, 128))
    dot[64, 64] = 1.0
    steady, unsteady = (
        to_image(
            pulsate(to_kspace(dot), 0.5, 30.0, -1, heartbeat(128, rng(5, "h"), walk))
        )
        for walk in (0.0, 0.4)
    )
    assert np.abs(unsteady).max() < 0.7 * np.abs(steady).max()
    energy = [np.sum(np.abs(ghosts) ** 2) for ghosts in (steady, unsteady)]
    assert energy[1] == pytest.approx(energy[0], rel=0.1)


def test_a_region_can_be_kept_inside_another_body():
    whole, core = region("fat", *WIDE), box((-50, -5.3, -5.3), (50, 5.3, 5.3))
    kept = painted([replace(whole, inside=core)]).images[1, :, :, 1]
    alone = painted([Region("fat", core, {"fat": 1.0})]).images[1, :, :, 1]
    assert_allclose(kept, alone, atol=1e-6)
    assert alone.max() > 0


def test_grain_changes_the_spread_and_not_the_mean():
    plain = painted([region("muscle", *WIDE)]).images[1, 20:44, 20:44, 0]
    rough = painted([region("muscle", *WIDE, grain=Grain("marrow", 0.1))])
    rough = rough.images[1, 20:44, 20:44, 0]
    assert plain.std() < 1e-6
    assert 0.03 < rough.std() / rough.mean() < 0.2
    assert rough.mean() == pytest.approx(plain.mean(), rel=0.06)


def test_streaks_mix_the_second_tissue_in():
    streaks = Streaks("blotch", 1.0, {"fat": 1.0})
    pixels = painted([region("muscle", *WIDE, streaks=streaks)]).images[1, 20:44, 20:44]
    muscle, fat = (tissue_signal(t, PROTOCOLS["t2"]) for t in ("muscle", "fat"))
    assert_allclose(pixels[..., 0] / muscle + pixels[..., 1] / fat, 1.0, atol=1e-5)
    assert pixels[..., 1].max() > 0.5 * fat


def test_the_same_seed_gives_the_same_bytes_and_another_seed_does_not():
    noisy = Scanner(snr=20.0)
    one, two = (series([region("csf", *WIDE)], noisy) for _ in range(2))
    assert one.tobytes() == two.tobytes()
    place = stack()
    other = acquire(
        painted([region("csf", *WIDE)]).images,
        place,
        noisy,
        PROTOCOLS["t2"],
        rng(3, "a"),
    )
    assert other.tobytes() != one.tobytes()


def test_the_saturation_band_silences_the_front():
    field = Coil(band_mm=-10.0, gain=0.0, floor=1.0).field(64, 1.0, "sagittal")
    assert field[32, 4] == pytest.approx(0.16, abs=0.01)
    assert field[32, 60] == pytest.approx(1.0)


def test_a_surface_coil_hears_the_back_better():
    sagittal = Coil.surface("sagittal").field(64, 4.0, "sagittal")
    axial = Coil.surface("axial").field(64, 3.0, "axial")
    assert sagittal[32, 60] > 2 * sagittal[32, 4]
    assert axial[60, 32] > 1.5 * axial[4, 32]


def test_a_name_that_the_table_does_not_know_is_found():
    strange = Region("x", box(*WIDE), {"jelly": 1.0})
    assert unknown_tissues([strange]) == {"jelly"}
    with pytest.raises(SpinesegError, match="unknown tissue"):
        painted([strange])


@pytest.mark.parametrize(
    "bad", [{"slices": 0}, {"matrix": 4}, {"pitch_mm": 3.0}, {"samples": 3}]
)
def test_impossible_stacks_are_refused(bad):
    with pytest.raises(SpinesegError):
        stack(**bad)
