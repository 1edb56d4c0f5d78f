"""NumPy turns a volume as SimpleITK's DICOMOrient does."""

from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spineseg.core.errors import SpinesegError
from spineseg.io import read_volume
from spineseg.io.turning import moves, rearranged, turn

sitk = pytest.importorskip("SimpleITK")

CODES = [
    "".join(letters)
    for axes in permutations(("LR", "PA", "SI"))
    for letters in product(*axes)
]
reals = st.floats(-300, 300, allow_subnormal=False)


@st.composite
def directions(draw):
    """Draw a permutation of axes with signs, tilted by up to 80 degrees, or not."""
    signs = draw(st.lists(st.sampled_from((-1, 1)), min_size=3, max_size=3))
    straight = np.eye(3)[draw(st.permutations(range(3)))] * signs
    x, y, z = (np.deg2rad(draw(st.sampled_from((0, 0, 5, 20, 44, 80)))) for _ in "xyz")
    turns = [
        [[1, 0, 0], [0, np.cos(x), -np.sin(x)], [0, np.sin(x), np.cos(x)]],
        [[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]],
        [[np.cos(z), -np.sin(z), 0], [np.sin(z), np.cos(z), 0], [0, 0, 1]],
    ]
    return np.linalg.multi_dot(np.array(turns)) @ straight


@st.composite
def images(draw):
    """Draw a small image whose voxels all differ, of any type, anywhere."""
    shape = draw(st.tuples(*[st.integers(1, 5)] * 3))
    kind = draw(st.sampled_from((np.uint8, np.int16, np.uint16, np.int32, np.float32)))
    image = sitk.GetImageFromArray(np.arange(np.prod(shape), dtype=kind).reshape(shape))
    image.SetSpacing(draw(st.tuples(*[st.floats(0.01, 9)] * 3)))
    image.SetOrigin(draw(st.tuples(reals, reals, reals)))
    image.SetDirection(draw(directions()).ravel().tolist())
    return image


@pytest.mark.oracle
@settings(max_examples=300, deadline=None)
@given(images(), st.sampled_from(CODES))
def test_pixels_and_place_are_those_of_dicom_orient(image, wanted):
    expected, got = sitk.DICOMOrient(image, wanted), turn(image, wanted)
    array = sitk.GetArrayFromImage(expected)
    assert got.array.dtype == array.dtype
    np.testing.assert_array_equal(got.array, array)
    assert got.spacing_mm == expected.GetSpacing()
    np.testing.assert_allclose(got.origin_mm, expected.GetOrigin(), rtol=0, atol=1e-9)
    matrix = np.array(expected.GetDirection()).reshape(3, 3)
    np.testing.assert_array_equal(got.directions, matrix)


@given(images())
def test_what_was_turned_has_memory_of_its_own(image):
    before = sitk.GetArrayFromImage(image)
    got = turn(image, "PIR").array
    assert got.flags.c_contiguous
    got[...] = 0
    np.testing.assert_array_equal(sitk.GetArrayFromImage(image), before)


def test_every_axis_order_can_be_reached_from_every_other():
    for here, wanted in product(CODES, repeat=2):
        order, flipped = moves(here, wanted)
        opposite = dict(zip("LRPASI", "RLAPIS", strict=True))
        reached = [
            opposite[here[axis]] if flip else here[axis]
            for axis, flip in zip(order, flipped, strict=True)
        ]
        assert "".join(reached) == wanted


@given(st.tuples(*[st.integers(1, 4)] * 3), st.sampled_from(CODES))
def test_the_way_back_is_the_way_with_the_codes_exchanged(shape, code):
    array = np.arange(np.prod(shape)).reshape(shape)
    there = rearranged(array, code, "PIR")
    np.testing.assert_array_equal(rearranged(there, "PIR", code), array)


def test_complex_voxels_are_refused_with_the_name_of_the_file(tmp_path):
    # ITK's filter ended in a RuntimeError
    path = tmp_path / "x.nii"
    sitk.WriteImage(sitk.Image([3, 4, 5], sitk.sitkComplexFloat32), str(path))
    with pytest.raises(SpinesegError, match=r"x\.nii: only volumes of real numbers"):
        read_volume(path)
