import numpy as np
import pytest

from spineseg.anatomy.spec import Anatomy, Hardware, Pathology, PatientSpec
from spineseg.core.errors import SpinesegError
from spineseg.imaging.contact_sheet import Entry, contact_sheet, sheet_entries


def plain(value, height=6, width=4):
    picture = np.full((height, width), value, np.float32)
    return Entry(PatientSpec(), ("ap", "lateral"), (picture, picture))


def test_every_patient_has_a_place_of_its_own():
    sheet = contact_sheet([plain(v) for v in (0.2, 0.4, 0.6)], columns=2, gap_px=1)
    counts = [(np.isclose(sheet, v)).sum() for v in (0.2, 0.4, 0.6)]
    assert counts == [48, 48, 48]
    assert sheet.shape == (6 + 2 + 6, 9 + 2 + 9)


def test_a_sheet_without_gaps_loses_nothing():
    sheet = contact_sheet([plain(1.0)] * 4, columns=2, gap_px=0)
    assert (sheet == 1).all()


def test_a_patient_is_the_same_on_a_longer_sheet():
    short = sheet_entries(3, count=1, height_px=48)
    long = sheet_entries(3, count=2, height_px=48)
    assert short[0].spec == long[0].spec
    for a, b in zip(short[0].pictures, long[0].pictures, strict=True):
        np.testing.assert_array_equal(a, b)
    assert long[0].spec != long[1].spec


def test_captions_tell_what_is_the_matter():
    spec = PatientSpec(
        anatomy=Anatomy(sex="male", age_years=61),
        pathology=Pathology(
            cobb_deg=32,
            slip={"L4": 0.16},
            hardware=(Hardware("acdf", "C5", "C6"),),
        ),
    )
    picture = np.zeros((4, 4), np.float32)
    caption = Entry(spec, ("ap", "lateral"), (picture, picture)).caption
    assert caption == "M 61, Cobb 32°, L4 slip 16 %, acdf C5-C6"


def test_an_empty_sheet_is_refused():
    with pytest.raises(SpinesegError, match="patients"):
        sheet_entries(0, count=0)
