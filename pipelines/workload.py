"""What of an archive is to be parsed: passed over by whole files where nothing is due, cut into stretches elsewhere."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from archive.folder import ArchiveFolder
from archive.index import Index
from archive.reader import records
from pipelines import fingerprint
from pipelines.corpus import Corpus
from pipelines.corpus.kept import FileMark
from pipelines.stretch import SIGHTING, Gathered, Stretch

# A stretch is what one transaction stores, and what a killed run loses of each worker's.
_RECORDS = 50
_BYTES = 8 << 20


@dataclass(slots=True)
class _File:
    """A file that is gone through from end to end: ``handed`` out so many stretches (``all_handed``: no more come), of
    which so many are ``back``."""

    size: int
    modified: int
    handed: int = 0
    all_handed: bool = False
    back: int = 0
    records: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    damaged: bool = False


class Workload:
    """The work of one run. ``total`` records are to be looked at; ``records`` are passed over at once, of which
    ``skipped`` are no documents and the others current."""

    def __init__(self, folder: ArchiveFolder, corpus: Corpus, *, everything: bool, rehearsed: bool) -> None:
        self._folder = folder
        self._corpus = corpus
        self._everything = everything
        self._rehearsed = rehearsed
        self._parser = fingerprint.parser()
        self._index = Index(folder)
        self._there = folder.files_there()
        self._open: dict[str, _File] = {}
        self.unfinished: set[str] = set(folder.files_elsewhere())
        self.total = self.records = self.current = 0
        self.skipped: Counter[str] = Counter()
        self._known: dict[str, int] = {}
        self._whole: list[str] = []
        self._plan()

    def _plan(self) -> None:
        due, marks = self._corpus.due_files(self._parser), self._corpus.marks()
        selection = fingerprint.selection()
        for file in self._folder.files():
            mark = marks.get(file)
            if mark is None or (mark.size, mark.modified) != self._stamp(file) or mark.selection != selection:
                self._whole.append(file)
                self.total += len(self._index.offsets(file))
                continue
            self._known[file] = due.get(file, 0)
            self.total += self._known[file]
            self.records += mark.records
            self.skipped += Counter(mark.skipped)
            self.current += mark.records - sum(mark.skipped.values()) - self._known[file]

    def stretches(self) -> Iterator[Stretch]:
        """The work, file by file."""
        for file, count in self._known.items():
            if count:
                offsets = self._corpus.due_offsets(file, self._parser)
                for part in _cut(offsets):
                    yield Stretch(file, part, part[0], part[-1] + 1, known=True, rehearsed=self._rehearsed)
        for file in self._whole:
            stamp = self._stamp(file)
            self.unfinished.add(file)
            if stamp is not None:
                self._open[file] = _File(*stamp)
            # A file of another tool may lack an index, and then is read once more for the places to cut it at.
            offsets = self._index.offsets(file) or sorted(
                {record.location.offset for record in records(self._folder, file, lambda damage: None)}
            )
            parts = list(_cut(offsets)) or [(0,)]
            # A record that the index lacks stands between two that it has.
            starts = [0, *(part[0] for part in parts[1:])]
            for part, start, end in zip(parts, starts, [*starts[1:], None], strict=True):
                if stamp is not None:
                    self._open[file].handed += 1
                    self._open[file].all_handed = end is None
                yield Stretch(file, part, start, end, everything=self._everything, rehearsed=self._rehearsed)

    def settle(self, stretch: Stretch, gathered: Gathered) -> None:
        """Take note that the results of a stretch are stored; the last of a file lets the whole file be passed over."""
        if stretch.known:
            return
        file = self._open.get(stretch.file)
        if file is None:
            return
        file.back += 1
        file.records += gathered.records
        file.skipped += gathered.skipped
        file.damaged = file.damaged or bool(gathered.damage)
        if file.all_handed and file.back == file.handed and not file.damaged:
            # What was seen again is stored, too.
            no_documents = {reason: count for reason, count in file.skipped.items() if reason != SIGHTING}
            mark = FileMark(file.size, file.modified, file.records, no_documents, fingerprint.selection())
            self._corpus.mark(stretch.file, mark)
            self.unfinished.discard(stretch.file)
            del self._open[stretch.file]

    def _stamp(self, file: str) -> tuple[int, int] | None:
        """Size and time of a finished file; None for one in writing."""
        try:
            status = self._folder.final(file).stat()
        except FileNotFoundError:
            stored = None if self._folder.in_writing(file).exists() else self._there.get(file)
            return (stored.size, stored.modified) if stored else None
        return status.st_size, status.st_mtime_ns


def _cut(offsets: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """``offsets`` in parts of at most so many records, and of so many bytes where more than one record is in it."""
    part: list[int] = []
    for offset in offsets:
        if part and (len(part) == _RECORDS or offset - part[0] > _BYTES):
            yield tuple(part)
            part = []
        part.append(offset)
    if part:
        yield tuple(part)
