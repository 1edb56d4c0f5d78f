"""The commands around a trained network, on the smoke recipe of a twin."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from spineseg import SpinesegError
from spineseg.cli import app
from spineseg.cli.predict import plane_in
from spineseg.cli.train import seeds_of
from spineseg.datasets import card, create_dataset, list_datasets
from spineseg.io import Acquisition, read_mask, write_radiograph

RECIPE = "cvmunet/unet"


def call(*arguments):
    """Run a command in this process; errors come out as exceptions."""
    return CliRunner().invoke(app, [*map(str, arguments)], catch_exceptions=False)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    output = tmp_path_factory.mktemp("runs")
    done = call("train", RECIPE, "--seeds", "0-2", "-o", output, "--accelerator", "cpu")
    return output, done.output


def run_of(output, seed=0) -> Path:
    (found,) = output.glob(f"cvmunet-unet-smoke-seed{seed}-*")
    return found


def scores_of(output, seed=0):
    (found,) = (output / "records").glob(f"*seed{seed}-*.json")
    return json.loads(found.read_text())["scores"]


@pytest.mark.parametrize(
    ("text", "seeds"),
    [("0", [0]), ("0-2", [0, 1, 2]), ("4,1-2, 7", [4, 1, 2, 7]), ("1,1", [1])],
)
def test_seeds_are_numbers_and_ranges(text, seeds):
    assert seeds_of(text) == seeds


@pytest.mark.parametrize("text", ["", "a", "3-1", "-1", "1;2"])
def test_other_words_are_no_seeds(text):
    with pytest.raises(SpinesegError):
        seeds_of(text)


def test_without_a_recipe_the_names_are_listed():
    assert RECIPE in call("train").output.split()


def test_names_are_listed_for_some_networks_only():
    named = call("train", "--models", "cvmunet/unet,mdwcnet/mdwc_net").output.split()
    assert RECIPE in named
    assert any(name.startswith("mdwcnet/") for name in named)
    assert not any(name.startswith("inception_unet/") for name in named)


def test_training_tells_the_scores_of_each_seed_and_keeps_records(trained):
    output, told = trained
    assert sum("cvmunet/unet smoke seed" in line for line in told.splitlines()) == 3
    assert len(list((output / "records").glob("*.json"))) == 3


def test_the_smoke_recipe_learns_something(trained):
    found = [np.mean([r["dice"] for r in scores_of(trained[0], s)]) for s in range(3)]
    everything = 0.29  # Dice of calling all pixels bone on these films
    assert max(found) > everything + 0.1


def test_evaluating_gives_the_recorded_mean(trained):
    told = call("evaluate", run_of(trained[0])).output
    mean = np.mean([row["dice"] for row in scores_of(trained[0])])
    (line,) = [row for row in told.splitlines() if row.startswith("dice")]
    assert float(line.split()[1]) == pytest.approx(mean, rel=1e-3)


def test_a_seed_compared_with_the_others_gives_a_line_a_metric(trained):
    records = trained[0] / "records"
    (mine,) = records.glob("*seed1-*.json")
    told = call("compare", mine, "--records", records).output
    assert "against 2 recorded" in told
    assert "  dice " in told
    assert "fewer than three" in told


def test_another_setting_is_named_as_a_likely_cause(trained, tmp_path):
    (mine,) = (trained[0] / "records").glob("*seed1-*.json")
    changed = json.loads(mine.read_text())
    changed["packages"]["torch"] = "1.0"
    for row in changed["scores"]:
        row["dice"] = 0.001
    (tmp_path / "mine.json").write_text(json.dumps(changed))
    told = call(
        "compare", tmp_path / "mine.json", "--records", trained[0] / "records"
    ).output
    assert "OUTSIDE" in told
    assert "library: torch is 1.0" in told


def test_films_are_segmented_into_every_format(trained, tmp_path):
    pydicom = pytest.importorskip("pydicom")
    pytest.importorskip("highdicom")
    film = create_dataset("cvmunet_xray", "test", size_px=64, count=20)[0]
    source = tmp_path / "film.dcm"
    write_radiograph(source, film.picture, Acquisition((0.5, 0.5), identity="A"))
    run = run_of(trained[0])
    for name in ("mask.png", "mask.nii.gz", "mask.dcm"):
        call("predict", source, "--run", run, "-o", tmp_path / name)
    mask = read_mask(tmp_path / "mask.png").labels
    assert mask.shape == film.mask.shape
    both = 2 * ((mask > 0) & (film.mask > 0)).sum()
    assert both / ((mask > 0).sum() + (film.mask > 0).sum()) > 0.2
    segments = pydicom.dcmread(tmp_path / "mask.dcm")
    assert segments.SegmentSequence[0].SegmentLabel == "vertebrae"
    np.testing.assert_array_equal(segments.pixel_array.squeeze() > 0, mask > 0)


def test_a_dicom_segmentation_has_the_geometry_of_its_film(trained, tmp_path):
    pydicom = pytest.importorskip("pydicom")
    highdicom = pytest.importorskip("highdicom")
    picture = np.random.default_rng(0).random((50, 70)).astype(np.float32)
    write_radiograph(tmp_path / "film.dcm", picture, Acquisition((0.5, 0.5), 1.25))
    mask = tmp_path / "mask.dcm"
    call("predict", tmp_path / "film.dcm", "--run", run_of(trained[0]), "-o", mask)
    # segread wants the thickness of a slice, which a film has not
    found, film = highdicom.imread(mask), pydicom.dcmread(tmp_path / "film.dcm")
    assert (found.Rows, found.Columns) == (film.Rows, film.Columns) == (50, 70)
    (measures,) = found.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence
    assert measures.PixelSpacing == film.PixelSpacing == pytest.approx([0.4, 0.4])
    assert found.StudyInstanceUID == film.StudyInstanceUID
    (series,) = found.ReferencedSeriesSequence
    (named,) = series.ReferencedInstanceSequence
    assert named.ReferencedSOPInstanceUID == film.SOPInstanceUID
    np.testing.assert_array_equal(
        found.get_frame(1), pydicom.dcmread(mask).pixel_array.squeeze()
    )


def test_a_fourth_seed_is_compared_with_the_three(trained, tmp_path):
    call("train", RECIPE, "--seeds", 3, "-o", tmp_path, "--accelerator", "cpu")
    (mine,) = (tmp_path / "records").glob("*seed3-*.json")
    told = call("compare", mine, "--records", trained[0] / "records").output
    assert "seed 3, against 3 recorded" in told
    assert "fewer than three" not in told
    assert told.splitlines()[-1] == "inside the recorded spread"


def test_a_folder_is_segmented_and_nothing_is_replaced_unasked(trained, tmp_path):
    films, out = tmp_path / "films", tmp_path / "out"
    films.mkdir()
    for name in ("a", "b"):
        write_radiograph(films / f"{name}.png", np.eye(40, dtype=np.float32))
    run = run_of(trained[0])
    options = ("--flips", "none,horizontal", "--tile", 24, "--largest", 1)
    call("predict", films, "--run", run, "-o", out, *options)
    assert sorted(path.name for path in out.iterdir()) == ["a.png", "b.png"]
    with pytest.raises(SpinesegError, match="--force"):
        call("predict", films, "--run", run, "-o", out)
    with pytest.raises(SpinesegError, match="input would be replaced"):
        call("predict", films / "a.png", "--run", run, "-o", films / "a.png", "--force")
    shutil.copy(films / "a.png", films / "a.tif")
    with pytest.raises(SpinesegError, match="one name"):
        call("predict", films, "--run", run, "-o", tmp_path / "new")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["-o", "out.png"], "out.png: what lies in a folder is written into a folder"),
        (["-o", "taken"], "taken: what lies in a folder is written into a folder"),
        (["-o", "out", "--ending", "png"], r"begins with a point; found png.*\.png"),
    ],
)
def test_a_folder_of_films_needs_a_folder_and_an_ending(
    tmp_path, monkeypatch, options, said
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "films").mkdir()
    write_radiograph(tmp_path / "films" / "a.png", np.eye(40, dtype=np.float32))
    (tmp_path / "taken").write_text("work of weeks")
    with pytest.raises(SpinesegError, match=said):
        call("predict", "films", "--run", "run", *options)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["films", "taken"]


def test_a_folder_where_a_file_should_be_is_named(tmp_path):
    film = tmp_path / "film.png"
    write_radiograph(film, np.eye(40, dtype=np.float32))
    with pytest.raises(SpinesegError, match="a folder of this name is in the way"):
        call("predict", film, "--run", "run", "-o", tmp_path)


def test_a_folder_of_records_that_is_not_there_is_named(tmp_path):
    with pytest.raises(SpinesegError, match="nowhere: there is no such folder"):
        call("compare", tmp_path / "a.json", "--records", tmp_path / "nowhere")


def test_only_networks_of_mri_papers_read_series():
    planes = {name: plane_in(card(name).modality) for name in list_datasets()}
    named = {name: plane for name, plane in planes.items() if plane}
    assert named == {"spider": "sagittal", "axial_mri": "axial"}


def test_a_wrong_run_or_recipe_says_what_to_do(tmp_path):
    with pytest.raises(SpinesegError, match="spineseg train"):
        call("evaluate", tmp_path)
    with pytest.raises(SpinesegError, match="unknown recipe"):
        call("train", "nope")
    with pytest.raises(SpinesegError, match="do not go together"):
        call("train", RECIPE, "--jobs", 2, "--devices", 2)


@pytest.mark.slow
def test_killed_on_the_command_line_and_started_again_it_records_the_same(
    trained, tmp_path
):
    command = [sys.executable, "-c", "from spineseg.cli import main; main()", "train"]
    command += [RECIPE, "--seeds", "0", "-o", str(tmp_path), "--accelerator", "cpu"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        # at the first checkpoint: in the midst of training
        while not list(tmp_path.glob("cvmunet*/epoch-*")) and process.poll() is None:
            time.sleep(0.005)
        os.kill(process.pid, signal.SIGKILL)
    assert not list(tmp_path.glob("records/*.json"))
    done = call("train", RECIPE, "-o", tmp_path, "--accelerator", "cpu")
    assert "seed 0" in done.output
    assert scores_of(tmp_path) == scores_of(trained[0])
    (found,) = (tmp_path / "records").glob("*.json")
    assert json.loads(found.read_text())["sessions"] == 2
