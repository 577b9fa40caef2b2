"""After the crawls of a call: what is wrong now, and whom that is to be told."""

from collections.abc import Mapping, Sequence
from typing import Any

from config import clock
from config.errors import ArchiveError, NianbaoError
from config.schedule import Schedule
from config.site import Site
from crawler.data import DataFolder
from crawler.operate.alarms import Alarm, Settled, known_alarms, settle
from crawler.operate.ledger import Ledger
from crawler.operate.plan import Call, held_sites, printed
from crawler.operate.problems import Problem, problems
from crawler.operate.tell import CHANNELS
from pipelines.corpus import Corpus
from pipelines.history import attempts, take_in


def look_after(data: DataFolder, done: Call, sites: Sequence[Site], schedule: Schedule) -> None:
    """Raise, close and tell the alarms that follow from the history as it is after the crawls of ``done``."""
    try:
        with data.corpus() as corpus, Ledger(data.archive) as ledger:
            take_in(data.archive, corpus)
            known = known_alarms(corpus)
            found = [*_of_sites(data, corpus, sites, schedule), *_of_installation(done)]
            judged = {site.name for site in sites} | {alarm.site for alarm in known if alarm.site is not None}
            settled = settle(known, found, judged | ({None} if done.visits else set()), ledger, schedule)
    except NianbaoError as error:
        if error.exit_code != ArchiveError.exit_code:
            raise
        done.troubles.append(str(error))
        _tell_at_once(done, schedule)
        return
    _keep(done, settled)


def rows_by_site(corpus: Corpus, sites: Sequence[Site]) -> dict[str, list[dict[str, Any]]]:
    """The reports that have a version on each of ``sites``."""
    found: dict[str, list[dict[str, Any]]] = {site.name: [] for site in sites}
    for row in corpus.reports() if sites else ():
        for site in sites:
            if any(site.covers(version["url"]) for version in row["versions"]):
                found[site.name].append(row)
    return found


def _of_sites(data: DataFolder, corpus: Corpus, sites: Sequence[Site], schedule: Schedule) -> list[Problem]:
    made, now = attempts(corpus), clock.now()
    held = held_sites(data, sites)
    for site in sites:
        # A crawl that somebody makes by hand at this moment has not failed.
        if site.name in made and not made[site.name][-1].event and site.name in held:
            made[site.name].pop()
    rows: Mapping[str, Any] = rows_by_site(corpus, [site for site in sites if site.expect is not None])
    return [
        problem
        for site in sites
        for problem in problems(site, made.get(site.name, ()), rows.get(site.name), schedule, now)
    ]


def _of_installation(done: Call) -> list[Problem]:
    failed = [one.site for one in done.visits if one.code == ArchiveError.exit_code]
    if not failed and not done.troubles:
        return []
    said = done.troubles[0] if done.troubles else f"the crawls of {', '.join(failed[:5])} could not write the archive"
    return [Problem("archive", None, said, {"sites": failed, "troubles": done.troubles[:5]})]


def _tell_at_once(done: Call, schedule: Schedule) -> None:
    """The archive can't be written: then it can't be noted either that this was told, and every call tells it."""
    moment = printed(clock.now())
    alarm = Alarm(f"archive:{moment}", "archive", None, done.troubles[0], {"troubles": done.troubles[:5]}, moment)
    for tell in CHANNELS.values():
        untold = tell(schedule, "raised", alarm.as_json())
        if untold is not None and untold.why:
            done.untold.append(untold.why)
    done.raised.append(alarm.as_json())


def _keep(done: Call, settled: Settled) -> None:
    latest = {alarm.id: alarm for alarm in settled.alarms}
    done.raised = [latest[alarm.id].as_json() for alarm in settled.raised]
    done.closed = [latest[alarm.id].as_json() for alarm in settled.closed]
    done.untold = [f"{one.channel}: {one.why}" for one in settled.untold]
