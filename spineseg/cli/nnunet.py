"""``spineseg nnunet FOLDER``: the real nnU-Net on an exported data set, scored."""

from pathlib import Path
from typing import Annotated

import typer

from spineseg.cli import app, goes_on_later


@app.command()
def nnunet(
    folder: Annotated[
        Path,
        typer.Argument(
            help="That spineseg data export-nnunet made, such as raw/Dataset501_spider."
        ),
    ],
    fold: Annotated[int, typer.Option(help="Of the folds in splits_final.json.")] = 0,
    trainer: Annotated[
        str, typer.Option(help="nnU-Net's name of one, such as nnUNetTrainer_1epoch.")
    ] = "nnUNetTrainer",
    device: Annotated[
        str | None,
        typer.Option(help="cpu, cuda or mps.", show_default="cuda where there is one"),
    ] = None,
) -> None:
    """Preprocess, train and predict with nnU-Net v2 (2d), and score its test masks.

    nnU-Net is installed apart: pip install nnunetv2. Interrupt it and give the same
    command again: it goes on. The scores are a table (CSV) with a record's columns.
    """
    import torch

    from spineseg.cli.evaluate import print_table
    from spineseg.experiments.nnunet import NnunetJob, run_nnunet

    chosen = device or ("cuda" if torch.cuda.is_available() else "cpu")
    job = NnunetJob(folder.resolve(), fold, trainer, chosen)
    with goes_on_later():
        rows = run_nnunet(job, typer.echo)
    print_table(rows, "test")
    typer.echo(f"masks {job.masks}")
    typer.echo(f"table {job.results / 'scores.csv'}")
