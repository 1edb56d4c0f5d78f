"""``spineseg evaluate RUN``: scores of a trained network on a part of a data set."""

from pathlib import Path
from typing import Annotated, Any

import typer

from spineseg.cli import app


@app.command()
def evaluate(
    run: Annotated[
        Path, typer.Argument(help="Folder of a run, made by train.", show_default=False)
    ],
    part: Annotated[str, typer.Option(help="train, val or test.")] = "test",
    data: Annotated[
        Path | None, typer.Option(help="Folder of real data; else the twin is drawn.")
    ] = None,
) -> None:
    """Score the best weights of a run; distances are on the network's grid."""
    from spineseg.experiments.data import open_part, prepared
    from spineseg.experiments.evaluate import label_maps, score_all
    from spineseg.experiments.run import trained_model

    model, recipe = trained_model(run)
    samples = prepared(recipe, open_part(recipe, part, data), None)
    maps = label_maps(model, samples, recipe.model.in_channels)
    print_table(score_all(maps, samples, recipe.model.classes), part)


def print_table(rows: list[dict[str, Any]], part: str) -> None:
    """Print how the scores of images scatter, a line a metric."""
    from spineseg.metrics import per_image, per_patient

    people = [row["patient"] for row in rows]
    typer.echo(f"{part}: {len(rows)} images of {len(set(people))} patients")
    typer.echo(f"{'':22}{'mean':>10}{'sd':>10}{'median':>10}{'by patient':>12}  n")
    # whole numbers are counts of pixels, no scores
    for name in (key for key, value in rows[0].items() if isinstance(value, float)):
        values = [row[name] for row in rows]
        one, grouped = per_image(values), per_patient(values, people)
        numbers = (
            f"{one.mean:10.4g}{one.sd:10.4g}{one.median:10.4g}{grouped.mean:12.4g}"
        )
        strange = f", {one.undefined} undefined, {one.infinite} infinite"
        note = strange if one.undefined or one.infinite else ""
        typer.echo(f"{name:22}{numbers}  {one.n}{note}")
