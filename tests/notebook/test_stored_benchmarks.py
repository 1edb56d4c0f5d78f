"""Stored results of benchmarks, read by the chapters."""

import json

import pytest

from spineseg.core.errors import SpinesegError
from spineseg.notebook.benchmarks import benchmark


def test_a_result_is_what_was_stored(tmp_path):
    (tmp_path / "scan.json").write_text(json.dumps({"ratio": 5.5}))
    assert benchmark("scan", tmp_path) == {"ratio": 5.5}


def test_a_missing_result_names_those_that_are_there(tmp_path):
    (tmp_path / "scan.json").write_text("{}")
    with pytest.raises(SpinesegError, match="expected scan"):
        benchmark("scam", tmp_path)


def test_an_installed_package_without_results_says_where_they_are(tmp_path):
    with pytest.raises(SpinesegError, match="Clone the repository"):
        benchmark("scan", tmp_path / "nowhere")
