"""On what terms a crawl runs: what the command line, the environment, the operator and the site's file ask for, in
this order, and what the archive says about it."""

import hashlib
import json
import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

from scrapy.settings import SETTINGS_PRIORITIES

from config import VERSION
from config.errors import UsageError
from config.hours import QuietHours, zone
from config.load import load_operator, load_schedule
from config.operator import Operator, is_contact
from config.site import Site
from crawler.data import DataFolder
from crawler.fetch.scope import is_real

# In seconds. Without any delay Scrapy 2.19 starts all that waits for a server at once: it counts a request only when
# its coroutine first runs, which is after the loop that starts them.
LEAST_DELAY = 0.001

# What of a site says nothing of what is asked for.
_NOT_ASKED = {"cadence", "paused", "expect", "quiet_hours", "time_zone"}


@dataclass(frozen=True, slots=True)
class Settled:
    """The document of a report that is ``years`` old is asked for once ``again`` has passed since the last time."""

    years: int
    again: timedelta


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for one crawl. ``delay`` and ``timeout`` are in seconds, ``max_bytes`` and ``free_space`` in bytes."""

    data: Path
    contact: str | None
    allow_private: bool
    offline: bool
    delay: float
    timeout: float
    max_bytes: int
    max_pages: int
    free_space: int
    rotate_bytes: int
    quiet: QuietHours | None = None
    settled: Settled | None = None
    corpus: str | None = None
    archive: str | None = None

    @property
    def folder(self) -> DataFolder:
        """Where the crawl's data lie."""
        return DataFolder(self.data, self.corpus, self.archive)

    @property
    def user_agent(self) -> str:
        """Who asks, and how to reach us."""
        return f"nianbao/{VERSION}" + (f" (+{self.contact})" if self.contact else "")

    def info(self, site: Site) -> Mapping[str, str]:
        """The fields of the warcinfo record that opens the run."""
        libraries = [f"{name}/{version(name)}" for name in ("scrapy", "twisted", "warcio")]
        return {
            "software": " ".join([f"nianbao/{VERSION}", *libraries, f"python/{platform.python_version()}"]),
            "operator": self.contact or "",
            "http-header-user-agent": self.user_agent,
            "robots": "obey",
            "fidelity": "wire",
            "site": site.name,
            "home": site.home,
            "configuration": self.configuration(site),
        }

    def configuration(self, site: Site) -> str:
        """The hash of all that decides what this crawl asks for: two runs with the same one were asked the same."""
        asked = {"site": site.model_dump(mode="json", exclude=_NOT_ASKED), "delay": self.delay, "timeout": self.timeout}
        asked |= {"max_bytes": self.max_bytes, "max_pages": self.max_pages, "allow_private": self.allow_private}
        return "sha256:" + hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


def of(settings: Any, site: Site) -> Terms:
    """The terms of a crawl of ``site``. Raises UsageError where a real portal would be asked without a contact."""
    operator = load_operator()
    allow_private = settings.getbool("NIANBAO_ALLOW_PRIVATE")
    offline = settings.getbool("NIANBAO_OFFLINE")
    return Terms(
        data=Path(settings.get("NIANBAO_DATA") or os.environ.get("NIANBAO_DATA") or "data"),
        contact=_contact(settings, operator, needed=not offline and is_real(site)),
        allow_private=allow_private,
        offline=offline,
        delay=_asked(settings, "DOWNLOAD_DELAY", max(operator.delay, site.delay)),
        timeout=_asked(settings, "DOWNLOAD_TIMEOUT", operator.timeout),
        max_bytes=int(_asked(settings, "DOWNLOAD_MAXSIZE", operator.max_bytes)),
        max_pages=settings.getint("NIANBAO_MAX_PAGES") or min(operator.max_pages, site.max_pages),
        free_space=operator.free_space,
        rotate_bytes=operator.rotate_bytes,
        settled=_settled() if settings.getbool("NIANBAO_SCHEDULED") and not offline else None,
        quiet=quiet_hours(site, settings.get("NIANBAO_QUIET_HOURS") or operator.quiet_hours),
        corpus=settings.get("NIANBAO_CORPUS") or os.environ.get("NIANBAO_CORPUS") or None,
        archive=settings.get("NIANBAO_ARCHIVE") or os.environ.get("NIANBAO_ARCHIVE") or None,
    )


def quiet_hours(site: Site, general: str | None) -> QuietHours | None:
    """The hours in which ``site`` is asked for nothing: its own, else the general ones, in its own time."""
    return QuietHours.read(site.quiet_hours or general, zone(site.time_zone))


def apply(terms: Terms, settings: Any) -> None:
    """Put into Scrapy's settings what its own components read from there."""
    settings.set("USER_AGENT", terms.user_agent, priority="cmdline")
    settings.set("DOWNLOAD_DELAY", max(terms.delay, LEAST_DELAY), priority="cmdline")
    settings.set("DOWNLOAD_TIMEOUT", terms.timeout, priority="cmdline")
    settings.set("DOWNLOAD_MAXSIZE", terms.max_bytes, priority="cmdline")


def _settled() -> Settled:
    schedule = load_schedule()
    return Settled(schedule.settled_years, timedelta(days=schedule.settled_days))


def _asked(settings: Any, name: str, configured: float) -> float:
    """What the command line (or a spider's own settings) says for ``name``, else what is configured."""
    if settings.getpriority(name) > SETTINGS_PRIORITIES["project"]:
        return float(settings.getfloat(name))
    return configured


def _contact(settings: Any, operator: Operator, *, needed: bool) -> str | None:
    contact = settings.get("NIANBAO_CONTACT") or os.environ.get("NIANBAO_CONTACT") or operator.contact
    if contact is None and needed:
        raise UsageError(
            "a real portal is not crawled without a contact, which stands in the user agent; set it with --contact, "
            "with $NIANBAO_CONTACT, or as contact: in config/settings.yaml (a mail address or a web page)"
        )
    if contact is not None and not is_contact(contact):
        raise UsageError(f"{contact!r} is no contact: write a mail address or a web page, as name@example.org")
    return contact
