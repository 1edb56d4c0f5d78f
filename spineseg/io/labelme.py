"""LabelMe annotations (3.x to 5.x): shapes, masks, the picture they belong to."""

import json
import math
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from spineseg.core.errors import SpinesegError
from spineseg.io._files import FilePath, atomic_write, existing_file, is_there
from spineseg.io._shapes import TYPES, decode_picture, fill
from spineseg.io.radiograph import open_picture, with_path

MAX_SIDE = 30_000


@dataclass(frozen=True)
class Shape:
    """One annotated shape.

    points_px: (n, 2) float64, x to the right and y down from the top left corner of
    the picture. kind: LabelMe's shape_type.  group: joins the parts of one object.
    patch: the pixels of a ``mask`` shape.
    """

    label: str
    points_px: NDArray[np.float64]
    kind: str = "polygon"
    group: int | None = None
    patch: NDArray[np.bool_] | None = None

    def mask(self, size: tuple[int, int]) -> NDArray[np.bool_]:
        """Return the pixels it covers in a picture of ``size`` (rows, columns)."""
        return fill(self.kind, self.points_px, size, self.patch)


@dataclass(frozen=True)
class LabelMe:
    """The annotation of one picture.

    shapes: in drawing order.  size: (rows, columns) of the upright picture.
    picture_path: the picture's file where one was found.  version: as the file says.
    embedded: whether a picture is inside the file.  notes: oddities.
    """

    shapes: tuple[Shape, ...]
    size: tuple[int, int]
    picture_path: Path | None = None
    version: str = ""
    notes: tuple[str, ...] = ()
    embedded: bool = False

    @property
    def labels(self) -> tuple[str, ...]:
        """Return the labels in order of first appearance."""
        return tuple(dict.fromkeys(shape.label for shape in self.shapes))

    def polygons(self, label: str | None = None) -> list[NDArray[np.float64]]:
        """Return the corners of the polygons of one label (or of all)."""
        return [shape.points_px for shape in self._of(label) if shape.kind == "polygon"]

    def points(self, label: str | None = None) -> NDArray[np.float64]:
        """Return single points as (n, 2); a polygon of one point counts as one.

        A label that was set twice gives two rows.
        """
        kinds = ("point", "points")
        found = [
            shape.points_px
            for shape in self._of(label)
            if shape.kind in kinds or len(shape.points_px) == 1
        ]
        return np.concatenate(found) if found else np.empty((0, 2))

    def mask(self, label: str | None = None) -> NDArray[np.bool_]:
        """Return the union of all shapes of one label (or of all).

        Raises:
            SpinesegError: if no shape has this label.
        """
        chosen = self._of(label)
        if label is not None and not chosen:
            raise SpinesegError(
                "no shape has this label", found=label, expected=", ".join(self.labels)
            )
        whole = np.zeros(self.size, bool)
        for shape in chosen:
            whole |= shape.mask(self.size)
        return whole

    def label_map(self, order: tuple[str, ...] | None = None) -> NDArray[np.uint8]:
        """Return numbers 1, 2, ... by ``order`` of labels; later shapes lie on top.

        Raises:
            SpinesegError: if there are more than 255 labels.
        """
        names = self.labels if order is None else order
        if len(names) > 255:
            raise SpinesegError("more than 255 labels", found=len(names))
        numbers = {name: number for number, name in enumerate(names, 1)}
        whole = np.zeros(self.size, np.uint8)
        for shape in self.shapes:
            if shape.label in numbers:
                whole[shape.mask(self.size)] = numbers[shape.label]
        return whole

    def _of(self, label: str | None) -> list[Shape]:
        return [shape for shape in self.shapes if label in (None, shape.label)]


def read_labelme(
    path: FilePath,
    *,
    picture: FilePath | None = None,
    trust_picture: bool = False,
) -> LabelMe:
    """Read a LabelMe file and check it against its picture.

    The picture is ``picture``, or the embedded one, or ``imagePath`` beside the JSON
    (Windows separators are understood). Its size is taken upright, by its EXIF tag,
    because LabelMe annotates the upright picture. Without any picture the size is the
    JSON's.

    Args:
        path: the JSON file.
        picture: the picture, where it lies elsewhere.
        trust_picture: on contradicting sizes take the picture's in silence (CSXA's
            files need it); points are never rescaled.

    Raises:
        SpinesegError: if the JSON is broken, a shape impossible, or the sizes differ.
    """
    file = existing_file(path)
    content = load_json(file)
    try:
        stated = _stated_size(content)
        real, where = _real_size(content, file, picture)
        shapes = tuple(
            _shape(item, number) for number, item in enumerate(content["shapes"])
        )
    except SpinesegError as error:
        raise with_path(error, file) from error
    notes = []
    if stated and real and stated != real:
        if not trust_picture:
            raise SpinesegError(
                "the picture's size is not the annotation's",
                path=file,
                found=f"{real[0]} x {real[1]} (rows x columns)",
                expected=f"{stated[0]} x {stated[1]}",
                remedy="The picture was resized or turned after annotation; "
                "pass trust_picture=True only if the points fit",
            )
        notes.append(f"the JSON states {stated[0]} x {stated[1]}")
    size = real or stated
    if size is None:
        raise SpinesegError("neither picture nor size is known", path=file)
    version = str(content.get("version", ""))
    inside = isinstance(content.get("imageData"), str)
    return LabelMe(shapes, size, where, version, tuple(notes), inside)


def load_json(file: Path) -> dict[str, Any]:
    """Return a LabelMe file's content, its list of shapes checked to be there."""
    try:
        content = json.loads(file.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise SpinesegError(
            f"this is no JSON file ({str(error)[:80]})", path=file
        ) from error
    if not isinstance(content, dict) or not isinstance(content.get("shapes"), list):
        raise SpinesegError(
            "this is no LabelMe file", path=file, expected='a list named "shapes"'
        )
    return content


def _stated_size(content: dict[str, Any]) -> tuple[int, int] | None:
    rows, columns = content.get("imageHeight"), content.get("imageWidth")
    if not rows or not columns:
        return None  # missing, null or zero: the picture decides
    usable = all(
        type(side) is int and 0 < side <= MAX_SIDE for side in (rows, columns)
    )  # isinstance would take JSON's true for the number 1
    if not usable:
        raise SpinesegError("impossible size", found=f"{rows!r} x {columns!r}"[:60])
    return rows, columns


def _real_size(
    content: dict[str, Any], file: Path, picture: FilePath | None
) -> tuple[tuple[int, int] | None, Path | None]:
    if picture is None and isinstance(content.get("imageData"), str):
        opened = ImageOps.exif_transpose(decode_picture(content["imageData"]))
        return _checked(opened), None
    where = Path(picture) if picture is not None else _beside(content, file)
    if where is None:
        return None, None
    return _checked(open_picture(existing_file(where))), where


def _checked(opened: Image.Image) -> tuple[int, int]:
    if max(opened.size) > MAX_SIDE:
        raise SpinesegError(
            "impossible size", found=f"{opened.height} x {opened.width}"
        )
    return opened.height, opened.width


def _beside(content: dict[str, Any], file: Path) -> Path | None:
    """Find imagePath relative to the JSON, else a file of that name beside it."""
    named = content.get("imagePath")
    if not isinstance(named, str) or not named or "\0" in named:
        return None
    parts = PureWindowsPath(named).parts  # splits at both kinds of separator
    for candidate in (file.parent.joinpath(*parts), file.parent / parts[-1]):
        if is_there(candidate):
            return candidate
    return None


def _shape(item: Any, number: int) -> Shape:
    where = f"shape {number}"
    if not isinstance(item, dict) or not isinstance(item.get("label"), str):
        raise SpinesegError(f"{where} has no label")
    kind = item.get("shape_type") or "polygon"  # the oldest files have no type
    if kind not in TYPES:
        raise SpinesegError(f"{where} is of an unknown type", found=repr(kind)[:60])
    points = _points(item.get("points"), where)
    patch = None
    if isinstance(item.get("mask"), str):
        patch = np.asarray(decode_picture(item["mask"]).convert("L")) > 0
    group = item.get("group_id")
    shape = Shape(
        item["label"], points, kind, group if isinstance(group, int) else None, patch
    )
    shape.mask((1, 1))  # refuses impossible shapes now, not when a mask is asked for
    return shape


def _points(raw: Any, where: str) -> NDArray[np.float64]:
    try:
        points = [(float(x), float(y)) for x, y in raw]
    except (TypeError, ValueError) as error:
        raise SpinesegError(f"{where} has broken points") from error
    flat = [value for point in points for value in point]
    if not points or not all(math.isfinite(v) and abs(v) < 1e6 for v in flat):
        raise SpinesegError(f"{where} has no usable points", found=repr(raw)[:60])
    return np.array(points, np.float64)


def write_labelme(
    path: FilePath,
    shapes: list[Shape],
    size: tuple[int, int],
    *,
    image_path: str = "",
) -> None:
    """Write polygons, points and other shapes as LabelMe 5 JSON, atomically.

    The picture is named, not embedded; mask shapes are not written.

    Raises:
        SpinesegError: if a shape is impossible or the folder cannot be written.
    """
    for shape in shapes:
        if shape.kind == "mask":
            raise SpinesegError("mask shapes are not written", path=path)
        shape.mask((1, 1))
    content = {
        "version": "5.5.0",
        "flags": {},
        "shapes": [
            {
                "label": shape.label,
                "points": shape.points_px.tolist(),
                "group_id": shape.group,
                "description": "",
                "shape_type": shape.kind,
                "flags": {},
                "mask": None,
            }
            for shape in shapes
        ],
        "imagePath": image_path,
        "imageData": None,
        "imageHeight": int(size[0]),
        "imageWidth": int(size[1]),
    }
    with atomic_write(path) as part:
        part.write_text(json.dumps(content, indent=2), encoding="utf-8")
