"""Records that their writer cut into segments (WARC 1.1, chapter 7, for files of limited size), put together again."""

from dataclasses import replace

from archive.raw import MAX_BLOCK, Damage, RawRecord

_NUMBER, _ORIGIN, _TOTAL = "WARC-Segment-Number", "WARC-Segment-Origin-ID", "WARC-Segment-Total-Length"
# Of the first segment alone, or of the record only while it is in pieces.
_OF_A_SEGMENT = frozenset(name.lower() for name in (_NUMBER, _ORIGIN, _TOTAL, "WARC-Block-Digest", "WARC-Truncated"))


def is_segment(record: RawRecord) -> bool:
    """Whether ``record`` holds a part of a block alone."""
    return record.type == "continuation" or record.get(_NUMBER) is not None


def origin_of(record: RawRecord) -> str | None:
    """The id of the record that ``record`` continues."""
    return record.id_in(_ORIGIN)


class Segments:
    """Holds segments until all of their record are there; they may lie in several files.

    ``add`` gives the whole record, under the header of its first segment, with the last one that it gets; else None.
    What never becomes whole is `left`.
    """

    def __init__(self) -> None:
        self._held: dict[str, dict[int, RawRecord]] = {}
        self._joined: set[str] = set()

    def add(self, segment: RawRecord) -> RawRecord | None:
        record_id = origin_of(segment) or segment.record_id
        held = self._held.setdefault(record_id, {})
        number = segment.get(_NUMBER) or ""
        held[int(number) if number.isdecimal() else 0] = segment
        total = next((text for one in held.values() if (text := one.get(_TOTAL))), None)
        last = max(held)
        if total is None or set(held) != set(range(1, last + 1)) or held[1].type == "continuation":
            return None
        length = sum(len(one.block) for one in held.values())
        if str(length) != total.strip() or length > MAX_BLOCK:
            return None
        first = held[1]
        del self._held[record_id]
        self._joined.add(record_id)
        fields = tuple(field for field in first.fields if field[0].lower() not in _OF_A_SEGMENT)
        block = b"".join(held[place].block for place in range(1, last + 1))
        return replace(first, fields=fields, block=block, length=None, whole_end=True)

    def left(self) -> list[Damage]:
        """The segments that no whole record came of, each with what became of the others."""
        found = []
        for record_id, held in self._held.items():
            if record_id in self._joined:  # a file that was given twice
                continue
            there = ", ".join(str(number) for number in sorted(held))
            what = f"a segment of a record that is not whole: of {record_id} there are the segments {there}"
            found += [Damage(one.file, one.offset, one.length or 0, what, one.url) for one in held.values()]
        return found
