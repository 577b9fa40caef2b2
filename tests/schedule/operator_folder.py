"""An operator's folder for tests: site files, a schedule, and `nianbao` called in it at a time of one's choosing."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from tests.cli.command import Begun, Result, begun, nianbao

QUICK = ("--allow-private", "--delay", "0", "--contact", "test@example.org")


@dataclass
class Operator:
    """``folder`` holds ``config`` (what $NIANBAO_CONFIG names) and ``data``."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        (self.folder / "config" / "sites").mkdir(parents=True)
        self.schedule()

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def site(self, name: str, home: str, **keys: Any) -> None:
        text = yaml.safe_dump({"home": home, **keys}, allow_unicode=True)
        (self.folder / "config" / "sites" / f"{name}.yaml").write_text(text, encoding="utf-8")

    def schedule(self, **keys: Any) -> None:
        text = yaml.safe_dump({"parallel": 4, **keys}, allow_unicode=True)
        (self.folder / "config" / "schedule.yaml").write_text(text, encoding="utf-8")

    def call(self, now: datetime | None = None, *arguments: object, timeout: float = 240) -> Result:
        """`nianbao run-due --json` at ``now``, or the time that it is."""
        return self.nianbao("run-due", "--json", *QUICK, *arguments, now=now, timeout=timeout)

    def nianbao(self, *arguments: object, now: datetime | None = None, timeout: float = 240) -> Result:
        return nianbao("--data", self.data, *arguments, timeout=timeout, **self.variables(now))

    def begin(self, *arguments: object) -> Begun:
        """`run-due` in the background."""
        return begun("--data", self.data, "run-due", "--json", *QUICK, *arguments, **self.variables(None))

    def variables(self, now: datetime | None) -> dict[str, str]:
        clock = {"NIANBAO_CLOCK": now.isoformat()} if now else {}
        return {"NIANBAO_CONFIG": str(self.folder / "config"), **clock, **self.environment}


def outcomes(result: Result) -> Mapping[str, Mapping[str, Any]]:
    """What a call did, by site."""
    return {one["site"]: one for one in json.loads(result.out)["visits"]}
