"""Tables: CSV as spreadsheets write it, .xlsx without a spreadsheet library."""

import zipfile

import pytest

from spineseg.core.errors import SpinesegError
from spineseg.io.tables import read_csv, read_sheet, write_sheet

ROWS = [["a title"], ["Number", "A & <b>", None, "é"], [1, 2.5, None, "x"], [], [None]]


def test_a_written_sheet_is_read_back(tmp_path):
    path = tmp_path / "x.xlsx"
    write_sheet(path, ROWS)
    assert read_sheet(path) == [*ROWS[:4], []]  # a lone empty cell is not written
    assert read_sheet(path, "Sheet1") == read_sheet(path)
    before = path.read_bytes()
    write_sheet(path, ROWS)
    assert path.read_bytes() == before


def as_office(path, sheet, texts=""):
    """Write the members as the common office programs do: shared texts, rich runs."""
    write_sheet(path, [])
    with zipfile.ZipFile(path) as packed:
        parts = {name: packed.read(name).decode() for name in packed.namelist()}
    parts["xl/worksheets/sheet1.xml"] = sheet
    parts["xl/sharedStrings.xml"] = f'<sst xmlns="x">{texts}</sst>'
    with zipfile.ZipFile(path, "w") as packed:
        for name, text in parts.items():
            packed.writestr(name, text)
    return path


def test_shared_texts_rich_runs_gaps_and_far_columns(tmp_path):
    texts = "<si><t>one</t></si><si><r><t>two </t></r><r><t>runs</t></r>"
    texts += "<rPh><t>guide</t></rPh></si>"
    cells = '<c r="A1" t="s"><v>1</v></c><c r="AB1"><v>7</v></c>'
    rows = f'<row r="1">{cells}</row><row r="4"><c t="b"><v>1</v></c></row>'
    sheet = f'<worksheet xmlns="x"><sheetData>{rows}</sheetData></worksheet>'
    got = read_sheet(as_office(tmp_path / "x.xlsx", sheet, texts))
    assert got == [["two runs", *[None] * 26, 7.0], [], [], [1.0]]


@pytest.mark.parametrize(
    "sheet",
    [
        "<!DOCTYPE a [<!ENTITY b 'c'>]><worksheet>&b;</worksheet>",
        '<worksheet><row r="2"/><row r="1"/></worksheet>',
        '<worksheet><row><c r="XFE1"><v>1</v></c></row></worksheet>',
        '<worksheet><row><c t="s"><v>5</v></c></row></worksheet>',
        "<worksheet><row>",
    ],
)
def test_a_hostile_or_broken_sheet_is_refused(tmp_path, sheet):
    with pytest.raises(SpinesegError, match=r"x\.xlsx"):
        read_sheet(as_office(tmp_path / "x.xlsx", sheet))


def test_a_file_that_is_no_sheet_and_a_sheet_that_is_not_there(tmp_path):
    (tmp_path / "x.xlsx").write_text("Number\n1\n")
    with pytest.raises(SpinesegError, match="no readable"):
        read_sheet(tmp_path / "x.xlsx")
    write_sheet(tmp_path / "x.xlsx", ROWS)
    with pytest.raises(SpinesegError, match="Sheet1"):
        read_sheet(tmp_path / "x.xlsx", "Sheet2")


def test_rows_of_a_csv_may_be_short_or_long(tmp_path):
    (tmp_path / "x.csv").write_text("\ufeffa,b\n1\n1,2,3\n", encoding="utf-8")
    head, rows = read_csv(tmp_path / "x.csv")
    assert head == ["a", "b"]
    assert rows == [{"a": "1"}, {"a": "1", "b": "2", "": ["3"]}]
