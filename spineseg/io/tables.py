"""Tables beside the pictures: CSV, and the cells of an .xlsx sheet.

An .xlsx file is a zip of XML (ECMA-376 part 1, 18.3 and 18.4). A table of measures
needs its text and numbers only, so the few elements that hold them are read here and
no spreadsheet library is asked for. Formulas give their stored result.
"""

import csv
import re
import zipfile
from collections.abc import Iterator, Sequence
from typing import IO
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from spineseg.core.errors import SpinesegError
from spineseg.io._files import FilePath, atomic_write, existing_file

Cell = str | float | None
MAX_BYTES = 200_000_000
"""A member that unpacks to more is refused before it is unpacked."""
MAX_COLUMNS = 16_384
"""The widest sheet that the format allows."""

_REFERENCE = re.compile(r"^([A-Z]{1,3})\d+$")


def read_csv(path: FilePath) -> tuple[list[str], list[dict[str, str]]]:
    """Return the head and the rows of a CSV; letters that are no UTF-8 are replaced.

    A row that is shorter than the head lacks the last columns; the surplus of a longer
    one stands under ``""``.

    Raises:
        SpinesegError: if there is no such file or it is no CSV.
    """
    file = existing_file(path)
    try:
        with file.open(newline="", encoding="utf-8-sig", errors="replace") as stream:
            reader = csv.DictReader(stream, restkey="", restval=None)
            rows = [{k: v for k, v in row.items() if v is not None} for row in reader]
            return list(reader.fieldnames or ()), rows
    except csv.Error as error:
        raise SpinesegError(f"the table is broken ({error})", path=path) from error


def read_sheet(path: FilePath, sheet: str | None = None) -> list[list[Cell]]:
    """Return the rows of one sheet of an .xlsx file: texts, numbers, None.

    Rows have the length of their last cell; empty rows are empty lists.

    Args:
        path: the file.
        sheet: the sheet's name; None is the first.

    Raises:
        SpinesegError: if it is no .xlsx file, is broken, or has no such sheet.
    """
    file = existing_file(path)
    try:
        with zipfile.ZipFile(file) as packed:
            shared = _shared_texts(packed)
            with _opened(packed, _sheet_member(packed, sheet)) as stream:
                return list(_rows(stream, shared))
    except SpinesegError as error:
        raise SpinesegError(
            error.problem, path=path, found=error.found, expected=error.expected
        ) from error
    except Exception as error:
        # zipfile, zlib and the XML parser each have errors of their own
        raise SpinesegError(
            f"this is no readable .xlsx file ({type(error).__name__})", path=path
        ) from error


def _opened(packed: zipfile.ZipFile, name: str) -> IO[bytes]:
    """Open a member of sane size that declares no entities of its own."""
    size = packed.getinfo(name).file_size
    if size > MAX_BYTES:
        raise SpinesegError("a sheet is too large", found=f"{size} bytes")
    with packed.open(name) as stream:
        if b"<!" in stream.read(2048):
            raise SpinesegError("an .xlsx file declares no entities")
    return packed.open(name)


def _xml(packed: zipfile.ZipFile, name: str) -> ET.Element:
    """Parse a member; tags lose their namespace: two dialects name it differently."""
    with _opened(packed, name) as stream:
        root = ET.parse(stream).getroot()
    for node in root.iter():
        node.tag = node.tag.rpartition("}")[2]
    return root


def _shared_texts(packed: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in packed.namelist():
        return []
    return [_text(item) for item in _xml(packed, "xl/sharedStrings.xml").iter("si")]


def _text(node: ET.Element) -> str:
    """Join the runs of a text; phonetic guides (rPh) are no part of it."""
    guides = {id(t) for guide in node.iter("rPh") for t in guide.iter("t")}
    return "".join(t.text or "" for t in node.iter("t") if id(t) not in guides)


def _sheet_member(packed: zipfile.ZipFile, sheet: str | None) -> str:
    named = [node.attrib for node in _xml(packed, "xl/workbook.xml").iter("sheet")]
    fitting = [one for one in named if sheet in (None, one.get("name"))]
    if not fitting:
        raise SpinesegError(
            "there is no such sheet",
            found=", ".join(one.get("name", "?")[:40] for one in named[:5]) or "none",
            expected=sheet or "one",
        )
    key = next(v for k, v in fitting[0].items() if k.endswith("}id"))
    for link in _xml(packed, "xl/_rels/workbook.xml.rels").iter("Relationship"):
        if link.get("Id") == key:
            target = link.attrib["Target"]
            return target[1:] if target.startswith("/") else f"xl/{target}"
    raise SpinesegError("the workbook does not say where its sheet is")


def _rows(stream: IO[bytes], shared: list[str]) -> Iterator[list[Cell]]:
    """Yield rows; rows that a writer left out because they are empty come back.

    The tree of a large sheet would take half a gigabyte: rows are dropped once read.
    """
    yielded = 0
    for _, row in ET.iterparse(stream):
        row.tag = row.tag.rpartition("}")[2]
        if row.tag != "row":
            continue
        number = int(row.get("r", yielded + 1))
        if not yielded < number <= 1_048_576:
            raise SpinesegError("the rows of the sheet are out of order", found=number)
        for _ in range(number - yielded - 1):
            yield []
        yielded = number
        cells: list[Cell] = []
        for cell in row.iter("c"):
            column = _column(cell.get("r", ""), len(cells))
            if not len(cells) <= column < MAX_COLUMNS:
                raise SpinesegError("the cells of a row are out of order")
            cells += [None] * (column - len(cells)) + [_value(cell, shared)]
        yield cells
        row.clear()


def _column(reference: str, default: int) -> int:
    """Return the number of a column, 0 for A, from a reference such as ``"AB12"``."""
    match = _REFERENCE.match(reference)
    if match is None:
        return default
    number = 0
    for letter in match[1]:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number - 1


def _value(cell: ET.Element, shared: list[str]) -> Cell:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return _text(cell)
    node = cell.find("v")
    if node is None or not node.text:
        return None
    if kind == "s":
        place = int(node.text)
        if not 0 <= place < len(shared):
            raise SpinesegError("a cell names a text that is not there", found=place)
        return shared[place]
    return float(node.text) if kind in ("n", "b") else node.text


def write_sheet(path: FilePath, rows: Sequence[Sequence[Cell]]) -> None:
    """Write one sheet, ``Sheet1``, as .xlsx, atomically; the same bytes each time.

    Raises:
        SpinesegError: if the folder cannot be written.
    """
    body = "".join(
        f'<row r="{r}">{"".join(_cell(r, c, v) for c, v in enumerate(row))}</row>'
        for r, row in enumerate(rows, 1)
    )
    sheet = f'<worksheet xmlns="{_MAIN}"><sheetData>{body}</sheetData></worksheet>'
    with atomic_write(path) as part, zipfile.ZipFile(part, "w") as packed:
        for name, text in {**_PARTS, "xl/worksheets/sheet1.xml": sheet}.items():
            # a fixed date: a hash of the file may stand in a manifest
            packed.writestr(
                zipfile.ZipInfo(name), _HEAD + text, zipfile.ZIP_DEFLATED, 6
            )


def _cell(row: int, column: int, value: Cell) -> str:
    if value is None:
        return ""
    letters, rest = "", column + 1
    while rest:
        rest, letter = divmod(rest - 1, 26)
        letters = chr(ord("A") + letter) + letters
    place = f'r="{letters}{row}"'
    if isinstance(value, str):
        return f'<c {place} t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return f"<c {place}><v>{float(value)!r}</v></c>"


_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_SITE = "http://schemas.openxmlformats.org"
_MAIN = f"{_SITE}/spreadsheetml/2006/main"
_LINKS = f"{_SITE}/package/2006/relationships"
_OFFICE = f"{_SITE}/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_SITE}/package/2006/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" '
    f'ContentType="{_TYPE}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_LINKS}"><Relationship Id="rId1" '
    f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
    '<sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_LINKS}"><Relationship '
    f'Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    "</Relationships>",
}
