"""``spineseg train RECIPE --seeds 0-2``: train, evaluate, record."""

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from spineseg.cli import app, goes_on_later
from spineseg.core.errors import SpinesegError

if TYPE_CHECKING:
    from spineseg.experiments import Places
    from spineseg.training.record import Record

ACCELERATORS = ("cpu", "cuda", "auto")
PRECISIONS = ("32-true", "bf16-mixed", "16-mixed")
MOST_SEEDS = 1000

Names = Annotated[
    list[str] | None,
    typer.Argument(
        help="Names of recipes, a paper for all of its own, or patterns with *; "
        "none lists the names.",
        metavar="RECIPE",
    ),
]
Models = Annotated[
    str | None,
    typer.Option(help="Only recipes of these networks, such as unet,resunet."),
]
Seeds = Annotated[str, typer.Option(help="Such as 0-2 or 0,3,5.")]
Size = Annotated[
    str | None,
    typer.Option("--profile", help="smoke, laptop or full.", show_default="smoke"),
]
Output = Annotated[
    Path,
    typer.Option("--output", "-o", help="Folder of runs, records and prepared data."),
]
Data = Annotated[
    Path | None, typer.Option(help="Folder of real data; else the twin is drawn.")
]
Jobs = Annotated[int, typer.Option(help="Runs at a time.", min=1)]
Cluster = Annotated[
    str | None, typer.Option(help="'local' or the address of a Dask scheduler.")
]
Accelerator = Annotated[str, typer.Option(help="cpu, cuda or auto.")]
Devices = Annotated[int, typer.Option(help="That share a run.", min=1)]
Nodes = Annotated[int, typer.Option(help="Machines.", min=1)]
Precision = Annotated[str, typer.Option(help="32-true, bf16-mixed or 16-mixed.")]


@app.command()
def train(
    recipe: Names = None,
    seeds: Seeds = "0",
    models: Models = None,
    profile: Size = None,
    output: Output = Path("runs"),
    data: Data = None,
    jobs: Jobs = 1,
    cluster: Cluster = None,
    accelerator: Accelerator = "auto",
    devices: Devices = 1,
    nodes: Nodes = 1,
    precision: Precision = "32-true",
) -> None:
    """Train recipes with several seeds; recorded runs are skipped, broken ones go on.

    Each run leaves a record (JSON) in OUTPUT/records and its best weights in a folder
    of OUTPUT.
    """
    import spineseg.experiments as ex

    networks = [name.strip() for name in (models or "").split(",") if name.strip()]
    chosen = ex.choose_recipes(recipe or ["*"], networks)
    if not recipe:
        typer.echo("\n".join(chosen))
        return
    if devices * nodes > 1 and (jobs > 1 or cluster):
        raise SpinesegError(
            "several devices a run and several runs at a time do not go together",
            remedy="Give --jobs 1 and no --cluster with --devices",
        )
    numbers = seeds_of(seeds)
    runs = [(ex.create_recipe(name, profile), k) for name in chosen for k in numbers]
    _check_machine(accelerator, precision)
    machine = ex.Machine(accelerator, devices, precision, nodes)
    places = places_of(output, data)
    with goes_on_later():
        records = ex.sweep(runs, places, machine, ex.Workers(jobs, cluster))
    if int(os.environ.get("LOCAL_RANK", 0)) == 0:  # one device speaks for all
        for record in records:
            print_scores(record)


def _check_machine(accelerator: str, precision: str) -> None:
    """Refuse what Lightning Fabric does not know, or this machine has not."""
    import torch

    for what, found, known in (
        ("accelerator", accelerator, ACCELERATORS),
        ("precision", precision, PRECISIONS),
    ):
        if found not in known:
            raise SpinesegError(
                f"unknown {what}", found=repr(found), expected=" or ".join(known)
            )
    if accelerator == "cuda" and not torch.cuda.is_available():
        raise SpinesegError(
            "this machine has no CUDA device, or torch was installed without it",
            remedy="Give --accelerator cpu",
        )


def print_scores(record: "Record") -> None:
    """Print the typical test scores of a record on one line."""
    from spineseg.experiments.compare import typical

    scores = "  ".join(f"{m} {typical(record, m):.4g}" for m in record.metrics)
    typer.echo(f"{record.recipe} {record.profile} seed {record.seed}: {scores}")


def places_of(output: Path, data: Path | None) -> "Places":
    """Return where runs, records and prepared data lie below a folder."""
    from spineseg.experiments import Places

    return Places(output, output / "records", output / "cache", data)


def seeds_of(text: str) -> list[int]:
    """Return the seeds of ``0-2`` or ``0,3,5-7``.

    Raises:
        SpinesegError: if it is not of that form.
    """
    found: list[int] = []
    for part in text.split(","):
        ends = re.fullmatch(r"\s*(\d+)(?:-(\d+))?\s*", part)
        if ends is None:
            raise SpinesegError(
                "these are no seeds", found=repr(text), expected="0-2 or 0,3,5"
            )
        first, last = int(ends[1]), int(ends[2] or ends[1])
        if last < first:
            raise SpinesegError("a range of seeds goes upwards", found=part.strip())
        if last - first >= MOST_SEEDS:
            raise SpinesegError(
                "so many seeds are a slip of the finger",
                found=part.strip(),
                expected=f"up to {MOST_SEEDS} in a range",
            )
        found += range(first, last + 1)
    return list(dict.fromkeys(found))
