"""Stored readings in the proportions of a real corpus, made from reports that the parser has read from pages.

Of ten reports, five are one page; two are a page with the file that it links, one a page that only announces its file,
one is posted again on another portal, and one was corrected and stands on a foreign domain as well: sixteen versions.
Every report has an agency, year, numbers and text of its own.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import product

from archive.record import Location, WebRecord
from config import divisions
from pipelines.report import Agency, NotAReport, Report, Section, Source

_BODIES = ("教育局", "财政局", "民政局", "司法局", "水利局", "审计局", "统计局", "信访局", "卫生健康局", "应急管理局")
_YEARS = (2019, 2020, 2021, 2022, 2023, 2024)
_LEFT_OVER = ("carried_over", "carried_forward", "regulations", "normative_documents")
_FREE = ("licensing", "penalties", "compulsory_measures", "training.people_trained", "organization.reading_points")
# So often a report's numbers don't follow from those of the year before.
_UNSETTLED = 12
_CAPTURED = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)

Stored = tuple[WebRecord, Report | NotAReport]


def bodies() -> Iterator[Agency]:
    """Bureaus of every county, one after the other."""
    counties = [one for one in divisions.divisions() if one.level == "county" and one.until is None]
    for body in _BODIES:
        for county in counties:
            yield Agency(county.name + body, county.name + body, county.code, "county", "government")


def versions(count: int, read: list[Report]) -> Iterator[Stored]:
    """At least ``count`` versions, like the reports in ``read``; agency after agency, year after year."""
    made = 0
    for number, (agency, year) in enumerate(product(bodies(), _YEARS)):
        report = _own(read[number % len(read)], agency, year, number)
        address = f"http://www.c{agency.division}.gov.cn/{number}"
        for stored in _published(report, year, address, number):
            yield stored
            made += 1
        if made >= count:
            return


def _own(report: Report, agency: Agency, year: int, number: int) -> Report:
    """``report`` as that of another agency and year."""
    first, *others = report.sections
    if number % _UNSETTLED:
        report = _settled(report)
    text = f"{agency.name}{year}年办理第{number}号事项。{first.text}"
    return replace(
        _changed(report, number),
        agency=agency,
        year=year,
        title=f"{agency.name}{year}年政府信息公开工作年度报告",
        published=date(year + 1, 1, 20),
        sections=(Section(first.number, first.heading, text), *others),
        attachments=(),
    )


def _settled(report: Report) -> Report:
    """``report`` with nothing that one year leaves to the next: it fits the report of any other year."""
    totals = {cell.column: cell.value for cell in report.cells if (cell.table, cell.row) == ("requests", "total")}
    cells = tuple(
        replace(cell, value=0)
        if cell.row in _LEFT_OVER
        else replace(cell, value=totals[cell.column])
        if (cell.table, cell.row) == ("requests", "newly_received")
        else cell
        for cell in report.cells
    )
    return replace(report, cells=cells)


def _changed(report: Report, number: int) -> Report:
    """``report`` with other numbers in rows that stand in no sum."""
    cells = tuple(
        replace(cell, value=cell.value + number % 97) if cell.row in _FREE and cell.value is not None else cell
        for cell in report.cells
    )
    return replace(report, cells=cells)


def _published(report: Report, year: int, address: str, number: int) -> Iterator[Stored]:
    page, file = f"{address}.html", f"{address}.pdf"
    way = number % 10
    if way < 5:
        yield _stored(page, report)
    elif way < 7:
        yield _stored(page, replace(report, attachments=(file,)))
        yield _stored(file, report)
    elif way == 7:
        source = Source(page, "text/html")
        yield _stored(page, NotAReport("attachment_only", "links a file", source, report.title, attachments=(file,)))
        yield _stored(file, report)
    elif way == 8:
        yield _stored(page, report)
        yield _stored(f"http://www.province.gov.cn/again/{number}.html", report)
    else:
        yield _stored(page, report)
        yield _stored(f"{address}-2.html", replace(_changed(report, number + 3), published=date(year + 1, 3, 1)))
        yield _stored(f"http://www.example.com/{number}.html", report)


def _stored(url: str, outcome: Report | NotAReport) -> Stored:
    digest = hashlib.sha1(url.encode()).hexdigest()
    location = Location("benchmark.warc.gz", int(digest[:7], 16), f"urn:uuid:{digest}")
    record = WebRecord("response", url, _CAPTURED, 200, (), b"", "sha1:" + digest, None, location)
    return record, replace(outcome, source=replace(outcome.source, url=url))
