"""From stored numbers to grey: rescale, window or table, padding, polarity."""

import numpy as np
import pytest
from pydicom.dataset import Dataset

from spineseg import SpinesegError
from spineseg.io import apply_window, read_radiograph

RAMP = np.arange(4096, dtype=np.uint16).reshape(64, 64)
UNIT = RAMP / 4095
WHOLE = {"WindowCenter": 2048, "WindowWidth": 4096}


def lut_item(table, first, bits):
    item = Dataset()
    item.LUTDescriptor = [len(table) % 65536, first, bits]
    item.LUTData = np.asarray(table).astype("<u2").tobytes()
    return item


def test_monochrome1_is_inverted_after_the_window(film):
    plain = read_radiograph(film(WindowCenter=1000, WindowWidth=500))
    turned = read_radiograph(
        film(4095 - RAMP, PhotometricInterpretation="MONOCHROME1", **WHOLE)
    )
    low = read_radiograph(
        film(
            4095 - RAMP,
            PhotometricInterpretation="MONOCHROME1",
            WindowCenter=4096 - 1000,
            WindowWidth=500,
        )
    )
    np.testing.assert_allclose(turned.picture, UNIT, atol=1e-6)
    np.testing.assert_allclose(low.picture, plain.picture, atol=1e-6)
    assert turned.inverted
    assert not plain.inverted


def test_the_linear_window_is_dicoms_with_its_half_and_its_minus_one(film):
    got = read_radiograph(film(WindowCenter=2000, WindowWidth=101)).picture.ravel()
    # PS3.3 C.11.2.1.2.1: black up to c - 0.5 - (w - 1) / 2, white above the mirror
    assert got[1949] == 0
    assert got[1950] == pytest.approx(0.005)
    assert got[2049] == pytest.approx(0.995)
    assert got[2050] == 1


def test_linear_exact_and_sigmoid_windows(film):
    tags = {"WindowCenter": 2000, "WindowWidth": 100}
    exact = read_radiograph(film(VOILUTFunction="LINEAR_EXACT", **tags)).picture.ravel()
    assert (exact[1950], exact[2000], exact[2050]) == (0, 0.5, 1)
    curve = read_radiograph(film(VOILUTFunction="SIGMOID", **tags)).picture.ravel()
    assert curve[2000] == pytest.approx(0.5)
    assert curve[2025] == pytest.approx(1 / (1 + np.exp(-1)))
    assert (np.diff(curve) >= 0).all()


def test_a_negative_slope_turns_the_picture_once_and_only_once(film):
    # large stored values mean small modality values, which MONOCHROME2 shows dark
    got = read_radiograph(
        film(
            RescaleSlope=-1, RescaleIntercept=4095, WindowCenter=2048, WindowWidth=4096
        )
    )
    np.testing.assert_allclose(got.picture, 1 - UNIT, atol=1e-6)
    assert not got.inverted


def test_rescale_comes_before_the_window(film):
    got = read_radiograph(
        film(
            RescaleSlope=0.5, RescaleIntercept=100, WindowCenter=1124, WindowWidth=2048
        )
    )
    direct = read_radiograph(film(WindowCenter=2047.5, WindowWidth=4095))
    np.testing.assert_allclose(got.picture, direct.picture, atol=3e-4)


def test_a_zero_slope_is_refused(film):
    with pytest.raises(SpinesegError, match=r"film\.dcm: RescaleSlope is zero"):
        read_radiograph(film(RescaleSlope=0, RescaleIntercept=1))


@pytest.mark.parametrize("width", [0, -5])
def test_a_window_of_no_width_is_left_out_and_said(film, width):
    got = read_radiograph(film(WindowCenter=0, WindowWidth=width))
    assert got.window.source == "value range"
    assert "width zero" in " ".join(got.notes)
    np.testing.assert_allclose(got.picture, UNIT, atol=1e-6)


def test_of_several_windows_the_first_usable_one_is_taken(film):
    got = read_radiograph(film(WindowCenter=[7, 2048, 9], WindowWidth=[0, 4096, 4]))
    assert (got.window.center, got.window.width) == (2048, 4096)
    assert "2 windows" in " ".join(got.notes)


def test_without_a_window_the_purpose_of_the_film_decides(film):
    dim = RAMP // 2
    raw = read_radiograph(film(dim))
    made = read_radiograph(film(dim, PresentationIntentType="FOR PRESENTATION"))
    assert raw.picture.max() == 1
    assert raw.window.source == "value range"
    assert made.picture.max() == pytest.approx(2047 / 4095)
    assert made.window.source == "stored range"


def test_a_constant_film_is_no_division_by_zero(film):
    got = read_radiograph(film(np.full((8, 8), 7, np.uint16)))
    assert np.isfinite(got.picture).all()


def test_a_callers_window_replaces_the_files(film):
    path = film(**WHOLE)
    got = read_radiograph(path, window=(100, 11))
    assert got.window.source == "caller"
    assert got.picture.ravel()[90] == 0
    assert got.picture.ravel()[110] == 1
    with pytest.raises(SpinesegError, match="unusable window"):
        read_radiograph(path, window=(100, 0))


def test_a_voi_table_wins_over_the_window(film):
    table = np.linspace(65535, 0, 4096)
    got = read_radiograph(film(VOILUTSequence=[lut_item(table, 0, 16)], **WHOLE))
    np.testing.assert_allclose(got.picture, 1 - UNIT, atol=2e-5)
    assert got.window.source == "VOI LUT"


def test_values_outside_a_table_take_its_ends(film):
    got = read_radiograph(film(VOILUTSequence=[lut_item([0, 128, 255], 1000, 8)]))
    flat = got.picture.ravel()
    assert (flat[0], flat[1000], flat[1002], flat[4095]) == (0, 0, 1, 1)
    assert flat[1001] == pytest.approx(128 / 255)


def test_a_table_that_states_too_few_bits_is_scaled_by_its_entries(film):
    got = read_radiograph(film(VOILUTSequence=[lut_item([0, 4095], 0, 8)]))
    assert got.picture.max() == 1


def test_a_table_of_single_bytes_is_read(film):
    item = lut_item([0, 0], 0, 8)
    item.LUTDescriptor = [4, 0, 8]
    item.LUTData = bytes([0, 51, 102, 255])
    got = read_radiograph(film(VOILUTSequence=[item])).picture.ravel()
    np.testing.assert_allclose(got[:4], [0, 0.2, 0.4, 1])


def test_a_broken_table_is_refused(film):
    item = lut_item([0, 1, 2], 0, 8)
    item.LUTDescriptor = [9, 0, 8]
    with pytest.raises(SpinesegError, match="lookup table"):
        read_radiograph(film(VOILUTSequence=[item]))


def test_a_modality_table_wins_over_the_slope(film):
    table = RAMP.ravel()[::-1]
    got = read_radiograph(film(ModalityLUTSequence=[lut_item(table, 0, 16)], **WHOLE))
    np.testing.assert_allclose(got.picture, 1 - UNIT, atol=1e-6)


def test_overlay_bits_above_the_stored_ones_are_cut_off(film):
    marked = RAMP | np.uint16(0xA000)
    np.testing.assert_allclose(
        read_radiograph(film(marked, **WHOLE)).picture, UNIT, atol=1e-6
    )


def test_bits_that_do_not_start_at_zero_are_shifted_down(film):
    got = read_radiograph(film(RAMP << 4, HighBit=15, **WHOLE))
    np.testing.assert_allclose(got.picture, UNIT, atol=1e-6)


def test_signed_twelve_bits_get_their_sign_back(film):
    signed = RAMP.astype(np.int16) - 2048
    unextended = (signed & 0x0FFF).astype(np.int16)
    for stored in (signed, unextended):
        got = read_radiograph(film(stored, WindowCenter=0, WindowWidth=4096))
        np.testing.assert_allclose(got.picture, UNIT, atol=1e-6)


@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
def test_padding_is_black_in_both_polarities_and_outside_the_range(film, photometric):
    stored = np.clip(RAMP, 1000, 2000)
    stored[:, :8] = 4095
    got = read_radiograph(
        film(stored, PhotometricInterpretation=photometric, PixelPaddingValue=4095)
    )
    assert (got.picture[:, :8] == 0).all()
    assert got.window.center == 1500
    assert got.picture[:, 8:].max() == 1


def test_a_range_of_padding_is_padding(film):
    got = read_radiograph(
        film(PixelPaddingValue=4000, PixelPaddingRangeLimit=4095, **WHOLE)
    )
    assert (got.picture.ravel()[4000:] == 0).all()
    assert got.picture.ravel()[3999] > 0.9


def test_presentation_shape_inverse_does_not_invert_a_second_time(film):
    got = read_radiograph(
        film(
            4095 - RAMP,
            PhotometricInterpretation="MONOCHROME1",
            PresentationLUTShape="INVERSE",
            PixelIntensityRelationshipSign=1,
            **WHOLE,
        )
    )
    np.testing.assert_allclose(got.picture, UNIT, atol=1e-6)
    assert got.notes == ()


def test_contradicting_polarity_tags_are_noted_and_not_obeyed(film):
    got = read_radiograph(
        film(PresentationLUTShape="INVERSE", PixelIntensityRelationshipSign=1, **WHOLE)
    )
    np.testing.assert_allclose(got.picture, UNIT, atol=1e-6)
    assert len([note for note in got.notes if "contradicts" in note]) == 2


def test_in_a_raw_film_the_sign_of_the_intensity_decides(film):
    got = read_radiograph(
        film(
            PresentationIntentType="FOR PROCESSING",
            PixelIntensityRelationshipSign=1,
            **WHOLE,
        )
    )
    np.testing.assert_allclose(got.picture, 1 - UNIT, atol=1e-6)
    assert got.polarity == "PixelIntensityRelationshipSign +1"


@pytest.mark.parametrize("function", ["LINEAR", "LINEAR_EXACT", "SIGMOID"])
@pytest.mark.parametrize("width", [1, 2, 777.5])
def test_a_window_shows_integers_as_the_same_reals_and_leaves_both(function, width):
    integers, reals = RAMP.copy(), RAMP.astype(np.float32)
    shown = [apply_window(v, 900.5, width, function) for v in (integers, reals)]
    np.testing.assert_array_equal(*shown)
    assert shown[0].dtype == np.float32
    np.testing.assert_array_equal(integers, RAMP)
    np.testing.assert_array_equal(reals, RAMP)
