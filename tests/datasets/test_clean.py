"""Copies that name no one."""

import numpy as np
import pytest
from typer.testing import CliRunner

from spineseg.cli import app
from spineseg.core.errors import SpinesegError
from spineseg.datasets.clean import clean_folder
from spineseg.io import Acquisition, read_radiograph, write_radiograph


@pytest.fixture
def ward(tmp_path):
    """Three films of two patients, in folders and files that give them away."""
    root = tmp_path / "ward"
    for k, who in enumerate(("MILLER-7", "MILLER-7", "OKAFOR-9")):
        (root / who).mkdir(parents=True, exist_ok=True)
        picture = np.full((8, 8), k / 4, np.float32)
        taken = Acquisition(identity=who)
        write_radiograph(root / who / f"{who}_{k}.dcm", picture, taken)
    (root / "letter.txt").write_text("Dear Ms Miller")
    return root


def test_no_name_is_left_in_contents_file_names_or_output(ward, tmp_path):
    words = ["data", "deidentify", str(ward), "-o", str(tmp_path / "clean")]
    said = CliRunner().invoke(app, words, catch_exceptions=False).output
    copies = sorted((tmp_path / "clean").rglob("*.dcm"))
    assert len(copies) == 3
    assert "3 pictures of 2 patients" in said
    assert "left out 1: no DICOM file" in said
    text = said.replace(str(ward), "")
    text += " ".join(str(c.relative_to(tmp_path)) for c in copies)
    for name in (b"MILLER", b"OKAFOR"):
        assert name.decode() not in text.upper()
        assert all(name not in copy.read_bytes().upper() for copy in copies)


def test_films_of_one_patient_stay_together_and_keep_their_pixels(ward, tmp_path):
    clean_folder(ward, tmp_path / "clean", secret="s")
    groups = [
        sorted(float(read_radiograph(f).picture.mean()) for f in case.iterdir())
        for case in (tmp_path / "clean").iterdir()
    ]
    expected = [[0.0, 0.25], [0.5]]
    assert sorted(np.round(g, 3).tolist() for g in groups) == expected


def test_the_same_secret_makes_the_same_copies(ward, tmp_path):
    for folder, secret in (("a", "s"), ("b", "s"), ("c", "t")):
        clean_folder(ward, tmp_path / folder, secret=secret)
    a, b, c = (
        sorted(f.read_bytes() for f in (tmp_path / k).rglob("*.dcm")) for k in "abc"
    )
    assert a == b != c


def test_a_full_target_or_one_inside_the_source_is_refused(ward, tmp_path):
    for target in (ward / "clean", tmp_path):
        with pytest.raises(SpinesegError, match="empty folder outside"):
            clean_folder(ward, target, secret="s")
    with pytest.raises(SpinesegError, match="no such folder"):
        clean_folder(tmp_path / "nowhere", tmp_path / "clean", secret="s")


@pytest.mark.parametrize(
    "prefix", ["", "../up", "/tmp/x", "a b", "-x", "\N{EURO SIGN}"]
)
def test_copies_do_not_leave_their_folder_by_their_name(ward, tmp_path, prefix):
    with pytest.raises(SpinesegError, match="plain word"):
        clean_folder(ward, tmp_path / "clean", secret="s", prefix=prefix)
    assert list(tmp_path.iterdir()) == [ward]


def test_an_empty_secret_is_none(ward, tmp_path):
    (tmp_path / "secret.txt").write_text("\n")
    words = ["data", "deidentify", str(ward), "-o", str(tmp_path / "clean")]
    words += ["--secret-file", str(tmp_path / "secret.txt")]
    with pytest.raises(SpinesegError, match="empty secret"):
        CliRunner().invoke(app, words, catch_exceptions=False)


def test_where_nothing_could_be_copied_the_next_try_finds_an_empty_folder(
    ward, tmp_path, monkeypatch
):
    def refuse(*_, **__):
        raise SpinesegError("names are burned in")

    with monkeypatch.context() as patch:
        patch.setattr("spineseg.datasets.clean.deidentify", refuse)
        with pytest.raises(SpinesegError, match="found no DICOM file: 1, names are"):
            clean_folder(ward, tmp_path / "clean", secret="s")
    assert clean_folder(ward, tmp_path / "clean", secret="s").files == 3
