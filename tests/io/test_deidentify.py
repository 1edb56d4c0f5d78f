import numpy as np
import pydicom
import pytest

from spineseg import SpinesegError
from spineseg.io import deidentify, read_radiograph, read_slice

SAID = {"identity": "CASE-0001", "secret": "kept in a drawer"}
NAMED = {
    "PatientName": "Doe^Jane",
    "PatientID": "P-4711",
    "PatientBirthDate": "19700101",
    "StudyDate": "20200202",
    "InstitutionName": "Doe Clinic",
    "SeriesDescription": "Doe's knee",
    "DeviceSerialNumber": "SN-Doe",
    "StudyInstanceUID": "1.2.3.4711",
    "SeriesInstanceUID": "1.2.3.4711.5",
}


def test_the_picture_stays_and_the_patient_goes(film, tmp_path):
    source = film(
        WindowCenter=2000,
        WindowWidth=999,
        ImagerPixelSpacing=[0.1, 0.1],
        ViewPosition="AP",
        **NAMED,
    )
    target = tmp_path / "copy.dcm"
    deidentify(source, target, **SAID)
    before, after = read_radiograph(source), read_radiograph(target)
    np.testing.assert_array_equal(after.picture, before.picture)
    assert after.spacing == before.spacing
    assert after.view == "AP"
    written = target.read_bytes()
    # long or with a letter: the digits of a fresh UID must not hold one by chance
    for trace in (b"Doe", b"P-4711", b"2.3.4711", b"19700101", b"20200202", b"SN-"):
        assert trace not in written
    assert pydicom.dcmread(target).PatientIdentityRemoved == "YES"


def test_private_elements_are_left_behind(shipped, tmp_path):
    source = shipped("dicomdirtests/77654033/CR1/6154")
    deidentify(source, tmp_path / "copy.dcm", **SAID)
    copy = pydicom.dcmread(tmp_path / "copy.dcm")
    assert any(element.tag.is_private for element in pydicom.dcmread(source))
    assert not any(element.tag.is_private for element in copy)
    assert b"Archibald" not in (tmp_path / "copy.dcm").read_bytes()


@pytest.mark.parametrize("name", ["MR_small_RLE.dcm", "MR_small_jp2klossless.dcm"])
def test_compressed_pixels_stay_as_they_are(shipped, tmp_path, name):
    deidentify(shipped(name), tmp_path / "copy.dcm", **SAID)
    np.testing.assert_array_equal(
        read_slice(tmp_path / "copy.dcm").values, read_slice(shipped(name)).values
    )


def test_identifiers_still_link_and_change_with_the_secret(film, tmp_path):
    source = film(**NAMED)
    links = []
    for number, secret in enumerate(["one", "one", "two"]):
        target = tmp_path / f"{number}.dcm"
        deidentify(source, target, identity="CASE-0001", secret=secret)
        links.append(pydicom.dcmread(target).StudyInstanceUID)
    assert links[0] == links[1] != links[2]
    assert (tmp_path / "0.dcm").read_bytes() == (tmp_path / "1.dcm").read_bytes()


def test_burned_in_text_and_an_overwritten_source_are_refused(film, tmp_path):
    source = film(BurnedInAnnotation="YES")
    with pytest.raises(SpinesegError, match="burned"):
        deidentify(source, tmp_path / "copy.dcm", **SAID)
    with pytest.raises(SpinesegError, match="one file"):
        deidentify(source, source, **SAID)
    with pytest.raises(SpinesegError, match="identity"):
        deidentify(source, tmp_path / "copy.dcm", identity="", secret="x")
    assert not (tmp_path / "copy.dcm").exists()


def test_a_localizer_stays_one_when_its_name_is_gone(tmp_path, make_slice):
    for name, words in (("a", "3-plane loc"), ("b", "T2 sagittal")):
        source = make_slice(name, [0, 0, 0], SeriesDescription=words)
        deidentify(source, tmp_path / f"copy-{name}.dcm", **SAID)
        copy = read_slice(tmp_path / f"copy-{name}.dcm")
        assert copy.description == ""
        assert copy.localizer == (name == "a")
