"""The transcript beside the records speaks of these records, and of commands that are.

``scripts/story.py`` makes both; the other tests here hold each of its steps.
"""

import re

import numpy as np
import pytest
import typer

from spineseg.cli import app
from spineseg.experiments.compare import typical
from spineseg.training.record import read_records
from spineseg.training.shipped import records_folder

TRANSCRIPT = "story-of-cvmunet-unet-smoke.txt"
COMMAND = re.compile(r"^\$ spineseg (\w+) (.*)$", re.MULTILINE)


@pytest.fixture(scope="module")
def told() -> str:
    return (records_folder() / TRANSCRIPT).read_text()


@pytest.fixture(scope="module")
def records():
    return read_records(records_folder(), "cvmunet/unet", "smoke")


def test_three_seeds_are_shipped_and_one_of_them_was_killed(told, records):
    assert [record.seed for record in records] == [0, 1, 2]
    assert [record.sessions for record in records] == [1, 2, 1]
    assert "kill -9" in told
    assert all(record.data["facts"]["twin"] for record in records)


def test_the_transcript_prints_the_scores_of_the_records(told, records):
    for record in records:
        (line,) = re.findall(
            rf"^cvmunet/unet smoke seed {record.seed}: .*$", told, re.M
        )
        for name in record.metrics:
            assert f"{name} {typical(record, name):.4g}" in line
    dices = [row["dice"] for row in records[0].scores]
    assert re.search(rf"^dice +{np.mean(dices):.4g} ", told, re.M)


def test_every_command_of_the_transcript_and_its_options_still_exist(told):
    known = typer.main.get_command(app).commands
    found = COMMAND.findall(told)
    assert {name for name, _ in found} == {
        "train",
        "evaluate",
        "phantom",
        "predict",
        "compare",
    }
    for name, rest in found:
        options = {word for part in known[name].params for word in part.opts}
        assert set(re.findall(r"(?<= )--?[a-z]+", f" {rest}")) <= options


def test_the_prediction_lies_on_its_film(told):
    assert re.search(r"rows and columns: (\(.*\)) \1$", told, re.M)
    assert re.search(r"spacing, mm: (\[.*\]) \1$", told, re.M)
    assert "of this film: True" in told
    assert "same study: True" in told
