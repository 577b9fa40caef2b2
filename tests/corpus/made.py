"""Records and outcomes in the shape of the real ones, made to order."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from archive.record import Location, RecordKind, WebRecord
from pipelines.fingerprint import Parser
from pipelines.report import Agency, Cell, Failed, Finding, NotAReport, Report, Section, Source

PARSER = Parser("test-1", "", "", "", "")
PAGE = "http://wsjkw.qingdao.gov.cn/zwgk/2020nb.html"
FILE = "http://wsjkw.qingdao.gov.cn/zwgk/files/2020nb.pdf"
HEALTH = Agency("青岛市卫生健康委员会", "市卫健委", "370200", "prefecture", "health")
FIRST = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)

ROWS = ("newly_received", "carried_over", "granted", "partially_granted", "total", "carried_forward")
COLUMNS = ("natural_person", "commercial_enterprise", "total")
# Each column balances: newly received + carried over = total + carried forward.
NUMBERS = {
    (row, column): number + place * 10
    for row, number in zip(ROWS, (50, 7, 20, 4, 24, 33), strict=True)
    for place, column in enumerate(COLUMNS)
}
TEXT = (
    "2020年，我委深入贯彻落实政府信息公开条例。全年主动公开政府信息一千二百条。"
    "健全依申请公开工作规范，全年收到申请二十四件。按时答复率达到百分之百，未发生行政复议。"
    "下一步将继续完善工作机制，提高公开质量。"
)


def record(
    url: str = PAGE,
    *,
    day: int = 0,
    payload: bytes | None = None,
    kind: RecordKind = "response",
    number: int = 0,
    **rest: object,
) -> WebRecord:
    """A capture of ``url``, ``day`` days after the first; a payload of its own unless one is given."""
    captured = FIRST + timedelta(days=day)
    payload = f"{url} {day} {number}".encode() if payload is None else payload
    identity = hashlib.sha1(f"{url} {day} {number} {kind}".encode()).hexdigest()
    made = WebRecord(
        kind=kind,
        url=url,
        captured=captured,
        status=None if kind == "resource" else 200,
        headers=(("Content-Type", "text/html"),),
        payload=payload,
        payload_digest="sha1:" + hashlib.sha1(payload).hexdigest(),
        truncated=None,
        location=Location("nianbao-20261121.warc.gz", int(identity[:6], 16), f"urn:uuid:{identity}"),
    )
    return replace(made, **rest)  # type: ignore[arg-type]


def report(
    url: str = PAGE,
    *,
    agency: Agency | None = HEALTH,
    year: int | None = 2020,
    numbers: Mapping[tuple[str, str], int | None] = NUMBERS,
    text: str = TEXT,
    title: str | None = "2020年政府信息公开工作年度报告",
    published: date | None = None,
    attachments: tuple[str, ...] = (),
    errors: int = 0,
    others: tuple[Report, ...] = (),
    form: str = "2019",
) -> Report:
    """A report with the cells ``numbers`` (None: blank)."""
    cells = tuple(
        Cell(
            "requests", row, column, "blank" if value is None else "number", value, "" if value is None else str(value)
        )
        for (row, column), value in numbers.items()
    )
    finding = Finding("requests.balance", "error", "sums differ", "合计不符", "requests", "total", "total", 1, 2)
    return Report(
        agency=agency,
        year=year,
        form=form,
        title=title,
        signed=None,
        published=published,
        sections=(Section(1, "总体情况", text),) if text else (),
        cells=cells,
        extra=(),
        findings=(finding,) * errors,
        source=Source(url, "text/html", "utf-8"),
        attachments=attachments,
        others=others,
    )


def announcement(url: str = PAGE, *attachments: str, **rest: object) -> NotAReport:
    """A page that only links the report's file."""
    page = NotAReport(
        "attachment_only", "the page only links a file", Source(url, "text/html"), attachments=attachments
    )
    return replace(page, **rest)  # type: ignore[arg-type]


def failure(url: str = PAGE) -> Failed:
    return Failed("encrypted", "the file is protected by a password", Source(url, "application/pdf"))


def changed(key: tuple[str, str], value: int | None) -> dict[tuple[str, str], int | None]:
    """`NUMBERS` with one other value."""
    return {**NUMBERS, key: value}
