"""The command line of the data sets."""

import pytest
from typer.testing import CliRunner

from spineseg import SpinesegError
from spineseg.cli import app
from spineseg.datasets import create_dataset, list_datasets, read_split


def call(*arguments, **more):
    """Run the command in this process; errors come out as exceptions."""
    words = ["data", *map(str, arguments)]
    return CliRunner().invoke(app, words, catch_exceptions=False, **more)


def test_the_list_names_every_set_and_one_card_its_licence():
    everything = call("list").output
    assert all(name in everything for name in list_datasets())
    assert "CC BY 4.0" in call("list", "spider").output


def test_make_writes_a_folder_that_the_loader_reads(tmp_path):
    out = call("make", "isic2016", "-o", tmp_path / "a", "-n", 3, "--size", 32).output
    assert "3 samples in 3 units" in out
    assert len(create_dataset("isic2016", "all", root=tmp_path / "a")) == 3
    again = call("make", "isic2016", "-o", tmp_path / "a", "-n", 3, "--size", 32)
    assert "drawn now: 0" in again.output


def test_make_refuses_an_unknown_variant(tmp_path):
    with pytest.raises(SpinesegError, match="no such variant"):
        call("make", "isic2016", "-o", tmp_path / "a", "--variant", "huge")
    assert not (tmp_path / "a").exists()


def test_a_split_is_of_the_variant_that_is_asked_for(tmp_path):
    call("split", "axial_mri", "-o", tmp_path / "a.txt", "--variant", "mendeley")
    assert "0001_D3" in read_split(tmp_path / "a.txt").ids("all")


def test_a_split_is_written_once(tmp_path):
    file = tmp_path / "split.txt"
    out = call("split", "mdwc_spine", "-o", file).output
    assert "train 196, val 28, test 56" in out
    assert len(read_split(file).ids("test")) == 56
    with pytest.raises(SpinesegError, match="there already"):
        call("split", "mdwc_spine", "-o", file)


def test_private_sets_tell_the_way_and_download_nothing(tmp_path):
    out = call("download", "cvmunet_xray", "-o", tmp_path / "a").output
    assert "on request" in out
    assert "nothing is downloaded" in out
    assert not (tmp_path / "a").exists()


def test_terms_come_before_the_question_and_no_means_no(tmp_path):
    out = call("download", "spider", "-o", tmp_path / "a", input="n\n").output
    assert out.index("CC BY 4.0") < out.index("Download into")
    assert "3.76 GB" in out
    assert "nothing is downloaded" in out
    assert not (tmp_path / "a").exists()
