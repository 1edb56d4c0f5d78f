"""The axial twin in the layout of the public labels, written and read back."""

import numpy as np

from spineseg.datasets import create_dataset
from spineseg.datasets.base import TwinPlan
from spineseg.datasets.make import materialise


def test_slices_in_the_public_layout_are_read_back_as_drawn(tmp_path):
    from PIL import Image

    materialise("axial_mri", tmp_path, TwinPlan(0, 96, 2, "mendeley"))
    twin = create_dataset("axial_mri", "all", variant="mendeley", size_px=96, count=2)
    real = create_dataset("axial_mri", "all", root=tmp_path, variant="mendeley")
    assert real.ids == twin.ids == ("0001_D3", "0001_D4")
    assert real.patients == twin.patients == ("0001", "0001")
    for drawn, read in zip(twin, real, strict=True):
        np.testing.assert_allclose(read.picture, drawn.picture, rtol=0, atol=1e-7)
        np.testing.assert_array_equal(read.mask, drawn.mask)
        assert read.spacing_mm == drawn.spacing_mm == (0.6875, 0.6875)
        assert set(np.unique(read.mask)) == {0, 1, 2, 3}
    stored = np.asarray(Image.open(next(tmp_path.rglob("L1_0001_D3.png"))))
    assert set(np.unique(stored)) == {50, 100, 150, 250}
