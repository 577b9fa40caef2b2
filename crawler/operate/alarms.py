"""Alarms: raised once, told once, closed when they are over, and that told, too.

What was raised, closed and told is written into the archive (see crawler/operate/ledger.py) and read back from there:
a corpus that is computed again raises nothing twice. An alarm is on the disk before it is told, and told before that
is noted: a machine that dies in between tells it once more rather than never.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from config import clock
from config.schedule import Schedule
from crawler.operate.ledger import Ledger
from crawler.operate.plan import printed
from crawler.operate.problems import KINDS, Problem
from crawler.operate.tell import CHANNELS, Untold
from pipelines.corpus import Corpus

EVENT = "alarm"
RAISED, CLOSED, TOLD = "raised", "closed", "told"


@dataclass(frozen=True, slots=True)
class Alarm:
    """A problem from when it was ``raised`` until it was ``closed``; ``why_closed`` says how it came to an end.
    ``told`` are pairs of what was told (``raised`` or ``closed``) and by which channel."""

    id: str
    kind: str
    site: str | None
    message: str
    evidence: Mapping[str, Any]
    raised: str
    closed: str | None = None
    why_closed: str | None = None
    told: frozenset[tuple[str, str]] = frozenset()

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "kind": self.kind,
            "meaning": KINDS.get(self.kind, ""),
            "site": self.site,
            "message": self.message,
            "evidence": self.evidence,
            "raised": self.raised,
            "closed": self.closed,
            "why_closed": self.why_closed,
            "told": [list(pair) for pair in sorted(self.told)],
        }


def known_alarms(corpus: Corpus) -> list[Alarm]:
    """All alarms that the archive tells of, oldest first."""
    events = corpus.accounts(EVENT)
    found: dict[str, Alarm] = {}
    for told in events:
        if told["action"] == RAISED:
            name, evidence = told["alarm"], told["evidence"]
            found[name] = Alarm(name, told["kind"], told.get("site"), told["message"], evidence, told["moment"])
    # In a pass of their own: a clock that was set back makes an alarm older than its end.
    for told in events:
        alarm = found.get(told["alarm"])
        if alarm is not None and told["action"] == CLOSED:
            found[alarm.id] = replace(alarm, closed=told["moment"], why_closed=told["why"])
        elif alarm is not None and told["action"] == TOLD:
            found[alarm.id] = replace(alarm, told=alarm.told | {(told["what"], told["by"])})
    return list(found.values())


@dataclass(slots=True)
class Settled:
    """What a call did to the alarms: those ``raised``, those ``closed``, and what could not be ``untold``."""

    alarms: list[Alarm] = field(default_factory=list)
    raised: list[Alarm] = field(default_factory=list)
    closed: list[Alarm] = field(default_factory=list)
    untold: list[Untold] = field(default_factory=list)

    @property
    def open(self) -> list[Alarm]:
        return [alarm for alarm in self.alarms if alarm.closed is None]


def settle(
    known: Sequence[Alarm],
    problems: Iterable[Problem],
    judged: Iterable[str | None],
    ledger: Ledger,
    schedule: Schedule,
) -> Settled:
    """Raise what is new among ``problems``, close what is over, and tell what was not told.

    ``judged`` are the sites (None: the installation) whose problems were looked for; alarms of others stay as they are.
    Raises ArchiveError where the ledger can't be written.
    """
    done = Settled()
    looked = set(judged)
    there = {(problem.kind, problem.site): problem for problem in problems}
    open_now = {(alarm.kind, alarm.site) for alarm in known if alarm.closed is None}
    for alarm in known:
        over = alarm.closed is None and alarm.site in looked and (alarm.kind, alarm.site) not in there
        if over and alarm.kind != "untold":
            alarm = _close(alarm, "what raised it is over", ledger)
            done.closed.append(alarm)
        done.alarms.append(alarm)
    for key, problem in there.items():
        if key not in open_now:
            alarm = _raise(problem, ledger)
            done.raised.append(alarm)
            done.alarms.append(alarm)
    _tell(done, ledger, schedule)
    return done


def _raise(problem: Problem, ledger: Ledger) -> Alarm:
    moment = printed(clock.now())
    name = ":".join(filter(None, (problem.kind, problem.site, moment)))
    ledger.note(
        EVENT,
        action=RAISED,
        alarm=name,
        kind=problem.kind,
        site=problem.site,
        message=problem.message,
        evidence=dict(problem.evidence),
    )
    return Alarm(name, problem.kind, problem.site, problem.message, dict(problem.evidence), moment)


def _close(alarm: Alarm, why: str, ledger: Ledger) -> Alarm:
    ledger.note(EVENT, action=CLOSED, alarm=alarm.id, site=alarm.site, why=why)
    return replace(alarm, closed=printed(clock.now()), why_closed=why)


def _tell(done: Settled, ledger: Ledger, schedule: Schedule) -> None:
    """Tell by each channel what it was not told yet. One that fails is not tried further in this call."""
    for channel, tell in CHANNELS.items():
        failed = False
        for place, alarm in enumerate(done.alarms):
            for what in _due_to_tell(alarm, channel):
                if failed or alarm.evidence.get("channel") == channel:
                    continue
                untold = tell(schedule, what, alarm.as_json())
                if untold is None:  # nobody is to be told this way
                    failed = True
                elif untold.why:
                    failed = True
                    done.untold.append(untold)
                else:
                    ledger.note(EVENT, action=TOLD, alarm=alarm.id, site=alarm.site, what=what, by=channel)
                    alarm = replace(alarm, told=alarm.told | {(what, channel)})
                    done.alarms[place] = alarm
    _note_channels(done, ledger)


def _due_to_tell(alarm: Alarm, channel: str) -> list[str]:
    """What ``channel`` has still to say of ``alarm``: nothing of one that was over before anybody heard of it."""
    raised, closed = (RAISED, channel) in alarm.told, (CLOSED, channel) in alarm.told
    if alarm.closed is None:
        return [] if raised else [RAISED]
    return [CLOSED] if raised and not closed else []


def _note_channels(done: Settled, ledger: Ledger) -> None:
    """A channel that fails is an alarm of its own, which another channel may tell next time."""
    failing = {one.channel: one for one in done.untold}
    for place, alarm in enumerate(done.alarms):
        channel = alarm.evidence.get("channel")
        if alarm.kind == "untold" and alarm.closed is None:
            if channel in failing:
                del failing[channel]
            elif _works(done, channel):
                done.alarms[place] = _close(alarm, "it works again", ledger)
                done.closed.append(done.alarms[place])
    for channel, one in failing.items():
        evidence = {"channel": channel, "program": list(one.program), "why": one.why}
        alarm = _raise(Problem("untold", None, f"{channel} failed: {one.why}", evidence), ledger)
        done.alarms.append(alarm)
        done.raised.append(alarm)


def _works(done: Settled, channel: Any) -> bool:
    """Whether nothing that ``channel`` should tell is left untold."""
    return not any(
        _due_to_tell(alarm, str(channel)) for alarm in done.alarms if alarm.evidence.get("channel") != channel
    )
