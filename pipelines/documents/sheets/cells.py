"""What is read of one worksheet, whatever its file format: cell texts by place, merges, what is hidden."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

# Excel's own bounds; a place beyond them is damage.
ROWS_LIMIT, COLUMNS_LIMIT = 1_048_576, 16_384
# Cells with text in one sheet: a report has under 2,000.
TEXTS_LIMIT = 100_000
# Merges in one sheet.
MERGES_LIMIT = 20_000

_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a sheet's dates have no zone


@dataclass(frozen=True, slots=True)
class Merge:
    """A merged range, its ends included; rows and columns from 0."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(slots=True)
class Sheet:
    """``texts`` holds the cells that are not empty, as they are printed, by (row, column) from 0.

    ``hidden`` is true for a sheet that is not shown. ``hidden_rows`` and ``hidden_columns`` are half-open ranges.
    ``cut`` is true where the sheet held more than the limits and was read in part. ``pictures`` counts images.
    """

    name: str
    hidden: bool = False
    texts: dict[tuple[int, int], str] = field(default_factory=dict)
    merges: list[Merge] = field(default_factory=list)
    hidden_rows: list[range] = field(default_factory=list)
    hidden_columns: list[range] = field(default_factory=list)
    cut: bool = False
    pictures: int = 0


def printed_number(number: float, decimals: int | None = None, *, grouped: bool = False, percent: bool = False) -> str:
    """A number as a sheet shows it: 12.0 → ``12``. ``decimals`` is how many a format fixes, ``grouped`` that it parts
    thousands. The 15 digits that a sheet keeps are all it shows: 0.1 + 0.2 is 0.3."""
    if number != number or number in (float("inf"), float("-inf")):
        return str(number)
    try:
        exact = Decimal(format(number, ".15g")) * (100 if percent else 1)
        if decimals is not None:
            exact = exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    except InvalidOperation:
        return format(number, ".15g")
    text = format(exact, ",f" if grouped else "f")
    if decimals is None and "." in text:
        text = text.rstrip("0").rstrip(".")
    return ("0" if text == "-0" else text) + ("%" if percent else "")


def printed_date(serial: float) -> str:
    """The day of a date cell, ``2021-01-31``; the plain number where it is no day of a calendar."""
    try:
        return (_EPOCH + timedelta(days=int(serial))).date().isoformat()
    except (OverflowError, ValueError):
        return printed_number(serial)


def printed(value: object) -> str:
    """A value as a reading library gives it."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return printed_number(float(value))
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date | time | timedelta):
        return str(value)
    return folded(str(value)) if value is not None else ""


def folded(text: str) -> str:
    """White space runs as one space, line breaks kept, empty lines left out."""
    lines = (" ".join(line.split()) for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    return "\n".join(line for line in lines if line)
