"""Alarms through `run-due`: raised once, told once, closed and that told, whatever fails in between."""

import json
import sys
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from tests.kit.portal.server import Reply
from tests.schedule.operator_folder import Operator
from tests.schedule.portals import Street, portal, report, routes

NOW = datetime(2027, 6, 20, 2, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    operator = Operator(tmp_path)
    told = tmp_path / "told"
    told.mkdir()
    # Keeps each alarm as a file; fails where it is told to.
    (tmp_path / "tell.py").write_text(
        "import pathlib, sys\n"
        f"folder = pathlib.Path({str(told)!r})\n"
        "if (folder / 'broken').exists(): sys.exit('no route to the operator')\n"
        "number = len(list(folder.iterdir()))\n"
        "(folder / f'{number:03d}').write_bytes(sys.stdin.buffer.read())\n",
        encoding="utf-8",
    )
    return operator


def program(operator: Operator) -> list[str]:
    return [sys.executable, str(operator.folder / "tell.py")]


def told(operator: Operator) -> list[dict[str, Any]]:
    files = sorted((operator.folder / "told").glob("[0-9]*"))
    return [json.loads(file.read_text(encoding="utf-8")) for file in files]


def heard(operator: Operator) -> list[tuple[str, str, str | None]]:
    return [(one["event"], one["kind"], one["site"]) for one in told(operator)]


def test_raised_once_told_once_closed_and_told(operator: Operator) -> None:
    operator.schedule(on_alarm=program(operator), at_most=30)
    pages = routes(portal("青石市教育局", [report("青石市教育局", year) for year in (2024, 2025)]))
    empty = routes(portal("青石市教育局", []))
    with Street({"127.0.1.1": pages}) as street:
        operator.site("one", street.url("127.0.1.1"))
        assert operator.call(NOW).code == 0
        assert heard(operator) == []
        street.portals["127.0.1.1"] = empty
        gone = operator.call(NOW + 40 * DAY)
        assert [one["kind"] for one in gone.json["alarms"]["raised"]] == ["no_reports"]
        assert heard(operator) == [("raised", "no_reports", "one")]
        assert told(operator)[0]["evidence"]["listed_before"] == 2
        assert told(operator)[0]["meaning"]
        operator.call(NOW + 41 * DAY)
        operator.call(NOW + 80 * DAY)
        # A corpus that is computed again from the archive raises and tells nothing twice.
        for file in operator.data.glob("corpus.sqlite*"):
            file.unlink()
        operator.call(NOW + 81 * DAY)
        assert len(told(operator)) == 1
        shown = operator.nianbao("status", "--json", now=NOW + 81 * DAY).json
        assert [(one["kind"], one["site"], one["closed"]) for one in shown["alarms"]] == [("no_reports", "one", None)]
        assert shown["sites"][0]["alarms"] == ["no_reports"]
        street.portals["127.0.1.1"] = pages
        operator.call(NOW + 120 * DAY)
        assert heard(operator)[1:] == [("closed", "no_reports", "one")]
        assert operator.nianbao("status", "--json", now=NOW + 121 * DAY).json["alarms"] == []
    runs = operator.nianbao("status", "one", "--json", now=NOW + 121 * DAY).json["runs"]
    assert [run["listed"] for run in runs] == [2, 0, 0, 2]
    assert "no_reports" in operator.nianbao("status", "one", "--all", now=NOW + 121 * DAY).out


def test_a_program_that_fails_is_reported_and_tried_again(operator: Operator) -> None:
    sendmail = operator.folder / "sendmail.py"
    box = operator.folder / "mail"
    box.mkdir()
    sendmail.write_text(
        "import pathlib, sys\n"
        f"box = pathlib.Path({str(box)!r})\n"
        "(box / str(len(list(box.iterdir())))).write_bytes(sys.stdin.buffer.read())\n",
        encoding="utf-8",
    )
    operator.schedule(
        on_alarm=program(operator), mail=["someone@example.org"], mail_program=[sys.executable, str(sendmail)]
    )
    broken = operator.folder / "told" / "broken"
    broken.touch()
    spam = Reply("<html><title>澳门新葡京</title><body>百家乐 老虎机</body></html>".encode())
    with Street({"127.0.1.1": {"/": spam}}) as street:
        operator.site("one", street.url("127.0.1.1"), title="青石市教育局")
        first = operator.call(NOW)
        assert first.code == 3
        assert "no route to the operator" in first.err
        assert [one["kind"] for one in first.json["alarms"]["raised"]] == ["spam", "untold"]
        assert heard(operator) == []
        mails = [message_from_bytes((box / name).read_bytes(), policy=default) for name in ("0",)]
        assert mails[0]["To"] == "someone@example.org"
        assert mails[0]["Subject"] == "nianbao: spam one"
        assert "新葡京" in mails[0].get_content()
        again = operator.call(NOW + timedelta(hours=1))
        assert (again.code, again.json["alarms"]["raised"]) == (3, [])
        broken.unlink()
        well = operator.call(NOW + timedelta(hours=2))
        assert well.code == 0
        assert heard(operator) == [("raised", "spam", "one")]
        assert [one["kind"] for one in well.json["alarms"]["closed"]] == ["untold"]
        subjects = [message_from_bytes(file.read_bytes(), policy=default)["Subject"] for file in sorted(box.iterdir())]
        assert subjects[:2] == ["nianbao: spam one", "nianbao: untold"]
        operator.call(NOW + timedelta(hours=3))
        assert len(told(operator)) == 1


def test_a_site_that_is_not_configured_any_more_ends_its_alarms(operator: Operator) -> None:
    operator.schedule(on_alarm=program(operator))
    spam = Reply("<html><title>澳门新葡京</title><body>百家乐 老虎机</body></html>".encode())
    with Street({"127.0.1.1": {"/": spam}}) as street:
        operator.site("one", street.url("127.0.1.1"))
        operator.call(NOW)
    (operator.folder / "config" / "sites" / "one.yaml").unlink()
    operator.call(NOW + DAY)
    assert heard(operator) == [("raised", "spam", "one"), ("closed", "spam", "one")]


def test_an_archive_that_can_not_be_written_is_told_with_every_call(operator: Operator) -> None:
    operator.schedule(on_alarm=program(operator))
    settings = operator.folder / "config" / "settings.yaml"
    settings.write_text(f"free_space: {10**18}\n", encoding="utf-8")  # more than any disk has
    with Street({"127.0.1.1": routes(portal("青石市教育局", [report("青石市教育局", 2025)]))}) as street:
        operator.site("one", street.url("127.0.1.1"))
        full = operator.call(NOW)
        assert full.code == 4
        assert "free" in full.err
        assert heard(operator) == [("raised", "archive", None)]
        settings.unlink()
        # Nothing could be noted, not even that it was tried: the site is due at once, and nothing is left to close.
        well = operator.call(NOW + timedelta(hours=1))
        assert well.code == 0, well.err
        assert well.json["alarms"] == {"raised": [], "closed": [], "untold": []}
