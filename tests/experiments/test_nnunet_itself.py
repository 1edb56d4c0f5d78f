"""nnU-Net itself, where it is installed: 18 small pictures, one epoch on the CPU."""

import pytest

from spineseg import SpinesegError
from spineseg.datasets import create_dataset
from spineseg.datasets.nnunet import case, export_nnunet
from spineseg.experiments.nnunet import NnunetJob, installed, run_nnunet


@pytest.mark.slow
@pytest.mark.oracle
@pytest.mark.timeout(1800)
def test_nnunet_itself_learns_predicts_and_is_scored(tmp_path, monkeypatch):
    try:
        installed()
    except SpinesegError:
        pytest.skip("nnunetv2 is optional and not in the development environment")
    for name in ("nnUNet_n_proc_DA", "nnUNet_def_n_proc"):
        monkeypatch.setenv(name, "2")
    plan = {"size_px": 48, "count": 18}  # two patients to train on, one to test
    parts = [create_dataset("axial_mri", name, **plan) for name in ("train", "test")]
    made = export_nnunet(tmp_path / "raw", parts[0], test=parts[1])
    job = NnunetJob(made.folder, 0, "nnUNetTrainer_1epoch", "cpu")
    rows = run_nnunet(job)
    assert [row["id"] for row in rows] == list(parts[1].ids)
    for row, sample in zip(rows, parts[1], strict=True):
        assert row["tp.1"] + row["fn.1"] == int((sample.mask == 1).sum())
    masks = {f"{case(name)}.png" for name in parts[1].ids}
    assert masks <= {path.name for path in job.masks.iterdir()}
    stamps = {path: path.stat().st_mtime_ns for path in job.results.rglob("*.p*")}
    assert run_nnunet(job) == rows
    assert stamps == {path: path.stat().st_mtime_ns for path in stamps}
