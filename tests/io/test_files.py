import pytest

from spineseg import SpinesegError
from spineseg.io._files import atomic_write, existing_file, extra, suffix_of


def test_a_missing_library_is_named_with_the_command_that_installs_it():
    with pytest.raises(SpinesegError, match=r'pip install "spineseg\[data\]"'):
        extra("no_such_library.inner", "reading volumes")


def test_a_crash_while_writing_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")

    def crash():
        with atomic_write(path) as part:
            part.write_text("half of the new")
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        crash()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_the_new_file_has_usual_rights_and_its_name(tmp_path):
    path, plain = tmp_path / "a.nii.gz", tmp_path / "plain"
    with atomic_write(path) as part:
        assert part.name.endswith(".nii.gz")  # libraries choose the format by it
        part.write_text("new")
    plain.write_text("x")
    assert path.read_text() == "new"
    assert path.stat().st_mode == plain.stat().st_mode


def test_a_target_that_cannot_be_is_refused_before_anything_is_written(tmp_path):
    for target in (tmp_path / "none" / "a.png", tmp_path):
        with pytest.raises(SpinesegError), atomic_write(target):
            pytest.fail("the body must not run")


def test_missing_empty_and_folder_inputs_have_their_own_words(tmp_path):
    (tmp_path / "empty").touch()
    for name, word in (("none", "no such"), ("empty", "0 bytes"), (".", "folder")):
        with pytest.raises(SpinesegError, match=word):
            existing_file(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "suffix"),
    [("a.NII.GZ", ".nii.gz"), ("b.v2.mha", ".mha"), ("c", ""), ("d.gz", ".gz")],
)
def test_endings(name, suffix):
    assert suffix_of(name) == suffix
