"""What is damaged: the reader families, each with whole files and who reads them."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset

from spineseg.core.rng import rng
from spineseg.datasets import create_dataset, read_split
from spineseg.datasets.axial_mri import POINTS, read_points
from spineseg.datasets.base import TwinPlan
from spineseg.datasets.csxa import read_landmarks
from spineseg.datasets.make import materialise
from spineseg.io import (
    Shape,
    make_volume,
    read_label_names,
    read_labelme,
    read_mask,
    read_radiograph,
    read_series,
    read_volume,
    write_labelme,
    write_mask,
    write_radiograph,
    write_volume,
)

Read = Callable[[Path], object]
SMALL = rng(0, "fuzz", "block").integers(0, 255, (6, 16, 18)).astype(np.int16)


@dataclass(frozen=True)
class Case:
    """A folder of whole files. targets: which are damaged.  read: from the folder."""

    folder: Path
    targets: tuple[str, ...]
    read: Read


def one_file(path: Path, read: Read) -> Case:
    """Return a folder with one file and who reads it."""
    return Case(path.parent, (path.name,), lambda folder: read(folder / path.name))


def films(root: Path) -> list[Case]:
    """Films: plain, through both kinds of tables, and in four compressed syntaxes."""
    cases = []
    for k, tags in enumerate(({}, {"VOILUTSequence": 0}, {"ModalityLUTSequence": 0})):
        path = _room(root, f"film{k}") / "x.dcm"
        write_radiograph(path, SMALL[0] / 255.0, bits=12 + 4 * (k == 1))
        header = dcmread(path)
        for keyword in tags:
            table = Dataset()
            table.add_new(0x00283002, "US", [4096, 0, 12])
            table.add_new(0x00283006, "OW", np.arange(4096, dtype="<u2").tobytes())
            setattr(header, keyword, [table])
        header.RescaleSlope, header.RescaleIntercept = 1, 0
        header.add_new(0x00280120, "US", 0)  # PixelPaddingValue
        header.save_as(path)
        cases.append(one_file(path, read_radiograph))
    for name in ("RLE", "jp2klossless", "jpeg_ls_lossless", "implicit"):
        path = _room(root, name) / "x.dcm"
        whole = get_testdata_file(f"MR_small_{name}.dcm", download=False)
        header = dcmread(str(whole))
        header.Modality = "CR"
        header.save_as(path)
        cases.append(one_file(path, _plain_dicom if name == "implicit" else _film))
    return cases


def _film(path: Path) -> object:
    return read_radiograph(path)


def _plain_dicom(path: Path) -> object:
    return read_radiograph(path, window=(500, 400))


def series(root: Path) -> list[Case]:
    """A folder of slices in two planes, of which one file is damaged."""
    materialise("axial_mri", root / "study", TwinPlan(0, 32, 6, "studies"))
    folder = root / "study" / "lumbar_train150" / "study001"
    names = tuple(sorted(path.name for path in folder.glob("*.dcm")))

    def read(where: Path) -> object:
        found = read_series(where)
        return [stack.volume() for stack in found.stacks if stack.gap_mm]

    return [Case(folder, names, read)]


def volumes(root: Path, endings: tuple[str, ...] = (".mha", ".nrrd")) -> list[Case]:
    """Volumes, packed and plain, read as pictures and as masks."""
    import SimpleITK

    cases = []
    for ending in endings:
        for plain in (False, True) if ending in (".mha", ".nrrd") else (False,):
            path = _room(root, f"{ending[1:]}{plain}") / f"x{ending}"
            write_volume(path, make_volume(SMALL, (4, 1, 0.8)), orientation="LPS")
            if plain:
                SimpleITK.WriteImage(SimpleITK.ReadImage(str(path)), str(path))
            cases += [one_file(path, read_volume), one_file(path, read_mask)]
    return cases


def niftis(root: Path) -> list[Case]:
    """NIfTI, packed and not."""
    return volumes(root, (".nii", ".nii.gz"))


def pictures(root: Path) -> list[Case]:
    """PNG of every depth, JPEG, TIFF and label descriptions."""
    grey = SMALL[0].astype(np.uint8)
    made: dict[str, Image.Image] = {
        "grey.png": Image.fromarray(grey),
        "deep.png": Image.fromarray(SMALL[0].astype(np.uint16) * 200),
        "colour.png": Image.fromarray(np.stack([grey] * 3, -1)),
        "bits.png": Image.fromarray(grey > 99),
        "grey.jpg": Image.fromarray(grey),
        "turned.jpg": Image.fromarray(grey),
        "grey.tif": Image.fromarray(grey),
    }
    cases = []
    for name, picture in made.items():
        path = _room(root, name.replace(".", "_")) / f"x.{name[-3:]}"
        exif = Image.Exif()
        exif[0x0112] = 6
        if name == "turned.jpg":
            picture.save(path, exif=exif)
        else:
            picture.save(path)
        cases += [one_file(path, read_radiograph), one_file(path, read_mask)]
    path = _room(root, "palette") / "x.png"
    write_mask(path, grey // 30)
    text = _room(root, "names") / "x.txt"
    text.write_text('# ITK-SnAP\n0 0 0 0 0 0 0 "Clear"\n1 0 9 7 1 1 1 "bone"\n')
    return [*cases, one_file(path, read_mask), one_file(text, read_label_names)]


def labelme(root: Path) -> list[Case]:
    """LabelMe with every kind of shape; the picture beside it, embedded, or absent."""
    import base64

    cases = []
    corners = np.array([[2, 2], [9, 3], [8, 9], [3, 8.0]])
    kinds = ("polygon", "rectangle", "circle", "line", "linestrip", "point", "points")
    shapes = [
        Shape(kind, corners[: 2 if kind == "circle" else 4], kind) for kind in kinds
    ]
    for how in ("beside", "inside", "alone"):
        folder = _room(root, how)
        Image.fromarray(SMALL[0].astype(np.uint8)).save(folder / "x.png")
        write_labelme(folder / "x.json", shapes, (16, 18), image_path="x.png")
        content = json.loads((folder / "x.json").read_text())
        if how == "inside":
            packed = base64.b64encode((folder / "x.png").read_bytes()).decode()
            content["imageData"] = packed
            patch = {"label": "m", "points": [[1, 1], [4, 4]], "shape_type": "mask"}
            content["shapes"].append({**patch, "mask": packed})
        if how != "beside":
            (folder / "x.png").unlink()
        (folder / "x.json").write_text(json.dumps(content))
        cases.append(one_file(folder / "x.json", _all_of_labelme))
    return cases


def _all_of_labelme(path: Path) -> object:
    notes = read_labelme(path)
    return notes.mask(), notes.label_map(), notes.points(), notes.polygons()


def csxa(root: Path) -> list[Case]:
    """CSXA's 23 points beside their film, and its whole folder with tracings."""
    plan = TwinPlan(0, 48, 2, "original")
    materialise("csxa_spinous", root / "csxa", plan)
    names = [path.stem for path in (root / "csxa" / "datasets-PNG").glob("*.png")]
    targets = tuple(f"datasets-JSON/{name}.json" for name in names)

    def points(folder: Path) -> object:
        return [
            read_landmarks(
                folder / "datasets-JSON" / f"{name}.json",
                folder / "datasets-PNG" / f"{name}.png",
            )
            for name in names
        ]

    tables = tuple(path.name for path in (root / "csxa").glob("*.xlsx"))
    bodies = Case(root / "csxa", (*targets, *tables), whole_set("csxa_spinous", 1))
    return [Case(root / "csxa", targets, points), bodies]


def whole_set(name: str, variant: int = 0) -> Read:
    """Return a reader of all samples of a data set's folder."""
    from spineseg.datasets import card

    chosen = (*card(name).variants, "bodies")[-1 if variant else 0]

    def read(root: Path) -> object:
        data = create_dataset(name, "all", root=root, variant=chosen)
        return [data[k] for k in range(min(2, len(data)))]

    return read


def layouts(root: Path) -> list[Case]:
    """Folders of data sets: tables, points, splits, masks and pictures."""
    cases = []
    for name, size, count in (
        ("cvmunet_xray", 64, 2),
        ("mdwc_spine", 64, 2),
        ("chest_xray", 64, 2),
        ("isic2016", 32, 2),
        ("spider", 32, 1),
        ("axial_mri", 32, 1),
    ):
        folder = root / name
        materialise(name, folder, TwinPlan(0, size, count))
        files = [path for path in folder.rglob("*") if path.is_file()]
        named = tuple(
            str(path.relative_to(folder))
            for path in files
            if "splits" not in path.parts and path.name != "manifest.jsonl"
        )
        tables = tuple(n for n in named if n.endswith((".csv", "tation.json")))
        # a table is damaged as often as all pictures together
        weight = max(1, len(named) // max(1, len(tables)))
        cases.append(Case(folder, named + tables * weight, whole_set(name)))
    spider, axial = root / "spider", root / "axial_mri"
    cases.append(Case(axial, (POINTS,), lambda folder: read_points(folder / POINTS)))
    cases.append(Case(spider, ("overview.csv",), _official))
    own = Case(root / "cvmunet_xray", ("samples.csv",), whole_set("own_folder"))
    splits = Case(root / "isic2016", ("splits/paper.txt",), _split)
    return [*cases, own, splits]


def _official(root: Path) -> object:
    return create_dataset("spider", "all", root=root, rule="official")[0]


def _split(root: Path) -> object:
    where = root / "splits" / "paper.txt"
    return read_split(where), create_dataset("isic2016", root=root, rule=where)


def _room(root: Path, name: str) -> Path:
    folder = root / name
    folder.mkdir(parents=True)
    return folder


FAMILIES: dict[str, Callable[[Path], list[Case]]] = {
    "DICOM film": films,
    "DICOM series": series,
    "volume (.mha, .nrrd)": volumes,
    "NIfTI": niftis,
    "picture and mask": pictures,
    "LabelMe": labelme,
    "CSXA": csxa,
    "data set folder": layouts,
}
"""Reader families by the names that the result file uses."""
