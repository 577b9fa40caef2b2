"""Whose report of which year a reading is, once the pages that link its file have been heard.

Pure: a file that doesn't say whose it is takes that from the page that announces it, and a page from its file, but only
where nothing speaks against it. What could be two things stays None.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from pipelines.corpus.packing import as_text

Numbers = dict[str, float]

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Identity:
    """What one reading says of itself. ``agency`` has the fields of `pipelines.report.Agency`; dates are ISO 8601."""

    agency: dict[str, str | None] | None
    year: int | None
    published: str | None
    title: str | None = None

    @property
    def name(self) -> str | None:
        return self.agency["name"] if self.agency else None

    @property
    def division(self) -> str | None:
        return self.agency["division"] if self.agency else None


def pack_identity(identity: Identity) -> str:
    return as_text({name: getattr(identity, name) for name in ("agency", "year", "published", "title")})


def unpack_identity(packed: str) -> Identity:
    return _decode(packed)


_decode = msgspec.json.Decoder(Identity).decode


@dataclass(frozen=True, slots=True)
class Relative:
    """A reading and what is needed to hold it against another.

    ``place`` is its document and its number in it, the same for all captures. ``numbers`` fetches its numbers, which is
    rarely needed.
    """

    place: tuple[str, int]
    identity: Identity
    numbers: Callable[[], Numbers]


@dataclass(frozen=True, slots=True)
class Page:
    """A page that links the reading's file (itself a report or not), with all the reports that it links."""

    itself: Relative
    files: Sequence[Relative]

    @property
    def identity(self) -> Identity:
        return self.itself.identity


def placed(own: Relative, pages: Sequence[Page], files: Sequence[Relative]) -> Identity:
    """The identity of ``own`` after what ``pages`` (which link it) and ``files`` (which it links) say, in any order."""
    akin = [page for page in pages if compatible(own.identity, page.identity)]
    below = [file.identity for file in files if compatible(own.identity, file.identity)]
    agency = (
        own.identity.agency
        or _agreed_agency([_lent_agency(own, page) for page in akin])
        or _agreed_agency([identity.agency for identity in below])
    )
    year = own.identity.year
    if year is None:
        year = _agreed([_lent_year(own, page) for page in akin]) or _agreed([identity.year for identity in below])
    if agency is not None and agency["division"] is None:
        division = _agreed([page.identity.division for page in akin if page.identity.name == agency["name"]])
        agency = agency | {"division": division}
    dates = [page.identity.published for page in akin if page.identity.published]
    published = own.identity.published or min(dates, default=None)
    return Identity(agency, year, published, own.identity.title)


def compatible(one: Identity, other: Identity) -> bool:
    """Whether nothing that both say differs."""
    pairs = ((one.name, other.name), (one.division, other.division), (one.year, other.year))
    return all(left is None or right is None or left == right for left, right in pairs)


def disagree(one: Numbers, other: Numbers) -> bool:
    """Whether two sets of numbers are of two reports: more than half of the cells that both have differ."""
    shared = one.keys() & other.keys()
    return 2 * sum(one[key] != other[key] for key in shared) > len(shared)


def _lent_agency(own: Relative, page: Page) -> dict[str, str | None] | None:
    """The page's agency, unless it or a file beside ``own`` shows that there are reports of several agencies."""
    agency = page.identity.agency
    if agency is None or disagree(own.numbers(), page.itself.numbers()):
        return None
    for sibling in _siblings(own, page):
        name = sibling.identity.name
        if name is not None and name != page.identity.name:
            return None
        years = {own.identity.year, sibling.identity.year} - {None}
        if name is None and len(years) < 2 and disagree(own.numbers(), sibling.numbers()):
            return None
    return agency


def _lent_year(own: Relative, page: Page) -> int | None:
    """The page's year, unless it or a file beside ``own`` shows that there are reports of several years."""
    if page.identity.year is None or disagree(own.numbers(), page.itself.numbers()):
        return None
    for sibling in _siblings(own, page):
        year = sibling.identity.year
        if year is not None and year != page.identity.year:
            return None
        names = {own.identity.name, sibling.identity.name} - {None}
        if year is None and len(names) < 2 and disagree(own.numbers(), sibling.numbers()):
            return None
    return page.identity.year


def _siblings(own: Relative, page: Page) -> Iterable[Relative]:
    return (file for file in page.files if file.place != own.place)


def _agreed(values: Sequence[_Value | None]) -> _Value | None:
    """The one value that all who say something say, or None."""
    said = {value for value in values if value is not None}
    return said.pop() if len(said) == 1 else None


def _agreed_agency(agencies: Sequence[dict[str, str | None] | None]) -> dict[str, str | None] | None:
    """The agency that all who name one name; with the division that all who give one give."""
    named = [agency for agency in agencies if agency is not None]
    if len({agency["name"] for agency in named}) != 1:
        return None
    chosen = min(named, key=lambda agency: [value or "" for value in agency.values()])
    return chosen | {"division": _agreed([agency["division"] for agency in named])}
