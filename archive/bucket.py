"""Finished files in a bucket, by an fsspec URL: put whole, checked, read by ranges.

Keys and endpoint are found as the AWS tools find them (``AWS_ACCESS_KEY_ID``, ``AWS_ENDPOINT_URL``, …). Below the URL
the files lie as in a folder: ``archive/NAME.warc.gz``, ``indexes/NAME.cdxj``, ``torn/``; ``open/NAME.warc.gz`` says on
which machine a file lies that is not there yet.
"""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from archive.source import Source
from config.errors import ArchiveError, BucketError, NianbaoError, UsageError

_URL = re.compile(r"[a-z][a-z0-9+]*://[^/\s]+\S*")
_S3 = ("s3", "s3a")
# In seconds. A bucket that does not answer is tried again by s3fs, five times in all.
_PATIENCE = {"connect_timeout": 5, "read_timeout": 30}
# The first read of a file may be all that is wanted of it; who reads on, reads most of it.
_FIRST_READ = 256 * 1024
_LONGEST_READ = 4 * 1024 * 1024
# What a reader of records asks for behind the place where it means to stop.
_BEHIND = 64 * 1024


@dataclass(frozen=True, slots=True)
class Stored:
    """What a bucket says of a file: bytes, time of its last change in nanoseconds, and its ETag, which is its MD5 where
    it was put in one piece and not encrypted with a key of its own."""

    size: int
    modified: int
    etag: str = ""

    @classmethod
    def told(cls, info: dict[str, Any]) -> "Stored":
        changed = next((info[key] for key in ("LastModified", "mtime", "created") if info.get(key)), 0)
        seconds = changed.timestamp() if isinstance(changed, datetime) else float(changed)
        return cls(int(info["size"]), int(seconds * 1e9), str(info.get("ETag", "")).strip('"'))


@dataclass(frozen=True, slots=True)
class Bucket:
    """The files below ``url``. Every method raises BucketError, naming the URL, where the bucket does not do
    what is asked of it, and ArchiveError where a file is missing."""

    url: str

    @classmethod
    def at(cls, url: str) -> "Bucket":
        """The bucket at ``url``. Raises UsageError for what is no such address, and where a library is missing."""
        if not _URL.fullmatch(url):
            raise UsageError(f"{url!r} is no address of a bucket; write s3://BUCKET or s3://BUCKET/PREFIX")
        bucket = cls(url.rstrip("/"))
        try:
            import fsspec

            fsspec.get_filesystem_class(url.partition("://")[0])
        except ImportError as error:
            raise UsageError(f"{url}: a bucket needs s3fs: pip install -r requirements-s3.txt ({error})") from error
        except ValueError as error:
            raise UsageError(f"{url}: {error}") from error
        return bucket

    def place(self, key: str) -> str:
        """The URL of a file."""
        return f"{self.url}/{key}"

    def files(self, folder: str) -> dict[str, Stored]:
        """The files in ``folder``, by name."""
        with self._spoken(folder, "cannot be listed"):
            try:
                found = self._system.ls(self.place(folder), detail=True)
            except FileNotFoundError:
                if not self._system.exists(self._root):
                    raise BucketError(f"{self._root}: there is no such bucket") from None
                return {}
            files = (info for info in found if info["type"] == "file")
            return {info["name"].rpartition("/")[2]: Stored.told(info) for info in files}

    def look(self, key: str) -> Stored | None:
        """What is there under ``key``; None where nothing is."""
        with self._spoken(key, "cannot be asked for"):
            try:
                return Stored.told(self._system.info(self.place(key)))
            except FileNotFoundError:
                return None

    def read(self, key: str, start: int, end: int) -> bytes:
        """The bytes from ``start`` to ``end``; fewer, or none, where the file ends before."""
        with self._spoken(key, "cannot be read"):
            try:
                data: bytes = self._system.cat_file(self.place(key), start=start, end=end)
            except OSError as error:
                if _is_behind_the_end(error):
                    return b""
                raise
            return data

    def fetch(self, key: str, target: Path) -> None:
        """Copy a file to ``target``, which is not there yet. Raises OSError where the disk does not take it."""
        with target.open("xb") as copy:
            at = 0
            while data := self.read(key, at, at + _LONGEST_READ):
                copy.write(data)
                at += len(data)
                if len(data) < _LONGEST_READ:
                    break

    def put(self, path: Path, key: str) -> Stored:
        """Have a copy of the file at ``path`` under ``key``, which appears whole or not at all; what it becomes.

        Where it is there already nothing is sent. Another file under the same name is first set aside. Returns once the
        bucket's copy has been compared with the file.
        """
        there = self.look(key)
        if there is not None:
            if self._is_copy(key, there, path):
                return there
            self.set_aside(key, there)
        with self._spoken(key, f"{path} could not be put there, and stays where it is"):
            self._system.put_file(str(path), self.place(key), max_concurrency=2)
        there = self.look(key)
        if there is None or not self._is_copy(key, there, path):
            raise BucketError(f"{self.place(key)}: what the bucket has kept differs from {path}, which stays")
        return there

    def text(self, key: str) -> str:
        """What `write` wrote there; nothing where it is gone."""
        with self._spoken(key, "cannot be read"):
            try:
                return str(self._system.cat_file(self.place(key)).decode("utf-8", "replace"))
            except FileNotFoundError:
                return ""

    def write(self, key: str, text: str) -> None:
        """Have ``text`` there under ``key``."""
        with self._spoken(key, "could not be written"):
            self._system.pipe_file(self.place(key), text.encode())

    def set_aside(self, key: str, there: Stored) -> str:
        """Keep a copy in ``torn/``, under a name that tells the file and its time; its URL."""
        aside = f"torn/{key.rpartition('/')[2]}.{there.modified}"
        with self._spoken(key, f"could not be copied to {aside}"):
            self._system.cp_file(self.place(key), self.place(aside))
        return self.place(aside)

    def remove(self, key: str) -> None:
        """Take a file away."""
        with self._spoken(key, "could not be removed"):
            self._system.rm_file(self.place(key))

    def _is_copy(self, key: str, there: Stored, path: Path) -> bool:
        """Whether the file in the bucket is that at ``path``: by its MD5, else byte by byte."""
        if there.size != path.stat().st_size:
            return False
        with path.open("rb") as stream:
            if hashlib.file_digest(stream, "md5").hexdigest() == there.etag:
                return True
            at = stream.seek(0)
            while data := stream.read(_LONGEST_READ):
                if self.read(key, at, at + len(data)) != data:
                    return False
                at += len(data)
        return True

    @property
    def _system(self) -> Any:
        # fsspec keeps it for this process and thread; an instance must not be carried over a fork.
        import fsspec

        protocol = self.url.partition("://")[0]
        options = {"config_kwargs": _PATIENCE} if protocol in _S3 else {}
        return fsspec.filesystem(protocol, use_listings_cache=False, **options)

    @property
    def _root(self) -> str:
        protocol, _, path = self.url.partition("://")
        return f"{protocol}://{path.partition('/')[0]}"

    @contextmanager
    def _spoken(self, key: str, what: str) -> Iterator[None]:
        """Whatever the libraries raise, as one line that names the file."""
        try:
            yield
        except NianbaoError:
            raise
        except FileNotFoundError as error:
            if "NoSuchBucket" in repr(error.__cause__):
                raise BucketError(f"{self.place(key)}: {what}: there is no such bucket") from error
            raise ArchiveError(f"{self.place(key)}: the file is missing from the archive") from error
        except Exception as error:
            said = " ".join(str(error).split()) or type(error).__name__
            raise BucketError(f"{self.place(key)}: {what}: {said}") from error


class BucketSource(Source):
    """A WARC in a bucket, read by ranges that grow while it is read on; ``end`` is where its reader means to stop."""

    def __init__(self, bucket: Bucket, key: str, end: int | None = None) -> None:
        self._bucket = bucket
        self._key = key
        self._limit = None if end is None else end + _BEHIND
        self._held, self._begin = b"", 0
        self._size: int | None = None
        self._next = _FIRST_READ

    def __str__(self) -> str:
        return self._bucket.place(self._key)

    def pread(self, length: int, offset: int) -> bytes:
        if not self._begin <= offset < self._begin + len(self._held):
            self._read(length, offset)
        data = self._at_hand(length, offset)
        if len(data) < length and offset + len(data) != self._size:
            self._read(length - len(data), offset + len(data))
            data += self._at_hand(length - len(data), offset + len(data))
        return data

    def _at_hand(self, length: int, offset: int) -> bytes:
        return self._held[offset - self._begin : offset - self._begin + length]

    def size(self) -> int:
        if self._size is None:
            there = self._bucket.look(self._key)
            if there is None:
                raise ArchiveError(f"{self}: the file is missing from the archive")
            self._size = there.size
        return self._size

    def close(self) -> None:
        self._held = b""

    def _read(self, length: int, offset: int) -> None:
        """Have the bytes from ``offset`` on at hand."""
        on = bool(self._held) and offset == self._begin + len(self._held)
        self._next = min(4 * self._next, _LONGEST_READ) if on else _FIRST_READ
        wanted = self._next if self._limit is None else min(self._next, self._limit - offset)
        wanted = max(wanted, length)
        # The next record begins where the last one ended, a little before the end of what was read for that.
        before = self._held[-_BEHIND:] if on else b""
        behind = self._size is not None and offset >= self._size
        data = b"" if behind else self._bucket.read(self._key, offset, offset + wanted)
        if len(data) < wanted and (data or on or offset == 0):
            self._size = offset + len(data)
        self._held, self._begin = before + data, offset - len(before)


def _is_behind_the_end(error: OSError) -> bool:
    """Whether a range was asked for that begins behind the last byte (HTTP 416)."""
    return "InvalidRange" in repr(error.__cause__) or "requested range" in str(error).lower()
