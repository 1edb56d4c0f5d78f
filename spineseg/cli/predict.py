"""``spineseg predict FILE --run RUN -o OUT``: segment a film, a volume, a folder."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from spineseg.cli import app
from spineseg.core.errors import SpinesegError

if TYPE_CHECKING:
    from spineseg.inference import Reader


Source = Annotated[
    Path,
    typer.Argument(
        help="A film, a volume, a folder of them, or of one series' slices."
    ),
]
Run = Annotated[
    Path, typer.Option(help="Folder of a run, made by train.", show_default=False)
]
Output = Annotated[
    Path,
    typer.Option(
        "--output",
        "-o",
        help="File to write; a folder for a folder of films or volumes.",
    ),
]
Ending = Annotated[
    str, typer.Option(help="Format in a folder: .png, .nii.gz, or .dcm (DICOM-SEG).")
]
Flips = Annotated[
    str, typer.Option(help="Copies to average: none,horizontal,vertical,both.")
]
Tile = Annotated[
    int, typer.Option(help="Side of tiles on the network's grid, 0 for none.", min=0)
]
Largest = Annotated[
    int, typer.Option(help="Pieces to keep of each label, 0 for all.", min=0)
]
Force = Annotated[bool, typer.Option("--force", help="Replace what is there.")]


@app.command()
def predict(
    source: Source,
    run: Run,
    output: Output,
    ending: Ending = ".png",
    flips: Flips = "none",
    tile: Tile = 0,
    largest: Largest = 0,
    force: Force = False,
) -> None:
    """Segment with a trained network, on the file's own grid.

    The ending of OUTPUT chooses the format: .png and .nii.gz hold label numbers, .dcm
    is a DICOM segmentation that belongs to its DICOM film. A volume becomes a volume; a
    folder with the DICOM slices of one series becomes a volume, or a segmentation.
    """
    from spineseg.inference import files_of, predict_file

    pairs, files = [(source, output)], files_of(source)
    if files != [source]:
        _check_folder(output, ending)
        pairs = [
            (file, output / f"{file.name.partition('.')[0]}{ending}") for file in files
        ]
    _check(pairs, force)
    reader = reader_of(run, flips, tile, largest)
    if files != [source]:
        output.mkdir(parents=True, exist_ok=True)
    for file, target in pairs:
        predict_file(file, target, reader)
        typer.echo(f"wrote {target}")


def _check_folder(output: Path, ending: str) -> None:
    """Refuse a file where several are to be written, and an ending without a point."""
    from spineseg.io._files import suffix_of
    from spineseg.io.volume import WRITABLE

    if output.is_file() or suffix_of(output) in (".png", ".dcm", *WRITABLE):
        raise SpinesegError(
            "what lies in a folder is written into a folder",
            path=output,
            found="the name of a file",
        )
    if not ending.startswith("."):
        raise SpinesegError(
            "an ending begins with a point", found=ending, expected=f".{ending}"
        )


def _check(pairs: list[tuple[Path, Path]], force: bool) -> None:
    targets = [target for _, target in pairs]
    twice = {str(t) for t in targets if targets.count(t) > 1}
    if twice:
        raise SpinesegError(
            "several files would be written under one name",
            found=", ".join(sorted(twice)),
        )
    for source, target in pairs:
        if target.exists() and target.samefile(source):
            raise SpinesegError("the input would be replaced", path=target)
        if target.is_dir():
            raise SpinesegError("a folder of this name is in the way", path=target)
        if target.exists() and not force:
            raise SpinesegError(
                "the output file is there already", path=target, remedy="Add --force"
            )


def reader_of(run: Path, flips: str, tile: int, largest: int) -> "Reader":
    """Return the network of a run with what stands before and behind it.

    Raises:
        SpinesegError: if the run cannot be read or a wish is impossible.
    """
    from spineseg.datasets import card
    from spineseg.experiments import trained_model
    from spineseg.inference import (
        Reader,
        largest_components,
        padded,
        probabilities,
        tiled,
        with_flips,
    )
    from spineseg.transforms import preprocessing

    model, recipe = trained_model(run)
    logits = padded(model)
    if tile:
        logits = tiled(logits, tile, tile // 4)
    facts = card(recipe.data.name)
    names = facts.classes
    if recipe.model.classes <= 2:
        names = {1: names[1] if len(names) == 2 else "foreground"}

    def clean(labels: Any) -> Any:
        return largest_components(labels, largest) if largest else labels

    prepare: Callable[..., Any] = preprocessing(
        recipe.preprocessing.paper, **recipe.preprocessing.numbers
    )
    return Reader(
        prepare,
        with_flips(probabilities(logits), flips.split(",")),
        clean,
        names,
        recipe.model.in_channels,
        recipe.name,
        plane_in(facts.modality),
    )


def plane_in(modality: str) -> str | None:
    """Return the plane that a data set's card names, or None for films."""
    from spineseg.io.series import PLANES

    return next((plane for plane in PLANES if plane in modality), None)
