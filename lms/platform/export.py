"""Tables as CSV and XLSX.

CSV opens in an Indonesian spreadsheet as it is (UTF-8 with BOM, `;`, decimal comma);
`?format=baku` gives `,` and points for machines. A cell that begins like a formula is
neutralised with a leading apostrophe.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

import xlsxwriter
from flask import Response, request

from lms.platform import clock

_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
_NUMBERS: Final = (int, float, Decimal, Fraction)


def neutralised(text: str) -> str:
    """Return the text with an apostrophe before it if a spreadsheet would take it for a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def cell_text(value: Any, *, decimal_comma: bool) -> str:
    """Return a value as a CSV cell; fractions have six decimals, dates are ISO."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    if isinstance(value, datetime):
        return clock.local(value).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Fraction):
        value = (Decimal(value.numerator) / Decimal(value.denominator)).quantize(
            Decimal("0.000001")
        )
    if isinstance(value, _NUMBERS):
        text = str(value)
        return text.replace(".", ",") if decimal_comma else text
    return neutralised(str(value))


def csv_bytes(
    header: Sequence[str], rows: Iterable[Sequence[Any]], *, standard: bool = False
) -> bytes:
    """Return the table as CSV bytes with BOM."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter="," if standard else ";", lineterminator="\r\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([cell_text(value, decimal_comma=not standard) for value in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def xlsx_bytes(header: Sequence[str], rows: Iterable[Sequence[Any]], *, sheet: str) -> bytes:
    """Return the table as an XLSX file with one sheet, a frozen header row and real numbers."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"constant_memory": True, "strings_to_formulas": False})
    page = book.add_worksheet(sheet[:31])
    bold = book.add_format({"bold": True})
    page.freeze_panes(1, 0)
    for column, name in enumerate(header):
        page.write_string(0, column, name, bold)
    for line, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            if isinstance(value, _NUMBERS) and not isinstance(value, bool):
                page.write_number(line, column, float(value))
            else:
                page.write_string(line, column, cell_text(value, decimal_comma=False))
    book.close()
    return out.getvalue()


def table_response(
    name: str, kind: str, header: Sequence[str], rows: Iterable[Sequence[Any]]
) -> Response:
    """Answer a table as a download; `kind` is csv or xlsx, `?format=baku` is minded."""
    if kind == "xlsx":
        data = xlsx_bytes(header, rows, sheet=name)
        mime = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    else:
        data = csv_bytes(header, rows, standard=request.args.get("format") == "baku")
        mime = "text/csv"  # werkzeug adds the charset
    filename = f"titian-{name}-{clock.today().isoformat()}.{kind}"
    return Response(
        data, mimetype=mime, headers={"Content-Disposition": f'attachment; filename="{filename}"'}
    )
