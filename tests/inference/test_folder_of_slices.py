"""A folder of one MR series is a volume; what could mean several things is refused."""

import shutil
from collections import Counter
from dataclasses import replace

import numpy as np
import pydicom
import pytest
import torch
from pydicom.uid import UID

from spineseg import SpinesegError
from spineseg.datasets.axial_mri import STUDIES
from spineseg.datasets.base import TwinPlan
from spineseg.datasets.folder import grey_of
from spineseg.datasets.registry import family
from spineseg.inference import Reader, files_of, predict_file, predict_volume
from spineseg.inference.series import is_slice
from spineseg.io import (
    make_volume,
    read_mask,
    read_slice,
    read_volume,
    write_radiograph,
    write_volume,
)
from spineseg.io.dicom import DECODERS
from spineseg.transforms import Pipeline

pytest.importorskip("SimpleITK")

FILMS = Reader(
    Pipeline("none"),
    lambda x: x[:, :1],  # the brightness is the probability
    lambda labels: labels,
    {0: "background", 1: "bone"},
)
SAGITTAL, AXIAL = (replace(FILMS, plane=plane) for plane in ("sagittal", "axial"))
KINDS = {"axial": (1, 2), "sagittal": (7, 8, 9), "localizer": (13, 14, 15)}
"""Numbers of the images of a study of two axial slices; T1 is left out."""


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """Return the folder of one of the twin's studies, with several series in it."""
    root = tmp_path_factory.mktemp("twin")
    family("axial_mri").twin(TwinPlan(0, 48, 2, "studies")).write("study001", root)
    return root / STUDIES / "study001"


@pytest.fixture
def folder_of(study, tmp_path):
    """Return a function that makes a folder of some of the study's images."""

    def make(*kinds):
        folder = tmp_path / "-".join(kinds)
        folder.mkdir()
        for kind in kinds:
            for number in KINDS[kind]:
                shutil.copy(study / f"image{number}.dcm", folder)
        return folder

    return make


@pytest.mark.parametrize(
    ("kind", "reader", "slices"), [("axial", AXIAL, 2), ("sagittal", SAGITTAL, 3)]
)
def test_a_series_becomes_one_volume_of_labels_where_its_slices_lie(
    folder_of, tmp_path, kind, reader, slices
):
    folder, target = folder_of(kind), tmp_path / "labels.nii.gz"
    assert files_of(folder) == [folder]
    predict_file(folder, target, reader)
    found = read_mask(target).volume
    axis = {"sagittal": 0, "axial": 1}[kind]
    assert found.array.shape[axis] == slices
    for path in folder.iterdir():
        one = read_slice(path)
        np.testing.assert_array_equal(labels_at(found, one), grey_of(one.values) > 0.5)


def labels_at(found, one):
    """Return the labels at the places of a slice's pixels in the patient."""
    rows, columns = np.indices(one.picture.shape)
    steps = one.spacing_mm[0] * rows, one.spacing_mm[1] * columns
    places = np.tensordot(np.stack(steps, -1), one.axes, 1) + one.origin_mm
    inside = (places - found.grid.origin_mm) @ found.grid.axes.T / found.spacing_mm
    return (
        found.array[tuple(np.rint(inside).astype(int).reshape(-1, 3).T)]
        .reshape(one.picture.shape)
        .astype(bool)
    )


def test_a_localizer_beside_a_series_is_left_out(folder_of, tmp_path):
    folder = folder_of("axial", "localizer")
    predict_file(folder, tmp_path / "labels.mha", AXIAL)
    assert read_volume(tmp_path / "labels.mha").array.shape[1] == 2


def test_a_series_is_read_once(folder_of, tmp_path, monkeypatch):
    folder, reads, dcmread = folder_of("axial"), Counter(), pydicom.dcmread

    def counted(path, *arguments, **options):
        reads[path] += 1
        return dcmread(path, *arguments, **options)

    monkeypatch.setattr(pydicom, "dcmread", counted)
    (found,) = files_of(folder)
    assert not reads  # the beginnings tell slices from films
    predict_file(found, tmp_path / "labels.mha", AXIAL)
    assert reads == dict.fromkeys(folder.iterdir(), 1)


def test_a_file_that_breaks_off_behind_its_beginning_is_a_slice_still(
    folder_of, tmp_path
):
    folder = folder_of("axial")
    broken = folder / "image1.dcm"
    modality = broken.read_bytes().index(b"\x08\x00\x60\x00CS\x02\x00MR") + 10
    broken.write_bytes(broken.read_bytes()[:modality])
    assert files_of(folder) == [folder]
    with pytest.raises(SpinesegError, match=r"image1.dcm: a slice cannot be read"):
        predict_file(folder, tmp_path / "labels.mha", AXIAL)


@pytest.mark.parametrize("syntax", [s for s in DECODERS if DECODERS[s] == ""])
def test_a_slice_is_known_in_every_encoding(folder_of, syntax):
    path = folder_of("axial") / "image1.dcm"
    header = pydicom.dcmread(path)
    del header.PixelData
    header.file_meta.TransferSyntaxUID = syntax = UID(syntax)
    order = {"implicit_vr": syntax.is_implicit_VR}
    order["little_endian"] = syntax.is_little_endian
    for header.Modality, known in (("MR", True), ("DX", False)):
        pydicom.dcmwrite(path, header, **order)
        assert is_slice(path) is known


def test_the_slices_may_lie_in_a_folder_below(folder_of, tmp_path):
    folder_of("axial").rename(tmp_path / "deep")
    (tmp_path / "case").mkdir()
    (tmp_path / "deep").rename(tmp_path / "case" / "deep")
    assert files_of(tmp_path / "case") == [tmp_path / "case"]


@pytest.mark.parametrize(
    ("kinds", "reader", "said"),
    [
        (("axial", "sagittal"), AXIAL, "several series.*2 axial.*3 sagittal.*of one"),
        (("localizer",), AXIAL, "nothing but localizers"),
        (("sagittal",), AXIAL, "found a sagittal series.*axial slices"),
        (("axial",), FILMS, "trained on films.*2 axial"),
    ],
)
def test_a_series_that_the_network_cannot_read_is_refused(
    folder_of, tmp_path, kinds, reader, said
):
    with pytest.raises(SpinesegError, match=said):
        predict_file(folder_of(*kinds), tmp_path / "labels.mha", reader)
    assert not (tmp_path / "labels.mha").exists()


def test_films_and_slices_in_one_folder_are_refused(folder_of):
    folder = folder_of("axial")
    write_radiograph(folder / "film.png", np.eye(8, dtype=np.float32))
    with pytest.raises(SpinesegError, match=r"films.*found 2 slices beside film.png"):
        files_of(folder)


def test_a_series_of_one_slice_is_no_volume(folder_of, tmp_path):
    folder = folder_of("axial")
    (folder / "image2.dcm").unlink()
    with pytest.raises(SpinesegError, match=r"axial: one slice makes no volume"):
        predict_file(folder, tmp_path / "labels.mha", AXIAL)


def test_a_missing_slice_is_noticed(folder_of, tmp_path):
    folder = folder_of("sagittal")
    middle = folder / "image8.dcm"
    middle.write_bytes(middle.read_bytes()[:-100])
    with pytest.raises(SpinesegError, match=r"image8.dcm.*needs every slice"):
        predict_file(folder, tmp_path / "labels.mha", SAGITTAL)


def test_a_volume_of_slices_is_written_as_a_volume_only(folder_of, tmp_path):
    folder = folder_of("axial")
    for name in ("labels", "labels.png", "labels.mhd"):
        with pytest.raises(SpinesegError, match="a volume becomes a volume"):
            predict_file(folder, tmp_path / name, AXIAL)


@pytest.mark.parametrize(("kind", "reader"), [("axial", AXIAL), ("sagittal", SAGITTAL)])
def test_a_series_becomes_a_segmentation_of_its_slices(
    folder_of, tmp_path, kind, reader
):
    hd = pytest.importorskip("highdicom")
    folder, target = folder_of(kind), tmp_path / "labels.dcm"
    predict_file(folder, target, replace(reader, names={0: "none", 1: "lamina"}))
    found = hd.seg.segread(target)
    (segment,) = found.SegmentSequence
    code = segment.SegmentedPropertyTypeCodeSequence[0]
    assert (segment.SegmentLabel, code.CodeValue) == ("lamina", "89340005")
    for path in folder.iterdir():
        one = read_slice(path)
        (labels,) = found.get_pixels_by_source_instance([one.header.SOPInstanceUID])
        np.testing.assert_array_equal(labels[..., 0], grey_of(one.values) > 0.5)


def test_a_segmentation_may_lie_beside_its_slices(folder_of, tmp_path):
    pytest.importorskip("highdicom")
    folder = folder_of("axial")
    predict_file(folder, folder / "segmentation.dcm", AXIAL)
    assert files_of(folder) == [folder]
    predict_file(folder, tmp_path / "again.dcm", AXIAL)
    again, first = (
        pydicom.dcmread(path).pixel_array
        for path in (tmp_path / "again.dcm", folder / "segmentation.dcm")
    )
    np.testing.assert_array_equal(again, first)


def test_a_volume_has_no_slices_that_a_segmentation_could_name(tmp_path):
    write_volume(tmp_path / "v.mha", make_volume(np.eye(8)[None], (1.0, 1.0, 1.0)))
    with pytest.raises(SpinesegError, match="needs a folder of DICOM slices"):
        predict_file(tmp_path / "v.mha", tmp_path / "labels.dcm", AXIAL)


def test_a_volume_is_cut_into_the_slices_that_the_network_knows(tmp_path):
    array = np.random.default_rng(0).random((3, 8, 5)).astype(np.float32)
    array[:, :, 4] = 0  # the back is dark
    seen = []

    def front_only(x):
        seen.append(tuple(x.shape[-2:]))
        return torch.cat([x[..., :2, :] * 0 + 1, x[..., 2:, :] * 0], -2)

    volume = make_volume(array, (4.0, 0.5, 0.6))
    write_volume(tmp_path / "v.mha", volume)
    reader = replace(AXIAL, predict=front_only)
    predict_file(tmp_path / "v.mha", tmp_path / "labels.mha", reader)
    assert seen == [(5, 3)] * 8
    labels = read_mask(tmp_path / "labels.mha").labels
    assert labels[:, :, :2].all()
    assert not labels[:, :, 2:].any()


def test_axial_slices_come_back_to_where_they_were():
    array = (np.random.default_rng(1).random((6, 7, 5)) > 0.5).astype(np.float32)
    volume = make_volume(array, (1.0, 1.0, 1.0))
    for plane in ("sagittal", "axial"):
        found = predict_volume(volume, FILMS.prepare, FILMS.predict, plane=plane)
        np.testing.assert_array_equal(found.array, array)
