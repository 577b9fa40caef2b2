"""The data of a command: the folder with the archive and the reports of the runs, and the corpus computed from it."""

from dataclasses import dataclass
from pathlib import Path

from archive.folder import ArchiveFolder
from config.errors import ArchiveError, UsageError
from pipelines.corpus import Corpus, CorpusMissing, place_name


@dataclass(frozen=True, slots=True)
class DataFolder:
    """``path`` is what ``--data`` names, ``corpus_url`` what ``--corpus`` does: a URL, or a file in the place of the
    folder's own. Nothing in them is touched before `prepare`."""

    path: Path
    corpus_url: str | None = None

    @property
    def archive(self) -> ArchiveFolder:
        return ArchiveFolder(self.path)

    @property
    def corpus_place(self) -> Path | str:
        """Where the corpus is, as `Corpus.open` takes it."""
        return self.corpus_url or self.path / "corpus.sqlite"

    def check_shared(self) -> None:
        """Raise UsageError where other machines can't reach the corpus: it is on no server."""
        if self.corpus_url is None or "://" not in self.corpus_url or self.corpus_url.startswith("sqlite"):
            raise UsageError("--cluster needs a corpus that all machines reach: name it with --corpus postgresql://…")

    @property
    def corpus_name(self) -> str:
        """Where the corpus is, as it may be printed: without a password."""
        return place_name(self.corpus_place)

    @property
    def runs(self) -> Path:
        """Where each run leaves its report, one JSON object a line."""
        return self.path / "runs"

    @property
    def locks(self) -> Path:
        """Where a call of `run-due` keeps others out."""
        return self.archive.collection / "locks"

    @property
    def logs(self) -> Path:
        """What the last scheduled crawl of each site printed."""
        return self.path / "logs"

    def prepare(self) -> None:
        """Make the folder for a command that writes.

        Raises UsageError where the path is a file or a folder of somebody else's, ArchiveError where it can't be made.
        """
        if self.path.exists() and not self.path.is_dir():
            raise UsageError(f"{self.path} is a file; --data names a folder")
        if self.path.is_dir() and not self._is_ours() and any(self.path.iterdir()):
            raise UsageError(
                f"{self.path} is not a nianbao data folder and not empty; name an empty or a new folder with --data"
            )
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ArchiveError(f"{self.path}: the data folder can't be made: {error.strerror}") from error
        self.archive.create()

    def existing_archive(self) -> ArchiveFolder:
        """The archive of a command that only reads it. Raises UsageError where there is none."""
        if not self.archive.archive.is_dir():
            raise UsageError(f"{self.path} holds no archive; `nianbao crawl` or `nianbao import` makes one")
        return self.archive

    def corpus(self) -> Corpus:
        """The corpus, made where it is missing: a command that writes. Call `prepare` first."""
        return Corpus.open(self.corpus_place, create=True)

    def existing_corpus(self) -> Corpus:
        """The corpus of a command that only reads it. Raises UsageError where there is none, saying what makes one."""
        try:
            return Corpus.open(self.corpus_place)
        except CorpusMissing as error:
            if self.archive.archive.is_dir():
                raise UsageError(
                    f"{self.path} holds an archive but {self.corpus_name} no corpus; `nianbao reparse` computes it"
                ) from error
            raise UsageError(
                f"no corpus at {self.corpus_name}; `nianbao crawl` or `nianbao import` makes one"
            ) from error

    def corpus_if_any(self) -> Corpus | None:
        """The corpus of a command that can do without."""
        try:
            return Corpus.open(self.corpus_place)
        except CorpusMissing:
            return None

    def _is_ours(self) -> bool:
        return self.archive.collection.is_dir() or (self.path / "corpus.sqlite").is_file()
