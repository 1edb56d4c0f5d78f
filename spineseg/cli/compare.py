"""``spineseg compare RECORD``: does my number lie within the recorded spread?"""

from pathlib import Path
from typing import Annotated

import typer

from spineseg.cli import app
from spineseg.core.errors import SpinesegError


@app.command()
def compare(
    record: Annotated[
        Path, typer.Argument(help="The record of a run (JSON).", show_default=False)
    ],
    records: Annotated[
        Path, typer.Option(help="Folder of the records to compare with.")
    ] = Path("results/records"),
) -> None:
    """Hold a run against the recorded runs of its recipe.

    For each metric: the value, the interval in which a further seed is expected, and,
    where the value lies outside, what differs between the runs.
    """
    from spineseg.experiments.compare import compare as verdicts_of
    from spineseg.experiments.compare import likely_causes
    from spineseg.training.record import read_record, read_records

    if not records.is_dir():
        raise SpinesegError(
            "there is no such folder of records",
            path=records,
            remedy="Name one with --records",
        )
    mine = read_record(record)
    known = read_records(records, mine.recipe, mine.profile)
    others = [other for other in known if other != mine]
    verdicts = verdicts_of(mine, others)
    typer.echo(
        f"{mine.recipe} ({mine.profile}), seed {mine.seed}, "
        f"against {len(others)} recorded: mean over images, median of distances"
    )
    for v in verdicts:
        word = "inside" if v.inside else "OUTSIDE"
        typer.echo(
            f"  {v.metric:22}{v.typical:10.4g}  [{v.low:.4g}, {v.high:.4g}]  {word}"
        )
    if len(others) < 3:
        typer.echo("fewer than three records: the interval says little")
    causes = likely_causes(mine, others)
    if all(v.inside for v in verdicts):
        typer.echo("inside the recorded spread")
        return
    typer.echo("likely causes, weightiest first:" if causes else "nothing differs but")
    for line in causes or ["  the seed: this may be chance"]:
        typer.echo(f"  {line}")
