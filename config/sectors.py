"""The vocabulary of agencies: config/sectors.yaml, read once and turned into look-ups by the written form."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from config.beginnings import Beginnings
from config.yaml_file import checked, read_yaml

FILE = Path(__file__).with_name("sectors.yaml")


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class BodyEntry(_Strict):
    """One line of ``sectors``; the file's own comment explains the keys."""

    name: str = Field(min_length=1)
    endings: tuple[str, ...]
    short: tuple[str, ...] = ()
    since: int | None = None
    until: int | None = None
    later: str | None = None
    plain: bool = False


class Head(_Strict):
    """What stands before the division in the name of a body that is run from Beijing.

    ``dropped``: the head is left out of the name (中华人民共和国青岛海关 calls itself 青岛海关).
    """

    name: str
    division: str = Field(pattern="^(full|short)$")
    bodies: tuple[str, ...]
    sector: str
    short: tuple[str, ...] = ()
    bare: tuple[str, ...] = ()
    dropped: bool = False


class NationalEntry(_Strict):
    name: str
    sector: str
    short: tuple[str, ...] = ()


class SectorsFile(_Strict):
    endings: dict[str, tuple[str, ...]]
    sectors: dict[str, tuple[BodyEntry, ...]]
    heads: tuple[Head, ...]
    national: tuple[NationalEntry, ...]
    zones: dict[str, str | tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Body:
    """The part of an agency's name after its division, in full: 卫生健康委员会.

    ``since`` and ``until`` are statistical years; ``later`` is the full body that followed it. ``plain`` bodies
    take the division's short name (青岛海关).
    """

    name: str
    sector: str
    since: int | None = None
    until: int | None = None
    later: str | None = None
    plain: bool = False

    def stood_in(self, year: int) -> bool:
        return (self.since is None or self.since <= year) and (self.until is None or year <= self.until)


@cache
def vocabulary() -> SectorsFile:
    """The file, checked. Raises ConfigurationError with all mistakes."""
    return checked(read_yaml(FILE), SectorsFile)


@cache
def bodies_by_form() -> dict[str, tuple[Body, ...]]:
    """Written form → the bodies that it may stand for.

    A form that is itself a full name of today stands for that name alone; a former full name that is a short
    form today (交通局) stands for both, and the year decides.
    """
    full: dict[str, list[Body]] = {}
    short: dict[str, list[Body]] = {}
    for sector, entries in vocabulary().sectors.items():
        for entry in entries:
            for body, forms in _forms(entry, sector):
                _add(full, body.name, body)
                for form in forms:
                    _add(short, form, body)
    found: dict[str, tuple[Body, ...]] = {}
    for form, meant in short.items():
        own = full.get(form, [])
        current = [body for body in own if body.until is None]
        found[form] = tuple(current or dict.fromkeys((*own, *meant)))
    return found


@cache
def national_by_form() -> dict[str, Body]:
    """Written form → the body of the State Council, also behind the name of the state (中华人民共和国商务部)."""
    return {
        state + form: Body(entry.name, entry.sector)
        for entry in vocabulary().national
        for form in (entry.name, *entry.short)
        for state in ("", "中华人民共和国")
    }


@cache
def body_beginnings() -> Beginnings[tuple[Body, ...]]:
    """`bodies_by_form` for texts that go on behind the form."""
    return Beginnings(bodies_by_form())


@cache
def national_beginnings() -> Beginnings[Body]:
    """`national_by_form` for texts that go on behind the form."""
    return Beginnings(national_by_form())


@cache
def heads_by_form() -> Beginnings[Head]:
    """What stands before a division in the names of vertical bodies."""
    return Beginnings({form: head for head in vocabulary().heads for form in (head.name, *head.short)})


@cache
def zone_words() -> re.Pattern[str]:
    """Whether a text has any of the words for zones."""
    return re.compile("|".join(map(re.escape, vocabulary().zones)))


@lru_cache(maxsize=4096)
def sector_of(body: str) -> str | None:
    """The sector of a body that the vocabulary does not list whole, by the longest known middle in it, or None.

    Middles of one letter, and those that stand in every other name (分, 支), decide nothing.
    """
    return next((sector for name, sector in _middles() if name in body), None)


@cache
def _middles() -> tuple[tuple[str, str], ...]:
    """The middles of names with their sectors, the longest first."""
    known = ((entry.name, sector) for sector, entries in vocabulary().sectors.items() for entry in entries)
    ranked = sorted((len(name), sector, name) for name, sector in known if len(name) > 1)
    return tuple((name, sector) for _, sector, name in reversed(ranked))


def _forms(entry: BodyEntry, sector: str) -> list[tuple[Body, list[str]]]:
    """Each full body of the entry, with its other written forms."""
    endings = vocabulary().endings
    found = []
    for ending in entry.endings or ("",):
        later = entry.later
        if later is not None and not later.endswith(("局", "厅", "委员会", "办公室")):
            later += ending
        body = Body(entry.name + ending, sector, entry.since, entry.until, later, entry.plain)
        written = [stem + tail for stem in (entry.name, *entry.short) for tail in endings.get(ending, (ending,))]
        found.append((body, written))
    return found


def _add(index: dict[str, list[Body]], form: str, body: Body) -> None:
    known = index.setdefault(form, [])
    if body not in known:
        known.append(body)
