"""Which version of a report counts, and why: the versions of one agency and year, judged as a set.

Pure and independent of order: every choice rests on what the versions say, every tie is broken by address, time of
capture and record id.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from config.hosts import host_of, is_government
from pipelines.corpus.identity import Identity, Numbers
from pipelines.corpus.likeness import Sentences, length, likeness, together

Role = Literal["canonical", "part", "duplicate", "superseded", "mirror"]

# A version with less than this share of the fullest version's numbers (or text, where none has numbers) is a fragment.
_WHOLE_NUMBERS = 0.8
_WHOLE_TEXT = 0.5
# Two versions are the same when their numbers agree, nearly all stand in both, and this share of the text does.
_SAME_NUMBERS = 0.9
_SAME_TEXT = 0.8
_CORRECTION = ("更正", "订正", "修订", "修正", "勘误", "更新版", "重新发布", "重新公布")


@dataclass(frozen=True, slots=True)
class Version:
    """One distinct payload of one document, represented by its newest capture.

    ``announcement``: a page that is no report itself. ``first_seen`` and ``last_seen`` are over all captures of the
    payload. ``targets`` are the documents that it links as its files.
    """

    record_id: str
    ordinal: int
    document: str
    url: str
    captured: str
    first_seen: str
    last_seen: str
    payload_digest: str | None
    truncated: bool
    announcement: bool
    identity: Identity
    numbers: Numbers
    errors: int
    sentences: Sentences
    targets: frozenset[str]

    @property
    def order(self) -> tuple[str, str, str, int]:
        return (self.url, self.captured, self.record_id, self.ordinal)

    @property
    def government(self) -> bool:
        return is_government(host_of(self.url))


@dataclass(frozen=True, slots=True)
class Verdict:
    """A version's role and the reason in plain words."""

    version: Version
    role: Role
    why: str


class Unit:
    """What was published together: a page with the files that it links, or a file or page alone."""

    def __init__(
        self, page: Version | None, files: Sequence[Version], current: frozenset[tuple[str, str, int]]
    ) -> None:
        self.page = page
        self.members = ([page] if page else []) + list(files)
        reports = [member for member in self.members if not member.announcement]
        self.main = min(reports, key=lambda member: (-len(member.numbers), member is not page, member.order))
        self.trusted = (page or self.main).government
        self.current = all((member.document, member.record_id, member.ordinal) in current for member in reports)

    @cached_property
    def numbers(self) -> Numbers:
        """Every number that a member gives; the main member's own first."""
        union: Numbers = {}
        for member in sorted(self.members, key=lambda member: (member is not self.main, member.order)):
            union = member.numbers | union
        return union

    @cached_property
    def text(self) -> Sentences:
        return together(member.sentences for member in self.members)

    @cached_property
    def published(self) -> str:
        """The first publication that a member gives, or '' (before all dates) where none does."""
        return min((member.identity.published for member in self.members if member.identity.published), default="")

    @property
    def first_seen(self) -> str:
        return self.main.first_seen

    @property
    def truncated(self) -> bool:
        return self.main.truncated

    @property
    def correction(self) -> bool:
        return any(word in (member.identity.title or "") for member in self.members for word in _CORRECTION)


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
        lambda content: max(len(unit.numbers) for unit in content),
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
    versions = sorted(versions, key=lambda version: version.order)
    units = _units(versions)
    eligible = _whole([unit for unit in units if unit.trusted] or units)
    contents = _contents(eligible)
    ranked = sorted(contents, key=lambda content: (_merits(content), _tie(content)), reverse=True)
    winner = min(ranked[0], key=_representative)
    verdicts = [Verdict(winner.main, "canonical", _why_chosen(winner, ranked, len(versions)))]
    verdicts += [_verdict(version, winner, ranked) for version in versions if version is not winner.main]
    order: list[Role] = ["canonical", "part", "duplicate", "superseded", "mirror"]
    return sorted(verdicts, key=lambda verdict: (order.index(verdict.role), verdict.version.order))


def same_content(one: Version | Unit, other: Version | Unit) -> bool:
    """Whether two versions say the same: no number differs, nearly all stand in both, and so does most of the text."""
    left, right = _content(one), _content(other)
    most = max(len(left[0]), len(right[0]))
    shared = left[0].keys() & right[0].keys()
    if any(left[0][key] != right[0][key] for key in shared) or len(shared) < _SAME_NUMBERS * most:
        return False
    if left[1] == right[1]:
        return bool(most or left[1])
    of_shorter, of_longer = likeness(left[1], right[1])
    # With a table of equal numbers, a page that lacks some of the text is still the same report; without, it is not.
    return (of_shorter if most else of_longer) >= _SAME_TEXT


def _content(thing: Version | Unit) -> tuple[Numbers, Sentences]:
    return (thing.numbers, thing.sentences if isinstance(thing, Version) else thing.text)


def _units(versions: Sequence[Version]) -> list[Unit]:
    current = _current(versions)
    files = [version for version in versions if not version.announcement]
    units, taken = [], set()
    for page in versions:
        own = [
            file
            for file in files
            if file.document in page.targets
            and file.document != page.document
            and (file.document, file.record_id, file.ordinal) in current
        ]
        if own:
            units.append(Unit(page, own, current))
            taken |= {file.order for file in own if page.government or not file.government}
    alone = [version for version in files if version.order not in taken]
    with_files = {unit.page.order for unit in units if unit.page}
    return units + [Unit(version, [], current) for version in alone if version.order not in with_files]


def _current(versions: Sequence[Version]) -> frozenset[tuple[str, str, int]]:
    """The newest version of each document (an old capture of an address no longer counts against its new text)."""
    newest: dict[tuple[str, int], Version] = {}
    for version in versions:
        if version.announcement:
            continue
        place = (version.document, version.ordinal)
        rival = newest.get(place)
        if rival is None or (version.last_seen, version.order) > (rival.last_seen, rival.order):
            newest[place] = version
    return frozenset((version.document, version.record_id, version.ordinal) for version in newest.values())


def _whole(units: list[Unit]) -> list[Unit]:
    """``units`` without fragments."""
    uncut = [unit for unit in units if not unit.truncated] or units
    most = max(len(unit.numbers) for unit in uncut)
    if most:
        return [unit for unit in uncut if len(unit.numbers) >= _WHOLE_NUMBERS * most]
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
    return _same_payload(one.main, other.main) or same_content(one, other)


def _same_payload(one: Version, other: Version) -> bool:
    same = one.payload_digest == other.payload_digest and one.ordinal == other.ordinal
    return same and one.payload_digest is not None


def _merits(content: Content) -> tuple[object, ...]:
    return tuple(merit.value(content) for merit in _MERITS)


def _first_publication(content: Content) -> str:
    """A content is as old as its first publication, however often it was posted again."""
    return min((unit.published for unit in content if unit.published), default="")


def _tie(content: Content) -> tuple[tuple[str, str, str, int], ...]:
    return tuple(sorted(unit.main.order for unit in content))


def _representative(unit: Unit) -> tuple[object, ...]:
    """Among copies of one content: what its address shows now, first published, first seen."""
    return (not unit.current, unit.published or "9999", -len(unit.numbers), unit.first_seen, unit.main.order)


def _why_chosen(winner: Unit, ranked: list[Content], count: int) -> str:
    if count == 1:
        return "the only version"
    if len(ranked) > 1:
        return f"of {len(ranked)} different versions, {_first_difference(ranked[0], ranked[1])[0]}"
    if len(ranked[0]) > 1:
        return f"the first published, or first seen, of {len(ranked[0])} copies"
    return (
        "the complete version"
        if winner.trusted or not winner.main.url.startswith("http")
        else "the most trusted version"
    )


def _first_difference(better: Content, worse: Content) -> tuple[str, str]:
    for merit in _MERITS:
        if merit.value(better) != merit.value(worse):
            return (merit.chosen, merit.lost)
    return ("its address sorts last, all else being equal", "its address sorts first, all else being equal")


def _verdict(version: Version, winner: Unit, ranked: list[Content]) -> Verdict:
    main = winner.main
    if version in winner.members:
        return Verdict(version, "part", _why_part(version, winner))
    linked = {member.document for member in winner.members if not member.announcement}
    if version.announcement and version.targets & linked:
        return Verdict(version, "part", f"the page announces {main.url}")
    if winner.trusted and not version.government and host_of(version.url):
        return Verdict(
            version, "mirror", f"a copy on {host_of(version.url)}, outside .gov.cn, never replaces {main.url}"
        )
    if version.announcement:
        if any(unit.page is version for unit in ranked[0]):
            return Verdict(version, "duplicate", f"the page announces a copy of {main.url}")
        return Verdict(version, "superseded", f"the page announces a file that {main.url} replaces")
    if _same_payload(version, main):
        return Verdict(version, "duplicate", f"the same file as {main.url}")
    if same_content(version, main) or same_content(version, winner):
        return Verdict(version, "duplicate", f"the same numbers and text as {main.url}")
    return Verdict(version, "superseded", _why_superseded(version, winner, ranked))


def _why_part(version: Version, winner: Unit) -> str:
    if version is winner.page:
        return f"the page that publishes {winner.main.url}"
    return f"a file of the page {winner.page.url}" if winner.page else f"published with {winner.main.url}"


def _why_superseded(version: Version, winner: Unit, ranked: list[Content]) -> str:
    main = winner.main
    if version.truncated and not main.truncated:
        return f"the capture was cut short; {main.url} is whole"
    for content in ranked[1:]:
        if any(version in unit.members for unit in content):
            return f"{_first_difference(ranked[0], content)[1]}: {main.url}"
    if winner.trusted and not version.government:
        return f"an imported file never replaces a version on a government host: {main.url}"
    if len(version.numbers) < _WHOLE_NUMBERS * len(winner.numbers):
        return f"a fragment: {len(version.numbers)} numbers, {len(winner.numbers)} in {main.url}"
    if version.document == main.document:
        return f"an older capture of {main.url}; the page has changed since"
    return f"less complete, or older, than {main.url}"
