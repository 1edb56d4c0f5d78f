"""The real nnU-Net v2 on a data set that :mod:`spineseg.datasets.nnunet` exported.

nnU-Net is a program of its own (Isensee et al. 2021, doi:10.1038/s41592-020-01008-z;
package ``nnunetv2``, Apache-2.0). Its three commands run one after the other; what is
finished is not done again, and a training that was broken off goes on from nnU-Net's
last checkpoint. All that it makes lies in the data set's folder.

The result is a table and no :class:`~spineseg.training.record.Record`: a record has a
seed that repeats the run, and nnU-Net draws weights and patches without one; curves,
memory and versions stay in nnU-Net's own files. Rows and columns are those of a record,
so that both can be laid side by side. nnU-Net is scored at the size of the export, a
record at the size of its recipe: distances in pixels agree only where these do.
"""

import json
import os
import re
import shutil
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from spineseg.core.errors import SpinesegError
from spineseg.datasets.nnunet import SPLITS, variables
from spineseg.experiments.child import call
from spineseg.experiments.nnunet_masks import Cases, read_cases, score_masks, write_csv
from spineseg.io._files import atomic_write
from spineseg.training.record import code_version

COMMANDS = ("nnUNetv2_plan_and_preprocess", "nnUNetv2_train", "nnUNetv2_predict")
DEVICES = ("cpu", "cuda", "mps")
PREPARED = "spineseg_prepared.txt"


@dataclass(frozen=True)
class NnunetJob:
    """What nnU-Net shall do, always with its 2-D configuration.

    folder: that the export made, such as ``RAW/Dataset501_spider``.  fold: of the
    folds in its ``splits_final.json``.  trainer: nnU-Net's name of one; those with
    other numbers of epochs are ``nnUNetTrainer_1epoch`` and so on.  device: cpu, cuda
    or mps.
    """

    folder: Path
    fold: int = 0
    trainer: str = "nnUNetTrainer"
    device: str = "cuda"

    @property
    def number(self) -> str:
        """Return the data set's number, as nnU-Net's commands take it.

        Raises:
            SpinesegError: if the folder has no name of a data set of nnU-Net's.
        """
        found = re.fullmatch(r"Dataset(\d{3})_.+", self.folder.name)
        if found is None:
            raise SpinesegError(
                "this is no folder of a data set in nnU-Net's format",
                path=self.folder,
                expected="a name such as Dataset501_spider",
                remedy="Make one with: spineseg data export-nnunet",
            )
        return str(int(found[1]))

    @property
    def preprocessed(self) -> Path:
        """Return where nnU-Net keeps the data set after preprocessing."""
        where = variables(self.folder)["nnUNet_preprocessed"]
        return Path(where) / self.folder.name

    @property
    def results(self) -> Path:
        """Return where nnU-Net keeps the fold's weights and logs."""
        where = Path(variables(self.folder)["nnUNet_results"]) / self.folder.name
        return where / f"{self.trainer}__nnUNetPlans__2d" / f"fold_{self.fold}"

    @property
    def masks(self) -> Path:
        """Return where the masks of the test part lie: with the weights they are of."""
        return self.results / "test"


def run_nnunet(
    job: NnunetJob, tell: Callable[[str], None] = print
) -> list[dict[str, Any]]:
    """Preprocess, train, predict the test part and score it; return a row an image.

    Beside the weights this leaves ``scores.csv``, and ``run.json`` with what was run.

    Raises:
        SpinesegError: if nnU-Net is not installed, the folder is no export with a test
            part, or what nnU-Net leaves is not what its format promises.
    """
    number, programs = job.number, installed()
    cases = read_cases(job.folder)
    _check(job)
    for command, is_done in (
        (_preparing(job, number), _is_prepared),
        (_training(job, number), _is_trained),
        (_predicting(job, number), lambda job: not cases.missing(job.masks)),
    ):
        if is_done(job):
            tell(f"{command[0]}: done before")
            continue
        tell(" ".join(command))
        call([programs[command[0]], *command[1:]], variables(job.folder))
        if command[0] == COMMANDS[0]:
            _mark_prepared(job)
    rows = score_masks(cases, job.masks)
    write_csv(job.results / "scores.csv", rows)
    _write_facts(job, cases, programs)
    return rows


def installed() -> dict[str, str]:
    """Return the paths of nnU-Net's commands, from PATH or beside this Python.

    Raises:
        SpinesegError: naming the pip command, if one is missing.
    """
    beside = str(Path(sys.executable).parent)
    found = {n: shutil.which(n) or shutil.which(n, path=beside) for n in COMMANDS}
    missing = [name for name, path in found.items() if path is None]
    if missing:
        raise SpinesegError(
            f"nnU-Net is not installed: there is no command {', '.join(missing)}",
            remedy="Install it with: pip install nnunetv2 (licence: Apache-2.0)",
        )
    return {name: str(path) for name, path in found.items()}


def _check(job: NnunetJob) -> None:
    """Refuse what nnU-Net would stumble over late, or answer with a random split."""
    if job.device not in DEVICES:
        known = " or ".join(DEVICES)
        raise SpinesegError("unknown device", found=repr(job.device), expected=known)
    path = job.folder / SPLITS
    try:
        folds = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise SpinesegError(
            "the folds of this export cannot be read",
            path=path,
            found=str(error),
            remedy="Remove the folder, and export the data set again",
        ) from error
    if not 0 <= job.fold < len(folds):
        last = len(folds) - 1
        raise SpinesegError(
            "the export has no such fold",
            path=path,
            found=job.fold,
            expected=f"0 to {last}" if last else "0",
        )
    if not all(folds[job.fold].values()):
        raise SpinesegError(
            f"fold {job.fold} has nothing to train on, or nothing to validate by",
            path=path,
            found={side: len(cases) for side, cases in folds[job.fold].items()},
            remedy="Export more patients",
        )


def _preparing(job: NnunetJob, number: str) -> list[str]:
    words = [COMMANDS[0], "-d", number, "-c", "2d", "--verify_dataset_integrity"]
    return [*words, "-npfp", _workers(8), "-np", _workers(8)]


def _workers(most: int) -> str:
    """Return nnU-Net's own number of processes, or the machine's cores if fewer."""
    return str(min(most, os.cpu_count() or 1))


def _is_prepared(job: NnunetJob) -> bool:
    return (job.preprocessed / PREPARED).is_file()


def _mark_prepared(job: NnunetJob) -> None:
    # older releases of nnU-Net do not copy it themselves, newer ones do so too early
    # to tell by it what is finished
    with atomic_write(job.preprocessed / SPLITS) as part:
        part.write_bytes((job.folder / SPLITS).read_bytes())
    (job.preprocessed / PREPARED).write_text("preprocessing is finished\n")


def _training(job: NnunetJob, number: str) -> list[str]:
    words = [COMMANDS[1], number, "2d", str(job.fold), "-tr", job.trainer]
    goes_on = any(job.results.glob("checkpoint_*.pth"))
    return [*words, "-device", job.device, *(["--c"] if goes_on else [])]


def _is_trained(job: NnunetJob) -> bool:
    # nnU-Net writes the summary of its validation last
    files = ("checkpoint_final.pth", "validation/summary.json")
    return all((job.results / name).is_file() for name in files)


def _predicting(job: NnunetJob, number: str) -> list[str]:
    words = [COMMANDS[2], "-d", number, "-c", "2d", "-f", str(job.fold)]
    words += ["-tr", job.trainer, "-device", job.device, "--continue_prediction"]
    words += ["-npp", _workers(3), "-nps", _workers(3)]
    return [*words, "-i", str(job.folder / "imagesTs"), "-o", str(job.masks)]


def _write_facts(job: NnunetJob, cases: Cases, programs: dict[str, str]) -> None:
    plain = {
        "engine": "nnU-Net v2, configuration 2d",
        "nnunetv2": _version(programs),
        "seed": "none: nnU-Net sets none",
        **asdict(job),
        "folder": job.folder.name,
        "data": {"test": len(cases.rows), "facts": cases.facts},
        "code": code_version(),
    }
    with atomic_write(job.results / "run.json") as part:
        part.write_text(json.dumps(plain, indent=1) + "\n")


def _version(programs: dict[str, str]) -> str:
    if Path(programs[COMMANDS[1]]).parent == Path(sys.executable).parent:
        try:
            return version("nnunetv2")
        except PackageNotFoundError:
            pass
    return "not known: of another Python"
