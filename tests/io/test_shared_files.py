"""Every real file beside the repository is read rightly or refused clearly."""

import numpy as np
import pytest

from spineseg import SpinesegError
from spineseg.io import (
    check_same_grid,
    read_dicom,
    read_labelme,
    read_mask,
    read_radiograph,
    read_slice,
    read_volume,
)

pytestmark = pytest.mark.shared

RADIOGRAPHS = "dicom_radiograph/"
REFUSED = {
    "dicom_syntax/no_pixel_data.dcm": "holds no picture",
}
TABLES = ("spider_tables", "isic_lists", "verse_sample/sub-verse004_seg-subreg_ctd")
MASKS = ("mask", "Mask", "_msk", "_seg", "_gm", "_labeled", "_vert", "_subreg")


def read(file, name):
    """Read a file by the reader that its folder asks for; say what it is."""
    suffix = file.suffix
    if name.startswith(RADIOGRAPHS) or "dicom_syntax/no_pixel" in name:
        film = read_radiograph(file)
        assert film.picture.dtype == np.float32
        assert 0 <= film.picture.min() < film.picture.max() <= 1
        return f"radiograph {film.view}, {film.polarity}, {film.spacing.kind}"
    if suffix == ".dcm":
        one = read_slice(file)
        return f"{one.modality} slice, {one.plane}, window from {one.window.source}"
    if suffix == ".json":
        content = read_labelme(file)
        return f"{len(content.shapes)} shapes, {', '.join(content.labels)}"
    if any(word in name for word in MASKS):
        mask = read_mask(file)
        assert mask.foreground.any()
        return f"mask, {len(mask.present)} labels"
    if suffix in (".mha", ".gz"):
        volume = read_volume(file)
        return f"volume {volume.array.shape}, stored {volume.stored_as}"
    return f"film {read_radiograph(file).picture.shape}"


def test_the_table_of_all_files(shared, capsys):
    folder = shared / "data"
    rows, left = [], []
    for file in sorted(folder.rglob("*")):
        name = str(file.relative_to(folder))
        if not file.is_file():
            continue
        if file.suffix in (".md", ".csv") or name.startswith(TABLES):
            left.append(name)
            continue
        try:
            rows.append((name, "read", read(file, name)))
        except SpinesegError as error:
            rows.append((name, "refused", error.problem))
    with capsys.disabled():
        width = max(len(name) for name, _, _ in rows)
        print()
        for name, verdict, reason in rows:
            print(f"{name:{width}}  {verdict:8} {reason}")
    refused = {name: reason for name, verdict, reason in rows if verdict == "refused"}
    assert refused.keys() == REFUSED.keys()
    assert all(REFUSED[name] in reason for name, reason in refused.items())
    assert len(rows) >= 50
    assert all(name.endswith((".md", ".csv", "ctd.json")) for name in left)


def test_five_transfer_syntaxes_hold_equal_pixels(shared):
    files = sorted((shared / "data" / "dicom_syntax").glob("ct_*.dcm"))
    stored = [read_dicom(file).stored for file in files]
    assert len(stored) == 5
    for other in stored[1:]:
        np.testing.assert_array_equal(other, stored[0])


def test_every_radiograph_of_one_film_gives_one_picture(shared):
    folder = shared / "data" / "dicom_radiograph"
    crops = {
        file.stem: read_radiograph(file).picture
        for file in (folder / "derived").glob("*.dcm")
    }
    whole = read_radiograph(folder / "RG3_J2KR.dcm").picture
    twin = crops.pop("RG3_crop_mono2")
    for picture in crops.values():
        np.testing.assert_array_equal(picture, whole[700:1212, 620:1132])
    # half a stored value of 1023: the twin's window was rounded to 473.5
    assert np.abs(twin - picture).max() <= 0.5001 / 1023
    lossy = read_radiograph(folder / "RG3_J2KI.dcm")
    assert np.abs(lossy.picture - whole).mean() < 0.002
    assert "lossy" in " ".join(lossy.notes)


def test_masks_lie_on_the_grids_of_their_images(shared):
    folder = shared / "data"
    for image, mask in [
        ("mri_nifti/mri_T2w.nii.gz", "mri_nifti/mri_vert_msk.nii.gz"),
        ("mri_nifti/mri_T2w.nii.gz", "mri_nifti/mri_subreg_msk.nii.gz"),
        ("mri_nifti/cord_t2.nii.gz", "mri_nifti/cord_t2_labeled.nii.gz"),
        ("mri_nifti/axial_t2s.nii.gz", "mri_nifti/axial_t2s_gm.nii.gz"),
        ("ct_nifti/ct.nii.gz", "ct_nifti/ct_vertebrae.nii.gz"),
        ("ct_nifti/vertebra_ct.nii.gz", "ct_nifti/vertebra_ct_vert.nii.gz"),
        ("mha_spider_layout/images/9002_t2.mha", "mha_spider_layout/masks/9001_t2.mha"),
    ]:
        check_same_grid(read_volume(folder / image), read_mask(folder / mask).volume)
    with pytest.raises(SpinesegError, match="shape"):
        check_same_grid(
            read_volume(folder / "ct_nifti" / "ct.nii.gz"),
            read_mask(folder / "mri_nifti" / "mri_vert_msk.nii.gz").volume,
        )


def test_labels_stored_as_real_numbers_are_labels(shared):
    folder = shared / "data"
    verse = read_mask(folder / "verse_sample" / "sub-verse004_seg-vert_msk.nii.gz")
    assert verse.present == tuple(range(16, 25))
    assert verse.labels.dtype == np.uint8
    spider = read_mask(folder / "mha_spider_layout" / "masks" / "9001_t2.mha")
    assert spider.present == (1, 2, 3, 100, 202, 203)


def test_montgomery_masks_are_named_by_the_side_of_the_picture(shared):
    root = shared / "data" / "lung_cxr" / "montgomery_layout" / "MontgomerySet"
    for name in ("MCUCXR_9001_0.png", "MCUCXR_9003_0.png"):
        left = read_mask(root / "ManualMask" / "leftMask" / name).foreground
        right = read_mask(root / "ManualMask" / "rightMask" / name).foreground
        film = read_radiograph(root / "CXR_png" / name).picture
        assert film.shape == left.shape == right.shape
        assert np.nonzero(left)[1].mean() < np.nonzero(right)[1].mean()
