"""One rule cuts volumes into slices, whatever order of axes they were stored in."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from spineseg.core.errors import SpinesegError
from spineseg.inference import predict_volume
from spineseg.io import make_volume
from spineseg.io.planes import ORDER, from_slices, order_of, slices_of
from spineseg.io.turning import TOWARDS
from spineseg.transforms import Pipeline

pytest.importorskip("SimpleITK")

PLANES = st.sampled_from(sorted(ORDER))
SHAPES = hnp.array_shapes(min_dims=3, max_dims=3, max_side=5)
LETTERS = ("LR", "PA", "SI")
SHOWN = {"sagittal": "RIP", "coronal": "PIL", "axial": "IPL"}
"""Where slices, rows and columns of each plane run to: as radiologists look at them."""


@st.composite
def orientations(draw):
    """Draw one of the 48 orders of axes, as three letters of where they run to."""
    return "".join(draw(st.sampled_from(way)) for way in draw(st.permutations(LETTERS)))


def direction(letter):
    """Return the patient direction (left, posterior, superior) of a letter."""
    axis, sign = TOWARDS[letter]
    return sign * np.eye(3)[axis]


def stored(array, letters, spacing=(1.0, 1.0, 1.0)):
    """Return a volume of an array whose axes run to these letters."""
    return make_volume(array, spacing, axes=np.array([*map(direction, letters)]))


@given(hnp.arrays(np.int16, SHAPES), PLANES)
def test_slices_put_together_are_the_volume(array, plane):
    slices = slices_of(array, plane)
    np.testing.assert_array_equal(from_slices(slices, plane), array)
    np.testing.assert_array_equal(slices_of(from_slices(array, plane), plane), array)


@given(SHAPES, orientations(), PLANES)
def test_cut_slices_run_as_a_radiologist_looks_at_them(shape, letters, plane):
    places = np.indices(shape).reshape(3, -1).T @ [*map(direction, letters)]
    for axis, towards in enumerate(SHOWN[plane]):
        along = (places @ direction(towards)).reshape(shape)
        slices = slices_of(stored(along, letters).array, plane)
        assert (np.diff(slices, axis=axis) == 1).all()
        assert all((np.diff(slices, axis=a) == 0).all() for a in range(3) if a != axis)


@given(hnp.arrays(np.int16, SHAPES), orientations(), PLANES)
def test_one_slice_of_a_volume_is_one_of_all_slices(array, letters, plane):
    volume = stored(array, letters)
    slices = slices_of(volume.array, plane)
    for index, one in enumerate(slices):
        np.testing.assert_array_equal(volume.plane(plane, index), one)


@settings(max_examples=25, deadline=None)
@given(SHAPES, orientations(), PLANES, st.integers(0, 9))
def test_predictions_come_back_to_the_voxels_they_were_made_from(
    shape, letters, plane, seed
):
    array = (np.random.default_rng(seed).random(shape) > 0.5).astype(np.float32)
    volume = stored(array, letters, (1.0, 2.0, 3.0))
    found = predict_volume(
        volume, Pipeline("none"), lambda x: (x > 0).float(), plane=plane
    )
    np.testing.assert_array_equal(found.array, volume.array)
    assert not found.grid.differences(volume.grid)


def test_a_network_sees_the_spacing_of_rows_and_columns_of_its_plane():
    volume, seen = make_volume(np.ones((2, 3, 4)), (4.0, 0.5, 0.6)), set()

    def prepare(sample):
        seen.add((plane, sample.picture.shape, sample.spacing_mm))
        return sample

    for plane in ORDER:
        predict_volume(volume, prepare, lambda x: x, plane=plane)
    assert seen == {
        ("sagittal", (3, 4), (0.5, 0.6)),
        ("coronal", (3, 2), (0.5, 4.0)),
        ("axial", (4, 2), (0.6, 4.0)),
    }


@pytest.mark.parametrize("cut", [slices_of, from_slices])
def test_other_planes_and_other_axes_are_refused(cut):
    with pytest.raises(SpinesegError, match="diagonal; expected sagittal, coronal"):
        cut(np.zeros((2, 2, 2)), "diagonal")
    with pytest.raises(SpinesegError, match="three axes"):
        cut(np.zeros((2, 2)), "axial")
    with pytest.raises(SpinesegError, match="no such plane"):
        order_of("oblique")
