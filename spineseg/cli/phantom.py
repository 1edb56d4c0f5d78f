"""``spineseg phantom --view ap -o film.png``: a picture of a synthetic patient."""

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from spineseg.cli import app
from spineseg.core.errors import SpinesegError

if TYPE_CHECKING:
    from spineseg.anatomy.spec import PatientSpec
    from spineseg.imaging.mri import MriVolume
    from spineseg.imaging.radiograph import Radiograph

_FILM_ENDINGS = (".png", ".dcm")
_SERIES_ENDINGS = (".mha", ".nii.gz", ".nii", ".nrrd", ".png")
_BODY_PARTS = {"ap": "TLSPINE", "lateral": "LSPINE", "cervical": "CSPINE"}

Output = Annotated[
    Path,
    typer.Option(
        "--output",
        "-o",
        help="Radiographs: .png or .dcm. Magnetic resonance: .mha, .nii.gz, .nrrd, "
        "or .png for the middle slice.",
        show_default=False,
    ),
]
View = Annotated[str, typer.Option(help="ap, lateral, cervical, sagittal or axial.")]
Contrast = Annotated[str, typer.Option(help="t1 or t2 (sagittal, axial).")]
Seed = Annotated[int, typer.Option(help="Another number, another patient.")]
Size = Annotated[int | None, typer.Option(help="Rows and columns, pixels.")]
Age = Annotated[float | None, typer.Option(help="Years, 18 to 100.")]
Sex = Annotated[str | None, typer.Option(help="female or male.")]
Cobb = Annotated[float | None, typer.Option(help="Main curve, degrees.")]
Apex = Annotated[str | None, typer.Option(help="Apex of the curve, T5 to L3.")]
Side = Annotated[str | None, typer.Option(help="Side it bulges to: left or right.")]
Levels = Annotated[list[str] | None, typer.Option(metavar="LEVEL:NUMBER")]
Metal = Annotated[
    list[str] | None,
    typer.Option(help="acdf, screws or cage, with levels: acdf:C5-C6."),
]
Sick = Annotated[bool, typer.Option("--sick", help="Draw diseases by chance as well.")]
MaskFile = Annotated[
    Path | None,
    typer.Option(
        help="Write labels too. Radiographs: 1 is C1, 24 is L5, 25 the sacrum. "
        "Sagittal: SPIDER's numbers. Axial: 1 body or disc, 2 canal, 3 lamina."
    ),
]
TruthFile = Annotated[
    Path | None, typer.Option(help="Write knobs and measured values as .json.")
]
Force = Annotated[bool, typer.Option("--force", help="Replace files.")]


@app.command(no_args_is_help=True)
def phantom(
    output: Output,
    view: View = "ap",
    contrast: Contrast = "t2",
    seed: Seed = 0,
    size: Size = None,
    age: Age = None,
    sex: Sex = None,
    cobb: Cobb = None,
    apex: Apex = None,
    side: Side = None,
    slip: Levels = None,
    wedge: Levels = None,
    pars: Levels = None,
    disc: Levels = None,
    stenosis: Levels = None,
    herniation: Levels = None,
    hardware: Metal = None,
    sick: Sick = False,
    mask: MaskFile = None,
    truth: TruthFile = None,
    force: Force = False,
) -> None:
    """Picture a synthetic patient: a body drawn by its seed, with the knobs you turn.

    Knobs by level may be repeated: --slip L4:0.2 is a fifth of the end-plate below,
    --wedge L1:0.24 a share of the front height, --pars L5:3 a gap in millimetres,
    --disc L4:0.5 a share of the disc's height, --stenosis L4:0.4 a share of the
    canal, --herniation L4:5 millimetres.
    """
    endings = _endings(view, contrast)
    _check_target(output, endings, force)
    _check_target(mask, _mask_endings(view), force)
    _check_target(truth, (".json",), force)
    if mask is not None and mask.absolute() == output.absolute():
        raise SpinesegError("picture and labels are to be two files", path=mask)
    levels = {
        "slip": slip,
        "wedge": wedge,
        "pars": pars,
        "disc": disc,
        "stenosis": stenosis,
        "herniation": herniation,
    }
    spec = _specification(
        seed,
        view,
        sick,
        {"age_years": age, "sex": sex},
        {"cobb_deg": cobb, "apex": apex, "side": side},
        levels,
        hardware or [],
    )
    from spineseg.imaging.render import render

    picture = render(spec, view, size, contrast=contrast)
    _write(output, mask, picture, view)
    if truth is not None:
        _write_json(truth, picture.metadata)
    _report(output, spec, picture)


def _endings(view: str, contrast: str) -> tuple[str, ...]:
    """Return the endings of a view's files, refusing unknown views and contrasts."""
    views = ("ap", "lateral", "cervical", "sagittal", "axial")
    for what, found, known in (
        ("view", view, views),
        ("contrast", contrast, ("t1", "t2")),
    ):
        if found not in known:
            raise SpinesegError(
                f"unknown {what}", found=repr(found), expected=" or ".join(known)
            )
    return _FILM_ENDINGS if view in _BODY_PARTS else _SERIES_ENDINGS


def _mask_endings(view: str) -> tuple[str, ...]:
    return (".png", ".mha") if view in _BODY_PARTS else _SERIES_ENDINGS


def _check_target(file: Path | None, endings: tuple[str, ...], force: bool) -> None:
    """Refuse what cannot be written before any time is spent."""
    if file is None:
        return
    if not file.name.lower().endswith(endings):
        raise SpinesegError(
            "this is not written in that format",
            path=file,
            found=file.suffix or "no ending",
            expected=" or ".join(endings),
        )
    if not file.parent.is_dir():
        raise SpinesegError("the folder is not there", path=file.parent)
    if file.is_dir() or (file.exists() and not force):
        raise SpinesegError(
            "the output file is there already", path=file, remedy="Add --force"
        )


def _specification(
    seed: int,
    view: str,
    sick: bool,
    body: dict[str, Any],
    curve: dict[str, Any],
    levels: dict[str, list[str] | None],
    hardware: list[str],
) -> "PatientSpec":
    from spineseg.anatomy.knobs import drawn_patient, hardware_of, levels_of

    posture = "standing" if view in _BODY_PARTS else "supine"
    spec = drawn_patient(seed, posture=posture, sick=sick)
    fields = {"pars": "pars_gap_mm", "disc": "disc_loss", "herniation": "herniation_mm"}
    turned: dict[str, Any] = {
        fields.get(name, name): levels_of(name, words)
        for name, words in levels.items()
        if words
    }
    turned |= {name: value for name, value in curve.items() if value is not None}
    if hardware:
        turned["hardware"] = hardware_of(hardware)
    own = {name: value for name, value in body.items() if value is not None}
    return replace(
        spec,
        anatomy=replace(spec.anatomy, **own),
        pathology=replace(spec.pathology, **turned),
    )


def _write(
    output: Path, mask: Path | None, picture: "Radiograph | MriVolume", view: str
) -> None:
    from spineseg.imaging.radiograph import Radiograph

    if isinstance(picture, Radiograph):
        _write_film(output, mask, picture, view)
    else:
        _write_series(output, picture, labels=False)
        if mask is not None:
            _write_series(mask, picture, labels=True)


def _write_film(
    output: Path, mask: Path | None, picture: "Radiograph", view: str
) -> None:
    from spineseg.io import Acquisition, write_mask, write_radiograph

    film, measured = picture.metadata["film"], picture.metadata["measured"]
    taken = Acquisition(
        detector_mm=(measured["pitch_mm"], measured["pitch_mm"]),
        magnification=measured["magnification"],
        source_detector_mm=film["projection"]["sid_mm"],
        view="AP" if view == "ap" else "LL",
        body_part=_BODY_PARTS[view],
        kvp=film["exposure"]["kvp"],
        identity=f"PHANTOM-{picture.metadata['patient']['seed']:04d}",
    )
    write_radiograph(output, picture.picture, taken)
    if mask is not None:
        write_mask(
            mask,
            _numbered(picture),
            spacing_mm=(picture.spacing_mm, picture.spacing_mm),
        )


def _numbered(picture: "Radiograph") -> Any:
    """Return one number a pixel; where shadows overlap, the upper vertebra's."""
    import numpy as np

    from spineseg.anatomy.tables import LEVELS

    labels = np.zeros(picture.picture.shape, np.uint8)
    for number, name in reversed(list(enumerate((*LEVELS, "sacrum"), start=1))):
        labels[picture.masks.named(name)] = number
    return labels


def _write_series(file: Path, series: "MriVolume", *, labels: bool) -> None:
    import numpy as np

    from spineseg.io import make_volume, write_mask, write_radiograph, write_volume

    array = series.labels if labels else series.array
    if file.suffix.lower() == ".png":
        middle = array[len(array) // 2]
        if labels:
            write_mask(file, middle)
        else:
            top = float(np.quantile(middle, 0.998)) or 1.0
            write_radiograph(file, np.clip(middle / top, 0, 1).astype(np.float32))
        return
    x, y, z = (float(v) for v in series.origin_mm)
    volume = make_volume(array, series.spacing_mm, (x, y, z), series.direction)
    (write_mask if labels else write_volume)(file, volume)


def _write_json(file: Path, metadata: dict[str, Any]) -> None:
    from spineseg.imaging.radiograph import plain
    from spineseg.io._files import atomic_write

    text = json.dumps(plain(metadata), indent=1, allow_nan=False)
    with atomic_write(file) as part:
        part.write_text(text + "\n")


def _report(
    output: Path, spec: "PatientSpec", picture: "Radiograph | MriVolume"
) -> None:
    from spineseg.anatomy.patient import Patient
    from spineseg.imaging.radiograph import Radiograph

    body, found = spec.anatomy, Patient(spec).truth
    array = picture.picture if isinstance(picture, Radiograph) else picture.array
    size = " x ".join(str(n) for n in array.shape)
    middle = "middle slice of " if array.ndim == 3 and output.suffix == ".png" else ""
    typer.echo(f"wrote {output} ({middle}{size})")
    typer.echo(f"  {body.sex}, {body.age_years:.0f} years")
    if found.cobb_deg >= 0.5:
        upper, lower = found.cobb_levels
        typer.echo(f"  Cobb angle {found.cobb_deg:.1f} degrees, {upper} to {lower}")
    for level in spec.pathology.slip:
        typer.echo(f"  slip of {level}: {found.slip_percent[level]:.0f} %")
    for level in spec.pathology.wedge:
        typer.echo(f"  front over back of {level}: {found.wedge_ratio[level]:.2f}")
