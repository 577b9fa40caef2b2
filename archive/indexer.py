"""The index of one file, made from its records: after a crash, after an import, and to check the one that is there."""

import os

from archive import cdxj
from archive.folder import ArchiveFolder, sync_folder
from archive.message import Message, parse_message
from archive.raw import RawRecord


class Indexer:
    """Takes the records of a file in order and gives its lines.

    A capture is joined with its request, which may stand before it or after it, by WARC-Concurrent-To in
    either of the two.
    """

    def __init__(self) -> None:
        self._lines: list[bytes] = []
        self._place: dict[str, int] = {}
        self._methods: dict[str, cdxj.Method] = {}

    def add(self, record: RawRecord, message: Message | None = None) -> None:
        """``message`` is the record's HTTP head, where the caller has read it already."""
        if record.type == "request":
            self._add_request(record)
        elif record.type in cdxj.INDEXED and record.url:
            if message is None and record.is_http:
                message = parse_message(record.block)
            method = next((self._methods[i] for i in _join_ids(record) if i in self._methods), None)
            self._place[record.record_id] = len(self._lines)
            self._lines.append(cdxj.line(record, message, method))

    def _add_request(self, record: RawRecord) -> None:
        method = cdxj.Method.of_request(parse_message(record.block), record.block) if record.is_http else None
        if method is None:
            return
        for record_id in _join_ids(record):
            self._methods[record_id] = method
            if record_id in self._place:
                place = self._place[record_id]
                self._lines[place] = cdxj.with_method(self._lines[place], method)

    def lines(self) -> list[bytes]:
        """The lines so far, sorted."""
        return sorted(self._lines)


def _join_ids(record: RawRecord) -> list[str]:
    return [record.record_id, *record.ids_in("WARC-Concurrent-To")]


def write_index(folder: ArchiveFolder, file: str, lines: list[bytes]) -> None:
    """Put the sorted ``lines`` in the place of the index of ``file``, whole or not at all. Raises OSError."""
    path = folder.index_path(file)
    new = path.with_suffix(".cdxj.new")
    with new.open("wb") as stream:
        stream.writelines(lines)
        stream.flush()
        os.fsync(stream.fileno())
    new.replace(path)
    sync_folder(folder.indexes)
