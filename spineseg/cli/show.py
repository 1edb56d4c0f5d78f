"""``spineseg show FILE -o picture.png``: see what the readers make of a file."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from spineseg.cli import app
from spineseg.core.errors import SpinesegError

if TYPE_CHECKING:
    from spineseg.io.preview import Preview


@app.command()
def show(
    file: Annotated[
        Path,
        typer.Argument(
            help="A film (DICOM, PNG, JPEG), a volume (.mha, NIfTI), or a folder "
            "with one DICOM study.",
            show_default=False,
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Write the picture to this .png file."),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace the picture if it is there.")
    ] = False,
) -> None:
    """Show a film with bone bright, or the sagittal middle slice of a volume.

    Without an output file only the facts are printed. Names and dates of patients are
    neither printed nor written.
    """
    if output is not None:
        _check_output(file, output, force)
    from spineseg.io.preview import preview

    seen = preview(file)
    _print_facts(seen)
    if output is not None:
        from spineseg.io.film_writer import write_radiograph

        write_radiograph(output, seen.picture)
        typer.echo(f"wrote {output}")


def _check_output(file: Path, output: Path, force: bool) -> None:
    if output.suffix.lower() != ".png":
        raise SpinesegError(
            "pictures are written as .png only",
            path=output,
            found=output.suffix or "no ending",
        )
    if output.exists() and file.exists() and output.samefile(file):
        raise SpinesegError("the input would be replaced", path=output)
    if output.exists() and not force:
        raise SpinesegError(
            "the output file is there already", path=output, remedy="Add --force"
        )


def _print_facts(seen: "Preview") -> None:
    rows, columns = seen.picture.shape
    typer.echo(f"{seen.kind}, {rows} x {columns}")
    for fact in (*seen.facts, *(f"note: {note}" for note in seen.notes)):
        typer.echo(f"  {fact}")
