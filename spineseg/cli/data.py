"""``spineseg data``: list the data sets, write their twins, download the real ones."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from spineseg.cli import app, goes_on_later
from spineseg.core.errors import SpinesegError

data = typer.Typer(
    help="Data sets: synthetic twins, real folders, downloads.", no_args_is_help=True
)
app.add_typer(data, name="data")

Output = Annotated[
    Path, typer.Option("--output", "-o", help="Folder.", show_default=False)
]


@data.command("list")
def list_all(
    name: Annotated[
        str | None, typer.Argument(help="Tell everything about one.", metavar="NAME")
    ] = None,
) -> None:
    """List the data sets, or tell everything about one."""
    from spineseg.datasets import card, list_datasets

    if name is not None:
        _print_card(card(name))
        return
    for known in list_datasets():
        facts = card(known)
        typer.echo(f"{known:14} {facts.count or '':>5}  {facts.title}")
        typer.echo(f"{'':21} {facts.access}")


def _print_card(facts: Any) -> None:
    labels = ", ".join(f"{number} {name}" for number, name in facts.classes.items())
    for what, value in (
        ("name", facts.name),
        ("title", facts.title),
        ("paper", facts.paper),
        ("pictures", facts.count or "as many as you have"),
        ("modality", facts.modality),
        ("format", facts.format),
        ("labels", labels),
        ("variants", ", ".join(facts.variants)),
        ("licence", facts.licence),
        ("access", facts.access),
        ("citation", facts.citation),
        ("twin", facts.twin),
    ):
        typer.echo(f"{what:10}{value}")


@data.command()
def make(
    name: Annotated[str, typer.Argument(help="A data set, see: spineseg data list.")],
    output: Output,
    number: Annotated[
        int | None,
        typer.Option(
            "--number", "-n", help="Pictures; as many as the original if left out."
        ),
    ] = None,
    workers: Annotated[int, typer.Option(help="Processes.")] = 1,
    seed: Annotated[int, typer.Option(help="Another number, other patients.")] = 0,
    size: Annotated[
        int | None, typer.Option(help="Rows of a picture.", show_default=False)
    ] = None,
    variant: Annotated[str | None, typer.Option(show_default=False)] = None,
) -> None:
    """Write a synthetic twin in the original's format.

    Interrupt it and run it again: what is finished stays. Every knob and every file's
    hash is in manifest.jsonl.
    """
    from tqdm import tqdm

    from spineseg.datasets import card
    from spineseg.datasets.base import TwinPlan
    from spineseg.datasets.make import materialise

    facts = card(name)
    chosen = facts.variants[0] if variant is None else variant
    if chosen not in facts.variants:
        raise SpinesegError(
            "no such variant", found=chosen, expected=", ".join(facts.variants)
        )
    plan = TwinPlan(seed, size, number, chosen)
    with goes_on_later(), tqdm(unit="unit", disable=not sys.stderr.isatty()) as bar:

        def progress(done: int, total: int, unit: str) -> None:
            bar.total = total
            bar.set_postfix_str(unit, refresh=False)
            bar.update(done - bar.n)

        made = materialise(name, output, plan, workers=workers, progress=progress)
    typer.echo(f"{output}: {made.samples} samples in {made.units} units")
    typer.echo(f"  drawn now: {made.drawn}; knobs and hashes: {output}/manifest.jsonl")


@data.command()
def split(
    name: Annotated[str, typer.Argument(help="A data set.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Text file.")],
    root: Annotated[
        Path | None, typer.Option(help="Folder of the real data.", show_default=False)
    ] = None,
    variant: Annotated[str | None, typer.Option(show_default=False)] = None,
    rule: Annotated[str, typer.Option(help="How it is split.")] = "paper",
    seed: Annotated[int, typer.Option(help="Shuffles the patients.")] = 0,
    force: Annotated[bool, typer.Option("--force", help="Replace the file.")] = False,
) -> None:
    """Write a split as a file of ids with rule, seed and hash."""
    from spineseg.datasets import create_dataset, write_split
    from spineseg.datasets.registry import family, make_split

    if output.exists() and not force:
        raise SpinesegError(
            "the file is there already", path=output, remedy="Add --force"
        )
    how = {"root": root, "variant": variant, "rule": rule, "split_seed": seed}
    source = create_dataset(name, "all", **how).source
    found = make_split(family(name), source, rule, seed)
    write_split(output, found)
    sizes = ", ".join(f"{part} {len(ids)}" for part, ids in found.parts.items())
    typer.echo(f"{output}: {sizes}; sha256 {found.sha256[:16]}")


@data.command()
def download(
    name: Annotated[str, typer.Argument(help="A data set.")],
    output: Output,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Do not ask; the terms are accepted.")
    ] = False,
) -> None:
    """Download a public data set, or say how to get one that is not.

    Licence and citation come first. An interrupted download goes on where it stopped.
    """
    from tqdm import tqdm

    from spineseg.datasets.obtain import obtain
    from spineseg.datasets.offers import offer

    found = offer(name)
    typer.echo(f"licence   {found.licence}")
    typer.echo(f"cite      {found.citation}")
    if found.way:
        typer.echo(f"note      {found.way}")
    if not found.files:
        typer.echo("nothing is downloaded.")
        return
    about = found.expected_bytes / 1e9
    typer.echo(f"size      about {about:.2f} GB in {len(found.files)} files")
    if not yes and not typer.confirm(f"Download into {output}?"):
        typer.echo("nothing is downloaded.")
        return
    hidden = not sys.stderr.isatty()
    with goes_on_later(), tqdm(unit="B", unit_scale=True, disable=hidden) as bar:

        def progress(file: str, have: int, total: int) -> None:
            bar.set_description_str(file, refresh=False)
            bar.total = total or None
            bar.update(have - bar.n)

        fetched = obtain(found, output, tell=typer.echo, progress=progress)
    typer.echo(f"{output}: {', '.join(fetched) or 'everything was there already'}")


@data.command("deidentify")
def clean(
    source: Annotated[Path, typer.Argument(help="Folder with DICOM pictures.")],
    output: Output,
    prefix: Annotated[str, typer.Option(help="Copies are PREFIX-0001, ...")] = "CASE",
    secret_file: Annotated[
        Path | None,
        typer.Option(
            help="Text file; the same secret gives the same copies again. Without it "
            "a new one is used and forgotten.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Copy DICOM pictures without names, numbers, dates, devices and old file names.

    Text that is burned into the pixels stays: files that admit it are left out.
    """
    import secrets

    from spineseg.datasets.clean import clean_folder

    if secret_file is not None and not secret_file.is_file():
        raise SpinesegError("there is no such file", path=secret_file)
    known = secret_file.read_text().strip() if secret_file else secrets.token_hex(32)
    made = clean_folder(source, output, secret=known, prefix=prefix)
    typer.echo(f"{output}: {made.files} pictures of {made.patients} patients")
    for reason, count in made.left_out.items():
        typer.echo(f"  left out {count}: {reason}")
    typer.echo("Look at the pictures: no program sees what is written into them.")


@data.command("export-nnunet")
def export(
    name: Annotated[str, typer.Argument(help="A data set.")],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="nnU-Net's folder of raw data.")
    ],
    root: Annotated[
        Path | None, typer.Option(help="Folder of the real data.", show_default=False)
    ] = None,
    number: Annotated[
        int | None,
        typer.Option("--number", "-n", help="Pictures of the twin; all if left out."),
    ] = None,
    size: Annotated[
        int | None, typer.Option(help="Rows of a picture.", show_default=False)
    ] = None,
    variant: Annotated[str | None, typer.Option(show_default=False)] = None,
    rule: Annotated[str, typer.Option(help="How it is split.")] = "paper",
    seed: Annotated[int, typer.Option(help="Shuffles the patients.")] = 0,
    dataset_id: Annotated[int, typer.Option(help="nnU-Net's number of it.")] = 501,
) -> None:
    """Write a data set in nnU-Net v2's format, and say what to type next."""
    from functools import partial

    from spineseg.datasets import create_dataset
    from spineseg.datasets.nnunet import export_nnunet, instructions
    from spineseg.datasets.registry import family, make_split

    how = {"root": root, "variant": variant, "size_px": size, "count": number}
    part = partial(create_dataset, name, **how, rule=rule)
    known = make_split(family(name), part("all").source, rule, seed).parts
    parts = {
        k: part(k, split_seed=seed) for k in known if k in ("train", "val", "test")
    }
    made = export_nnunet(output.absolute(), **parts, number=dataset_id, seed=seed)
    typer.echo(f"{made.folder}: {made.training} cases to train, {made.test} to test")
    typer.echo(instructions(made))
