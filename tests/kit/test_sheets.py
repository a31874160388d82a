"""Sheets: typed cells, the same rows in both kinds of file, and nothing that a spreadsheet would run."""

import csv
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from python_calamine import CalamineWorkbook

from server.kit.sheets import BOM, Row, Sheet, as_csv, as_xlsx

ATTACKS = [
    "=1+1",
    "+86",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1",
    "＋1",
    "－1",
    "＠A1",
    '=HYPERLINK("http://x")',
]
ROW: Row = ["深坑", 19, 0.4211, Decimal("2.5"), date(2026, 11, 23), None, "007", "http://127.0.0.1/"]
SHEET = Sheet("表", [f"列{n}" for n in range(len(ROW))], [ROW], frozenset({2}))


def read_csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(content.decode("utf-8-sig"), newline="")))


def read_xlsx(content: bytes) -> list[list[object]]:
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    return [list(row) for row in book.get_sheet_by_index(0).to_python()]


def test_a_csv_opens_in_excel() -> None:
    content = as_csv(SHEET)
    assert content.startswith(BOM.encode())
    assert content.count(BOM.encode()) == 1
    assert content.endswith(b"\r\n")
    assert read_csv(content)[1] == ["深坑", "19", "0.4211", "2.5", "2026-11-23", "", "007", "http://127.0.0.1/"]


def test_an_xlsx_keeps_the_type_of_every_cell() -> None:
    headings, row = read_xlsx(as_xlsx(SHEET))
    assert headings == list(SHEET.headings)
    assert row == ["深坑", 19.0, 0.4211, 2.5, date(2026, 11, 23), "", "007", "http://127.0.0.1/"]


@pytest.mark.parametrize("text", ATTACKS)
def test_no_text_is_a_formula(text: str) -> None:
    sheet = Sheet("x", ["heading", text], [["a", text]])
    assert [row[1] for row in read_csv(as_csv(sheet))] == [f"'{text}", f"'{text}"]
    book = as_xlsx(sheet)
    assert [str(row[1]).strip() for row in read_xlsx(book)] == [text.strip()] * 2
    assert b"<f>" not in unzipped(book)
    assert b"hyperlink" not in unzipped(book)


@pytest.mark.parametrize("text", ["a=1", "1-2", "a\nb", 'say "x", y', "😀𠮷"])
def test_other_texts_come_back_as_they_are(text: str) -> None:
    sheet = Sheet("x", ["heading"], [[text]])
    assert read_csv(as_csv(sheet))[1] == [text]
    assert read_xlsx(as_xlsx(sheet))[1] == [text]


@pytest.mark.parametrize("number", [-1, -0.5, Decimal(-3)])
def test_a_number_below_zero_stays_a_number(number: int | float | Decimal) -> None:
    assert read_csv(as_csv(Sheet("x", ["n"], [[number]])))[1] == [str(number)]
    assert read_xlsx(as_xlsx(Sheet("x", ["n"], [[number]])))[1] == [float(number)]


def test_a_sheet_may_be_empty_and_have_a_long_title() -> None:
    sheet = Sheet("很长的标题" * 20, ["只有表头"], [])
    assert read_csv(as_csv(sheet)) == [["只有表头"]]
    assert read_xlsx(as_xlsx(sheet)) == [["只有表头"]]


def unzipped(content: bytes) -> bytes:
    with ZipFile(BytesIO(content)) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())
