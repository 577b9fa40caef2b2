"""What runs, and which files are read, in each stage of the parser, over documents of every format.

    python -m tests.kit.stage_trace

prints JSON: by stage the top-level names that ran (module, name) and the data files that were opened.
"""

import json
import sys
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from archive.record import Location, WebRecord
from config.load import load_sites
from pipelines.closure import ROOT
from pipelines.fingerprint import Stage
from pipelines.forms import check, split_reports
from pipelines.identity import identify
from pipelines.parse import Document, read, read_form
from tests.kit.reports.render import docx, html_body, pdf, xlsx
from tests.kit.reports.sample import SampleReport

AGENCY = "青岛市卫生健康委员会"
URL = "http://wsjkw.qingdao.gov.cn/zwgk/t20220120_12.html"
_RAN: dict[str, set[tuple[str, str]]] = defaultdict(set)
_READ: dict[str, set[str]] = defaultdict(set)
_MET: set[tuple[Stage, CodeType]] = set()
_now: Stage | None = None


def documents() -> list[bytes]:
    """A report in each format, and pages that are none."""
    report = SampleReport.drawn(AGENCY, 2020, "2019")
    head = f'<title>{report.title}</title><meta name="ArticleTitle" content="{report.title}">'
    page = f"<!DOCTYPE html><html><head>{head}</head><body>{html_body(report)}</body></html>"
    text = "\n".join(f"{kind} {content}" for kind, content in report.blocks())
    others = ("<p>县政府办公室举办政务公开培训会议</p>", '{"data": []}', "%PDF-1.4 broken")
    formats = [page.encode(), page.encode("gb18030"), pdf(report), docx(report), xlsx(report), text.encode()]
    return formats + [other.encode() for other in others]


def _on_call(frame: FrameType, event: str, argument: Any) -> None:
    code = frame.f_code
    if _now is None or (_now, code) in _MET:
        return
    _MET.add((_now, code))
    if code.co_filename.startswith(str(ROOT)):
        name = code.co_qualname.partition(".")[0]
        # What runs while a module is loaded are its statements, which belong to the names that they define.
        if not name.startswith("<"):
            path = Path(code.co_filename).relative_to(ROOT).with_suffix("")
            module = ".".join(path.parts).removesuffix(".__init__")
            if module.split(".")[0] in ("archive", "config", "pipelines"):
                _RAN[_now.name].add((module, name))


def _on_open(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open" and _now is not None and str(arguments[0]).startswith(str(ROOT)):
        path = Path(str(arguments[0]))
        if path.suffix not in (".py", ".pyc") and ".venv" not in path.parts:
            _READ[_now.name].add(path.relative_to(ROOT).as_posix())


def _enter(stage: Stage | None) -> None:
    global _now
    _now = stage


def main() -> None:
    site = next(iter(load_sites().values()), None)
    payloads = documents()
    captured = datetime(2024, 5, 1, tzinfo=UTC)
    sys.addaudithook(_on_open)
    # Called for calls of Python's functions alone, as it traces no lines.
    sys.settrace(_on_call)
    for payload in payloads:
        record = WebRecord("response", URL, captured, 200, (), payload, None, None, Location("x.warc.gz", 0, "urn:x"))
        _enter(Stage.DOCUMENT)
        document = read(record)
        if isinstance(document, Document):
            _enter(Stage.FORMS)
            forms = [(part, read_form(part, URL)) for part in split_reports(document)]
            for part, form in forms:
                _enter(Stage.IDENTITY)
                identity = identify(part, url=URL, captured=captured, site=site, sections=form.sections)
                _enter(Stage.RULES)
                check(form.reading, form.sections, identity)
        _enter(None)
    sys.settrace(None)
    json.dump(
        {"ran": {k: sorted(v) for k, v in _RAN.items()}, "read": {k: sorted(v) for k, v in _READ.items()}}, sys.stdout
    )


if __name__ == "__main__":
    main()
