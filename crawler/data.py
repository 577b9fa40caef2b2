"""The data of a command: the folder with the archive and the reports of the runs, and the corpus computed from it."""

from dataclasses import dataclass, replace
from pathlib import Path

from archive.bucket import Bucket
from archive.folder import ArchiveFolder
from config.errors import ArchiveError, UsageError
from pipelines.corpus import Corpus, CorpusMissing, place_name


@dataclass(frozen=True, slots=True)
class DataFolder:
    """``path`` is what ``--data`` names, ``corpus_url`` what ``--corpus`` does: a URL, or a file in the place of the
    folder's own; ``archive_url`` is what ``--archive`` names: a bucket for the finished files of the archive. Nothing
    in them is touched before `prepare`."""

    path: Path
    corpus_url: str | None = None
    archive_url: str | None = None

    @property
    def archive(self) -> ArchiveFolder:
        """Raises UsageError where the address of the bucket is none, or the archive lies in another place."""
        folder = ArchiveFolder(self.path, Bucket.at(self.archive_url) if self.archive_url else None)
        noted = folder.noted_bucket()
        if noted is not None and noted != (folder.bucket and folder.bucket.url):
            moved = f"if it has moved, change {folder.note}"
            raise UsageError(f"the archive of {self.path} lies in {noted}: name it with --archive ({moved})")
        return folder

    def on_worker(self) -> "DataFolder":
        """The data of a command as a worker of its cluster has it (see `ArchiveFolder.on_worker`)."""
        return replace(self, path=self.archive.on_worker().data)

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
        archive = self.archive
        if not (archive.archive.is_dir() if archive.bucket is None else archive.files()):
            place = archive.bucket.url if archive.bucket else self.path
            raise UsageError(f"{place} holds no archive; `nianbao crawl` or `nianbao import` makes one")
        if archive.bucket is not None:
            self.prepare()  # for what is copied here
        return archive

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
