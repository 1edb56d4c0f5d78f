"""The chapters of the Inception U-Net run on files in SPIDER's own layout.

Two small real patients, T2 only: they show that the path from such files to every
figure is open. No score means anything there, and none is looked at.
"""

from pathlib import Path

import jupytext
import pytest
from nbclient import NotebookClient

from spineseg.notebook.chapter_data import VARIABLE

PART = Path(__file__).resolve().parents[2] / "book" / "inception_unet"
READS = {"data-preparation", "losses", "seeing", "training"}
"""Chapters that read pictures; the others read tables and records only."""


def printed(notebook) -> str:
    outputs = [o for cell in notebook.cells for o in cell.get("outputs", [])]
    return "".join(o.get("text", "") for o in outputs)


@pytest.mark.slow
@pytest.mark.shared
@pytest.mark.parametrize("chapter", sorted(p.stem for p in PART.glob("*.md")))
def test_a_chapter_runs_on_files_in_the_layout_of_the_original(
    chapter, shared, monkeypatch
):
    monkeypatch.setenv(VARIABLE, str(shared / "data" / "mha_spider_layout"))
    monkeypatch.setenv("SPINESEG_PROFILE", "smoke")
    monkeypatch.setenv("SPINESEG_STATIC", "1")
    notebook = jupytext.read(PART / f"{chapter}.md")
    there = {"metadata": {"path": str(PART)}}
    NotebookClient(notebook, timeout=300, resources=there).execute()
    assert ("2 real patients" in printed(notebook)) == (chapter in READS)
