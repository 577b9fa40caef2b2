"""docs/operate.md is right: units and crontab line are accepted, the backup comes back, nothing is left out."""

import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config.errors import ArchiveError, Incomplete, NianbaoError, Refused, UsageError
from crawler.cli import VERBS
from crawler.operate.problems import KINDS
from tests.cli.command import PROJECT
from tests.schedule.operator_folder import Operator
from tests.schedule.portals import Street, portal, report, routes

TEXT = (PROJECT / "docs" / "operate.md").read_text(encoding="utf-8")
NOW = datetime(2027, 6, 20, 2, tzinfo=UTC)
AGENCY = "青石市教育局"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{re.escape(language)}\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)


def section(title: str) -> str:
    return TEXT.partition(f"\n## {title}")[2].partition("\n## ")[0]


def first_cells(title: str) -> list[str]:
    return re.findall(r"^\| `?([\w-]+)`? \|", section(title), re.MULTILINE)[1:]


def test_every_alarm_is_explained() -> None:
    assert set(first_cells("Alarms")) == set(KINDS)


def test_every_exit_code_is_explained() -> None:
    codes = {error.exit_code for error in (NianbaoError, UsageError, Incomplete, ArchiveError, Refused)}
    assert {int(code) for code in re.findall(r"^\| (\d) \|", section("Exit codes"), re.MULTILINE)} == codes | {0}


def test_every_command_and_key_that_it_names_exists() -> None:
    named = set(re.findall(r"nianbao(?: --data \S+)? ([a-z][a-z-]+)", "".join(re.findall(r"`nianbao[^`]*`", TEXT))))
    assert named and named <= set(VERBS)
    schedule = (PROJECT / "config" / "schedule.yaml").read_text(encoding="utf-8")
    for key in ("parallel", "blocked_alarm_days", "dead_alarm_days", "on_alarm", "mail"):
        assert f"`{key}`" in TEXT and f"\n{key}:" in schedule


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The unit files, with this machine's paths in the place of the installation's."""
    service, timer = blocks("ini")
    command = tmp_path / "nianbao"
    command.write_text("#!/bin/sh\n", encoding="utf-8")
    command.chmod(0o755)
    service = service.replace("/srv/nianbao/app/.venv/bin/nianbao", str(command)).replace("User=nianbao", "User=root")
    (tmp_path / "nianbao.service").write_text(service, encoding="utf-8")
    (tmp_path / "nianbao.timer").write_text(timer, encoding="utf-8")
    return tmp_path


def test_systemd_accepts_the_units(installed: Path) -> None:
    service, timer = ((installed / f"nianbao.{kind}").read_text(encoding="utf-8") for kind in ("service", "timer"))
    for text in (service, timer):
        lines = [line for line in text.splitlines() if line and not line.startswith("#")]
        assert all(re.fullmatch(r"\[[A-Z]\w+\]|[A-Z]\w+=.*", line) for line in lines), lines
    assert "run-due" in service and "OnCalendar=hourly" in timer
    if shutil.which("systemd-analyze") is None:
        return  # its own words are only asked where it is installed
    files = [str(installed / f"nianbao.{kind}") for kind in ("service", "timer")]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *files], capture_output=True, text=True, timeout=60, check=False
    )
    own = [line for line in (done.stdout + done.stderr).splitlines() if "nianbao" in line]
    assert own == []
    hourly = subprocess.run(["systemd-analyze", "calendar", "hourly"], capture_output=True, timeout=60, check=False)
    assert hourly.returncode == 0


def test_the_crontab_line_is_one(tmp_path: Path) -> None:
    (text,) = blocks("crontab")
    (line,) = text.splitlines()
    *times, command = line.split(maxsplit=5)
    for value, (least, most) in zip(times, ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7)), strict=True):
        assert value == "*" or least <= int(value) <= most
    assert times[1] == "*"  # every hour
    assert "%" not in command  # cron would end the command there
    assert subprocess.run(["sh", "-n", "-c", command], timeout=30, check=False).returncode == 0
    # What it runs: the environment before the command reaches it.
    shown = command.replace("nice /srv/nianbao/app/.venv/bin/nianbao run-due", "env")
    shown = shown.replace("/srv/nianbao", str(tmp_path))
    (tmp_path / "data" / "logs").mkdir(parents=True)
    subprocess.run(["sh", "-c", shown], timeout=30, check=True)
    log = (tmp_path / "data" / "logs" / "run-due.log").read_text(encoding="utf-8")
    assert f"NIANBAO_CONFIG={tmp_path}/config" in log and f"NIANBAO_DATA={tmp_path}/data" in log


def test_the_logrotate_file_is_whole() -> None:
    (text,) = blocks("logrotate")
    assert re.fullmatch(r"(?:/\S+ \{\n(?:    [a-z]+(?: [\w]+)*\n)+\}\n)+", text)


def test_backup_and_restore_as_they_are_printed(tmp_path: Path) -> None:
    operator = Operator(tmp_path / "machine")
    backup = tmp_path / "backup"
    backup.mkdir()
    (save,), (restore,) = blocks("sh backup"), blocks("sh restore")
    with Street({"127.0.1.1": routes(portal(AGENCY, [report(AGENCY, 2024), report(AGENCY, 2025)]))}) as street:
        operator.site("one", street.url("127.0.1.1"))
        operator.call(NOW)
        shell(save, operator, operator.data, backup)
        street.portals["127.0.1.1"] = routes(portal(AGENCY, []))
        operator.call(NOW + timedelta(days=40))
        # A crawl that is under way while the backup is made: what it writes is left out, and harms nothing.
        (operator.data / "collections" / "nianbao" / "archive" / "x.warc.gz.open").write_bytes(b"\x1f\x8b")
        shutil.rmtree(backup / "config")
        shell(save, operator, operator.data, backup)
    again = tmp_path / "restored"
    shell(restore, operator, again, backup)
    assert not list(again.rglob("*.open"))
    later = {"now": NOW + timedelta(days=41)}
    before = [operator.nianbao(*command, **later).json for command in SHOWN]
    operator.folder = tmp_path / "machine2"
    operator.folder.mkdir()
    again.rename(operator.data)
    (tmp_path / "machine" / "config").rename(operator.folder / "config")
    after = [operator.nianbao(*command, **later).json for command in SHOWN]
    assert [without_clock(one) for one in after] == [without_clock(one) for one in before]
    assert [alarm["kind"] for alarm in after[1]["alarms"]] == ["no_reports"]


SHOWN = (("reports", "--json"), ("status", "--json"), ("run-due", "--dry-run", "--json"), ("coverage", "--json"))


def without_clock(told: object) -> object:
    return {name: value for name, value in told.items() if name != "now"} if isinstance(told, dict) else told


def shell(script: str, operator: Operator, data: Path, backup: Path) -> None:
    """Run a block of the page; `nianbao` is the one of this tree."""
    folder = operator.folder.parent / "bin"
    folder.mkdir(exist_ok=True)
    command = folder / "nianbao"
    command.write_text(f'#!/bin/sh\ncd {PROJECT} && exec {sys.executable} -m crawler "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    clean = {name: value for name, value in os.environ.items() if not name.startswith("NIANBAO_")}
    environment = clean | operator.variables(NOW + timedelta(days=40, hours=3))
    environment |= {"PATH": f"{folder}:{clean['PATH']}", "DATA": str(data), "BACKUP": str(backup)}
    done = subprocess.run(
        ["sh", "-eu", "-c", script], env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
