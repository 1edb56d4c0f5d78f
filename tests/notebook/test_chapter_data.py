from pathlib import Path

import pytest

from spineseg import SpinesegError
from spineseg.experiments import create_recipe
from spineseg.notebook.chapter_data import VARIABLE, chapter_data, data_root

RECIPE = create_recipe("inception_unet/unet/dice", "smoke")


def test_without_the_variable_the_twin_is_drawn_and_split(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    data = chapter_data(RECIPE)
    assert data.root is None
    assert data.split
    assert data.origin == (
        "20 synthetic patients, spider (t1): train 13, val 3, test 4"
    )
    people = [set(part.patients) for part in data.parts.values()]
    assert not people[0] & people[1]
    assert not people[0] & people[2]
    assert not people[1] & people[2]


def test_a_blank_variable_is_no_folder(monkeypatch):
    monkeypatch.setenv(VARIABLE, " ")
    assert data_root() is None


def test_a_folder_that_is_not_there_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv(VARIABLE, str(tmp_path / "none"))
    with pytest.raises(SpinesegError, match="no such folder"):
        chapter_data(RECIPE)


@pytest.mark.shared
def test_a_folder_of_two_real_patients_in_t2_is_read_and_not_split(
    monkeypatch, shared: Path
):
    monkeypatch.setenv(VARIABLE, str(shared / "data" / "mha_spider_layout"))
    data = chapter_data(RECIPE)
    assert data.recipe.data.variant == "t2"
    assert not data.split
    assert "2 real patients" in data.origin
    assert "no result" in data.origin
    samples = data.prepared()
    assert [s.picture.shape for s in samples["train"]] == [(64, 64)] * 2
    assert all(s.mask.any() for s in samples["test"])
