"""A call of `run-due`: the sites, the history of their crawls, what follows from them, and what came of it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from config.errors import ArchiveError, Incomplete, NianbaoError
from config.load import load_operator
from config.schedule import Schedule
from config.site import Site
from crawler.data import DataFolder
from crawler.lease import name_of
from crawler.operate.batch import Ended
from crawler.operate.due import Due, due
from pipelines.corpus import Corpus, CorpusUnwritable
from pipelines.history import Attempt, attempts, take_in


@dataclass(slots=True)
class Call:
    """What one call did. ``visits`` are the crawls that ended, ``attempts`` the last attempt of their sites as the
    archive tells it, ``left`` the names of sites that were not begun. ``raised`` and ``closed`` are alarms, ``untold``
    says why some could not be told, ``troubles`` what the archive ran into."""

    now: datetime
    plan: list[Due]
    visits: list[Ended] = field(default_factory=list)
    attempts: dict[str, Attempt] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    interrupted: bool = False
    troubles: list[str] = field(default_factory=list)
    raised: list[dict[str, Any]] = field(default_factory=list)
    closed: list[dict[str, Any]] = field(default_factory=list)
    untold: list[str] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """0 where every crawl went well; the archive's trouble goes before a fault of ours, that before the rest."""
        codes = {visit.code for visit in self.visits if visit.outcome not in ("held", "busy")}
        if ArchiveError.exit_code in codes or self.troubles:
            return ArchiveError.exit_code
        if any(visit.outcome == "crashed" and visit.code == NianbaoError.exit_code for visit in self.visits):
            return NianbaoError.exit_code
        return Incomplete.exit_code if codes - {0} or self.interrupted or self.untold else 0

    def as_json(self) -> dict[str, Any]:
        return {
            "now": printed(self.now),
            "running": False,
            "due": [due_json(one) for one in self.plan],
            "visits": [self._visit_json(one) for one in self.visits],
            "left": self.left,
            "interrupted": self.interrupted,
            "alarms": {"raised": self.raised, "closed": self.closed, "untold": self.untold},
            "troubles": self.troubles,
            "exit_code": self.exit_code,
        }

    def lines(self) -> Iterator[str]:
        """The call in lines for a person, one a crawl."""
        for one in self.visits:
            told = self._visit_json(one)
            news = told["news"]
            found = f"{news.get('new', 0)} new, {news.get('corrected', 0)} corrected reports"
            yield f"{one.site}: {told['reason'] or one.outcome}, exit code {one.code}; " + (
                f"{told['requests']} requests, {found}" if told["requests"] is not None else f"see {one.log}"
            )
        if self.left:
            yield f"not begun, and due still: {len(self.left)} ({', '.join(self.left[:5])})"
        for alarm in self.raised:
            yield f"alarm: {alarm['site'] or 'the installation'}: {alarm['kind']}: {alarm['message']}"
        for alarm in self.closed:
            yield f"over: {alarm['site'] or 'the installation'}: {alarm['kind']} ({alarm['why_closed']})"
        yield f"{len(self.visits)} of {len(self.plan)} sites were crawled"

    def _visit_json(self, visit: Ended) -> dict[str, Any]:
        attempt = self.attempts.get(visit.site)
        told = attempt.told if attempt else {}
        return {
            "site": visit.site,
            "exit_code": visit.code,
            "outcome": visit.outcome,
            "reason": attempt.reason if attempt else None,
            "seconds": round(visit.seconds, 1),
            "requests": told.get("requests"),
            "bytes": told.get("bytes"),
            "news": told.get("news", {}),
            "outcomes": told.get("outcomes", {}),
            "blocked": told.get("blocked", {}),
            "down": told.get("down", {}),
            "log": str(visit.log),
        }


def history_of(data: DataFolder, *, keep: bool) -> dict[str, list[Attempt]]:
    """The attempts of every site. Without ``keep`` nothing is written, for a look that leaves no trace."""
    if not keep and data.archive_url is None and not data.archive.archive.is_dir():
        return {}
    if keep:
        with data.corpus() as corpus:
            take_in(data.archive, corpus)
            return attempts(corpus)
    existing = data.corpus_if_any()
    if existing is not None:
        with existing as corpus, suppress(CorpusUnwritable), corpus.rehearsal():
            take_in(data.archive, corpus)
            return attempts(corpus)
    with Corpus.open("sqlite://", create=True) as corpus:
        take_in(data.archive, corpus)
        return attempts(corpus)


def plan(
    data: DataFolder, sites: Sequence[Site], schedule: Schedule, history: Mapping[str, Sequence[Attempt]], now: datetime
) -> list[Due]:
    """For each site whether it is due, and why; those that are due first, the longest overdue before."""
    held = held_sites(data, sites)
    found = due(sites, schedule, history, now, held=held, quiet=load_operator().quiet_hours)
    return sorted(found, key=lambda one: (not one.due, one.code != "continue", _since(one), one.site))


def held_sites(data: DataFolder, sites: Sequence[Site]) -> set[str]:
    """The names of those that are being crawled at this moment."""
    corpus = data.corpus_if_any()
    if corpus is None:
        return set()
    with corpus:
        leases = corpus.leases([name_of(site) for site in sites])
    return {site.name for site in sites if name_of(site) in leases}


def due_json(one: Due) -> dict[str, Any]:
    return {
        "site": one.site,
        "due": one.due,
        "code": one.code,
        "why": one.why,
        "next": printed(one.next) if one.next else None,
        "last": printed(one.last.started) if one.last else None,
    }


def printed(moment: datetime) -> str:
    """``moment`` (in UTC) as the public JSON prints it."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _since(found: Due) -> datetime:
    """What the queue is ordered by: the oldest attempt first; sites that were never visited after all others."""
    return found.last.started if found.last else datetime.max.replace(tzinfo=UTC)
