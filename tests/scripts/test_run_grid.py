import importlib.util
from pathlib import Path

import pytest

from spineseg.experiments import create_recipe

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def grid():
    path = ROOT / "scripts" / "run_grid.py"
    spec = importlib.util.spec_from_file_location("run_grid", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_grid_has_every_run_that_the_tables_compare_once(grid):
    queue = grid.order()
    assert len(queue) == len(set(queue))
    # (20 of Table 2, 2 of 3, 7 of 4, 2 of 5, 5 of 9) x 3 seeds, 7 more of the proposed
    assert len(queue) == 36 * 3 + 7
    assert sum(row == "inception_unet/dice" for row, _ in queue) == 10


def test_the_parts_of_the_network_come_before_everything_else(grid):
    first = {row for row, _ in grid.order()[:12]}
    assert first == {
        "inception_unet/dice",
        "unet/dice",
        "unet_inception/dice",
        "unet_dual_output/dice",
    }


def test_a_run_counts_as_shipped_when_its_record_lies_there(
    grid, monkeypatch, tmp_path
):
    recipe = create_recipe("inception_unet/unet/dice", "laptop")
    monkeypatch.setattr(grid, "RECORDS", tmp_path)
    assert not grid.shipped(recipe, 0)
    (tmp_path / f"{recipe.run_name(0)}.json").touch()
    assert grid.shipped(recipe, 0)


def test_the_runs_whose_masks_are_kept_are_in_the_grid(grid):
    queue = {(f"inception_unet/{row}", seed) for row, seed in grid.order()}
    assert len(grid.PICTURED) == 5
    assert set(grid.PICTURED) <= queue
