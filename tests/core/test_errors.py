import pickle

import pytest

from spineseg import SpinesegError


def test_the_message_names_file_found_expected_and_remedy():
    error = SpinesegError(
        "not a radiograph",
        path="film.dcm",
        found="modality CT",
        expected="CR or DX",
        remedy="Pass a radiograph",
    )
    assert str(error) == (
        "film.dcm: not a radiograph; found modality CT; expected CR or DX. "
        "Pass a radiograph."
    )


def test_an_error_survives_pickling():
    error = SpinesegError("bad", path="a", found=1, expected=2, remedy="Mend it")
    copy = pickle.loads(pickle.dumps(error))
    assert str(copy) == str(error)
    assert (copy.path, copy.found, copy.expected) == ("a", 1, 2)


@pytest.mark.parametrize(
    ("found", "told"),
    [
        ([".png", ".dcm"], ".png, .dcm"),
        ({".png", ".dcm", ".bmp"}, ".bmp, .dcm, .png"),
        ({"no DICOM file": 2, "broken": 1}, "no DICOM file: 2, broken: 1"),
        ({}, "nothing"),
        ((3, 4), "(3, 4)"),  # a shape
        ("", ""),
    ],
)
def test_what_was_found_is_told_in_words_and_not_in_python(found, told):
    assert str(SpinesegError("no", found=found)) == f"no; found {told}."
    assert str(SpinesegError("no", expected=found)) == f"no; expected {told}."
