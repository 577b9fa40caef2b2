"""Which version of a report counts, and why: the versions of one agency and year, judged as a set.

Pure and independent of order: every choice rests on what the versions say, every tie is broken by address, time of
capture and record id.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from config.hosts import host_of
from pipelines.corpus.likeness import length
from pipelines.corpus.units import Unit, Version, same_content, same_payload, units_of

Role = Literal["canonical", "part", "duplicate", "superseded", "mirror"]

# A version with less than this share of the fullest version's numbers (or text, where none has numbers) is a fragment.
_WHOLE_NUMBERS = 0.8
_WHOLE_TEXT = 0.5
_ORDER: tuple[Role, ...] = ("canonical", "part", "duplicate", "superseded", "mirror")


@dataclass(frozen=True, slots=True)
class Verdict:
    """A version's role and the reason in plain words."""

    version: Version
    role: Role
    why: str


Content = list[Unit]


@dataclass(frozen=True, slots=True)
class _Merit:
    """What decides between two contents: the greater ``value`` wins; the reasons are for the winner and the loser."""

    value: Callable[[Content], Any]
    chosen: str
    lost: str


# Most important first. Which is later is asked before which is better: an agency corrects itself for the worse, too.
_MERITS = (
    _Merit(
        lambda content: any(unit.current for unit in content),
        "it is what its address shows now",
        "its address shows something else now",
    ),
    _Merit(
        lambda content: any(unit.correction for unit in content),
        "its title marks it as a correction",
        "a version marked as a correction replaces it",
    ),
    _Merit(
        lambda content: _first_publication(content),
        "it was published last",
        "a later publication replaces it",
    ),
    _Merit(
        lambda content: -min(unit.main.errors for unit in content),
        "fewest of its sums are wrong",
        "more of its sums are wrong than in the version that replaces it",
    ),
    _Merit(
        lambda content: max(unit.count for unit in content),
        "it has the most numbers",
        "it has fewer numbers than the version that replaces it",
    ),
    _Merit(
        lambda content: min(unit.first_seen for unit in content),
        "it appeared last",
        "a version that appeared later replaces it",
    ),
)


def judge(versions: Sequence[Version]) -> list[Verdict]:
    """The role of each version of one agency and year: the canonical one first, then by role and address.

    There is at least one version that is no announcement.
    """
    if len(versions) == 1:
        return [Verdict(versions[0], "canonical", "the only version")]
    versions = sorted(versions, key=lambda version: version.order)
    units = units_of(versions)
    eligible = _whole([unit for unit in units if unit.trusted] or units)
    contents = _contents(eligible)
    ranked = sorted(contents, key=lambda content: (_merits(content), _tie(content)), reverse=True)
    winner = min(ranked[0], key=_representative)
    verdicts = [Verdict(winner.main, "canonical", _why_chosen(winner, ranked, versions))]
    verdicts += [_verdict(version, winner, ranked) for version in versions if version is not winner.main]
    return sorted(verdicts, key=lambda verdict: (_ORDER.index(verdict.role), verdict.version.order))


def _whole(units: list[Unit]) -> list[Unit]:
    """``units`` without fragments."""
    uncut = [unit for unit in units if not unit.truncated] or units
    most = max(unit.count for unit in uncut)
    if most:
        return [unit for unit in uncut if unit.count >= _WHOLE_NUMBERS * most]
    longest = max(length(unit.text) for unit in uncut)
    return [unit for unit in uncut if length(unit.text) >= _WHOLE_TEXT * longest]


def _contents(units: Sequence[Unit]) -> list[Content]:
    """``units`` by content: what is the same as one that is the same as a third belongs together."""
    contents: list[Content] = []
    for unit in units:
        akin = [content for content in contents if any(_same_unit(unit, other) for other in content)]
        contents = [content for content in contents if content not in akin]
        contents.append([unit, *(other for content in akin for other in content)])
    return contents


def _same_unit(one: Unit, other: Unit) -> bool:
    return same_payload(one.main, other.main) or same_content(one, other)


def _merits(content: Content) -> tuple[object, ...]:
    return tuple(merit.value(content) for merit in _MERITS)


def _first_publication(content: Content) -> str:
    """A content is as old as its first publication, however often it was posted again."""
    return min((unit.published for unit in content if unit.published), default="")


def _tie(content: Content) -> tuple[tuple[str, str, str, int], ...]:
    return tuple(sorted(unit.main.order for unit in content))


def _representative(unit: Unit) -> tuple[object, ...]:
    """Among copies of one content: what its address shows now, marked as corrected, first published, first seen."""
    published = unit.published or "9999"
    return (not unit.current, not unit.correction, published, -unit.count, unit.first_seen, unit.main.order)


def _why_chosen(winner: Unit, ranked: list[Content], versions: Sequence[Version]) -> str:
    if len(ranked) > 1:
        return f"of {len(ranked)} different versions, {_first_difference(ranked[0], ranked[1])[0]}"
    if len(ranked[0]) > 1:
        return f"the first published, or first seen, of {len(ranked[0])} copies"
    if len(versions) == len(winner.members):
        return "of the parts, the one with the most numbers"
    if winner.count < _WHOLE_NUMBERS * max(version.count for version in versions):
        return "the only version on a trusted host, though a fragment: a fuller copy stands elsewhere"
    return "the only version that is complete and on a trusted host"


def _first_difference(better: Content, worse: Content) -> tuple[str, str]:
    for merit in _MERITS:
        if merit.value(better) != merit.value(worse):
            return (merit.chosen, merit.lost)
    return ("its address sorts last, all else being equal", "its address sorts first, all else being equal")


def _verdict(version: Version, winner: Unit, ranked: list[Content]) -> Verdict:
    main = winner.main
    if version in winner.members:
        return Verdict(version, "part", _why_part(version, winner))
    if version.announcement and version.targets & {report.document for report in winner.reports}:
        return Verdict(version, "part", f"the page announces {main.url}")
    content = next((content for content in ranked if any(version in unit.members for unit in content)), None)
    host = host_of(version.url)
    if content is None and winner.trusted and not version.government and host:
        return Verdict(version, "mirror", f"a copy on {host}, outside .gov.cn, never replaces {main.url}")
    if content is ranked[0] or (content is None and _repeats(version, winner)):
        return Verdict(version, "duplicate", _why_duplicate(version, main))
    if content is not None:
        first = min(content, key=_representative)
        if version not in first.members:
            return Verdict(version, "duplicate", f"{_why_duplicate(version, first.main)}, which {main.url} replaces")
        return Verdict(version, "superseded", f"{_first_difference(ranked[0], content)[1]}: {main.url}")
    repeated = next((unit for content in ranked[1:] for unit in content if _repeats(version, unit)), None)
    if repeated is not None:
        return Verdict(version, "duplicate", f"{_why_duplicate(version, repeated.main)}, which {main.url} replaces")
    return Verdict(version, "superseded", _why_superseded(version, winner))


def _repeats(version: Version, unit: Unit) -> bool:
    """Whether a version that was not eligible says what ``unit``, or one of its files, says."""
    if version.announcement:
        return False
    alike = any(same_payload(version, report) or same_content(version, report) for report in unit.reports)
    return alike or same_content(version, unit)


def _why_duplicate(version: Version, main: Version) -> str:
    if version.announcement:
        return f"the page announces a copy of {main.url}"
    if same_payload(version, main):
        return f"the same file as {main.url}"
    return f"the same numbers and text as {main.url}"


def _why_part(version: Version, winner: Unit) -> str:
    if version is winner.page:
        return f"the page that publishes {winner.main.url}"
    return f"a file of the page {winner.page.url}" if winner.page else f"published with {winner.main.url}"


def _why_superseded(version: Version, winner: Unit) -> str:
    main = winner.main
    if version.announcement:
        return f"the page announces a file that {main.url} replaces"
    if version.truncated and not main.truncated:
        return f"the capture was cut short; {main.url} is whole"
    if winner.trusted and not version.government:
        return f"an imported file never replaces a version on a government host: {main.url}"
    if version.count < _WHOLE_NUMBERS * winner.count:
        return f"a fragment: {version.count} numbers, {winner.count} in {main.url}"
    if version.document == main.document:
        return f"an older capture of {main.url}; the page has changed since"
    return f"less complete than {main.url}"
