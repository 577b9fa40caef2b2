"""`nianbao reparse` and `nianbao history` as a user meets them: what is lost is loud, and can be looked up."""

from pathlib import Path

from archive.folder import ArchiveFolder
from archive.reader import records
from pipelines.corpus import Corpus
from pipelines.fingerprint import Parser
from pipelines.parse import parse
from tests.cli.command import nianbao
from tests.kit.reports.render import html_body
from tests.kit.reports.sample import SampleReport

AGENCY = "青岛市卫生健康委员会"


def test_a_report_that_a_new_parser_loses_is_exit_code_3_and_stays_in_its_history(tmp_path: Path) -> None:
    sample = SampleReport.drawn(AGENCY, 2021, "2021")
    page = tmp_path / "2021.html"
    page.write_text(f"<html><title>{sample.title}</title><body>{html_body(sample)}</body></html>", encoding="utf-8")
    news = tmp_path / "news.html"
    news.write_text("<html><h1>我局召开会议</h1><p>会议强调要做好各项工作。</p></html>", encoding="utf-8")
    data = tmp_path / "data"
    assert nianbao("--data", data, "import", page, news).code == 0
    # An older parser took the news for a report, too.
    with Corpus.open(data / "corpus.sqlite") as corpus:
        found = {record.url.rpartition("/")[2]: record for record in records(ArchiveFolder(data))}
        outcome = parse(found["2021.html"], None)
        corpus.store(found["news.html"], outcome.__class__(**{**_fields(outcome), "year": 2011}), _older())
        corpus.assemble()

    rehearsed = nianbao("--data", data, "reparse", "--dry-run", "--json", "--workers", 1)
    done = nianbao("--data", data, "reparse", "--json", "--workers", 1)
    assert rehearsed.code == done.code == 3
    assert rehearsed.json == done.json
    assert (done.json["changes"]["lost"], done.json["began"]) == (1, {"document": 1})
    (example,) = done.json["changes"]["examples"]["lost"]
    assert example["file"].endswith(".warc.gz") and example["url"].endswith("news.html") and example["offset"] >= 0
    assert nianbao("--data", data, "reparse").code == 0

    # Where there is no corpus yet, a dry run makes none.
    aside = (data / "corpus.sqlite").rename(tmp_path / "corpus.sqlite")
    nothing = nianbao("--data", data, "reparse", "--dry-run", "--json", "--workers", 1)
    assert nothing.json["changes"]["new"] == 1 and not list(data.glob("corpus*"))
    aside.rename(data / "corpus.sqlite")

    told = nianbao("--data", data, "history", AGENCY, 2011, "--json").json
    assert [event["what"] for event in told[0]["events"]] == ["new", "lost"]
    assert len(told[0]["events"][1]["cells"]) > 100
    shown = nianbao("--data", data, "history", AGENCY, 2021)
    assert shown.code == 0 and "new: nianbao" in shown.out and "2021.html" in shown.out
    assert nianbao("--data", data, "history", AGENCY, 1999).code == 2


def _fields(outcome: object) -> dict[str, object]:
    return {name: getattr(outcome, name) for name in outcome.__dataclass_fields__}  # type: ignore[attr-defined]


def _older() -> Parser:
    return Parser("older", "", "", "", "")
