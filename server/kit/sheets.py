"""Tables for spreadsheets: the same typed rows as CSV and as XLSX, in which no text is ever run as a formula."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

from xlsxwriter import Workbook  # type: ignore[import-untyped]

Value = str | int | float | Decimal | date | None
Row = Sequence[Value]

CSV = "text/csv; charset=utf-8"
JSON = "application/json"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""Without it Excel reads UTF-8 as the code page of the machine."""

FORMULA = tuple("=+-@\t\r\n＝＋－＠")
"""A cell that begins so is a formula, or becomes one once a program has trimmed or narrowed it."""

TITLE_LENGTH = 31
WIDEST = 60
CALM = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


@dataclass(frozen=True)
class Sheet:
    """A table with one row of headings; `ratios` are the columns, counted from 0, that read as a percentage."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Row]
    ratios: frozenset[int] = frozenset()


def as_csv(sheet: Sheet) -> bytes:
    """UTF-8 with its mark, comma, CRLF; an apostrophe goes before what could be taken for a formula."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([inert(heading) for heading in sheet.headings])
    writer.writerows([inert(value) for value in row] for row in sheet.rows)
    return (BOM + text.getvalue()).encode()


def as_xlsx(sheet: Sheet) -> bytes:
    """Cells of the type of their values: a text stays a text, whatever it begins with."""
    file = BytesIO()
    with Workbook(file, {"constant_memory": True, "default_date_format": "yyyy-mm-dd", **CALM}) as book:
        page = book.add_worksheet(sheet.title[:TITLE_LENGTH])
        page.freeze_panes(1, 0)
        page.set_row(0, None, book.add_format({"bold": True}))
        percent = book.add_format({"num_format": "0.0%"})
        for column, width in enumerate(widths(sheet)):
            page.set_column(column, column, width, percent if column in sheet.ratios else None)
        for number, row in enumerate([sheet.headings, *sheet.rows]):
            write(page, number, row)
    return file.getvalue()


def inert(value: Value) -> Value:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def write(page: Any, number: int, row: Row) -> None:
    for column, value in enumerate(row):
        match value:
            case str():
                page.write_string(number, column, value)
            case date():
                page.write_datetime(number, column, value)
            case int() | float() | Decimal():
                page.write_number(number, column, value)


def widths(sheet: Sheet) -> list[int]:
    """Room for the longest text of each column; a Chinese character takes two places."""
    columns = zip(sheet.headings, *sheet.rows, strict=True)
    return [min(WIDEST, 2 + max(len(shown(v).encode("gb18030", "replace")) for v in column)) for column in columns]


def shown(value: Value) -> str:
    return f"{value:.4f}" if isinstance(value, float) else str(value if value is not None else "")
