"""A version of a report, what was published together with it, and whether two of them say the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from config.hosts import host_of, is_government
from pipelines.corpus.content import Content
from pipelines.corpus.identity import Identity, Numbers
from pipelines.corpus.likeness import Sentences, likeness, together

# Two versions are the same when their numbers agree, nearly all stand in both, and this share of the text does.
_SAME_NUMBERS = 0.9
_SAME_TEXT = 0.8
# So many equal numbers tell a report by themselves, where one version is the tables alone.
_TELLING_NUMBERS = 10
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
    content: Content
    errors: int
    targets: frozenset[str]

    @property
    def order(self) -> tuple[str, str, str, int]:
        return (self.url, self.captured, self.record_id, self.ordinal)

    @property
    def government(self) -> bool:
        return is_government(host_of(self.url))

    @property
    def count(self) -> int:
        """How many numbers it gives."""
        return self.content.count

    @property
    def numbers(self) -> Numbers:
        return self.content.numbers

    @property
    def text(self) -> Sentences:
        return self.content.sentences


class Unit:
    """What was published together: a page with the files that it links, or a file or page alone."""

    def __init__(
        self, page: Version | None, files: Sequence[Version], current: frozenset[tuple[str, str, int]]
    ) -> None:
        self.page = page
        self.members = ([page] if page else []) + list(files)
        self.reports = [member for member in self.members if not member.announcement]
        self.main = min(self.reports, key=lambda member: (-member.count, member is not page, member.order))
        self.trusted = (page or self.main).government
        self.current = all((member.document, member.record_id, member.ordinal) in current for member in self.reports)

    @cached_property
    def content(self) -> Content | None:
        """What all its reports say, to the letter; None where they differ."""
        own = self.main.content
        return own if all(report.content == own for report in self.reports) else None

    @property
    def count(self) -> int:
        """How many numbers it gives."""
        return len(self.numbers) if self.content is None else self.content.count

    @cached_property
    def numbers(self) -> Numbers:
        """Every number that a member gives; the main member's own first."""
        if self.content is not None:
            return self.content.numbers
        union: Numbers = {}
        for member in sorted(self.reports, key=lambda member: (member is not self.main, member.order)):
            union = member.numbers | union
        return union

    @cached_property
    def text(self) -> Sentences:
        return together(report.text for report in self.reports) if self.content is None else self.content.sentences

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


def units_of(versions: Sequence[Version]) -> list[Unit]:
    """What the versions of one agency and year form together. A file belongs to each page that links it, and stands for
    itself where none does, or only pages that are trusted less than the file."""
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


def same_content(one: Version | Unit, other: Version | Unit) -> bool:
    """Whether two versions say the same: no number differs, nearly all stand in both, and so does most of the text."""
    most = max(one.count, other.count)
    if one.content is not None and one.content == other.content:
        return bool(most or one.content.text)
    left, right = one.numbers, other.numbers
    if left != right:
        shared = left.keys() & right.keys()
        if any(left[key] != right[key] for key in shared) or len(shared) < _SAME_NUMBERS * most:
            return False
    if one.text == other.text:
        return bool(most or one.text)
    if not (one.text and other.text):
        return most >= _TELLING_NUMBERS
    of_shorter, of_longer = likeness(one.text, other.text)
    # With a table of equal numbers, a page that lacks some of the text is still the same report; without, it is not.
    return (of_shorter if most else of_longer) >= _SAME_TEXT


def same_payload(one: Version, other: Version) -> bool:
    """Whether two versions are the same bytes."""
    same = one.payload_digest == other.payload_digest and one.ordinal == other.ordinal
    return same and one.payload_digest is not None
