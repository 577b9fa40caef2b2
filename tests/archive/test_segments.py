"""Records that were cut into segments are taken over whole, or not at all and with a reason."""

from pathlib import Path

import pytest

from archive.importing import import_warc
from archive.reader import records
from archive.segments import Segments
from archive.verify import verify
from tests.archive.exchanges import INFO, PAGE, answer

WHOLE = answer(PAGE, b"Content-Type: text/html")
URL, RECORD, REST = "http://a.gov.cn/", "<urn:uuid:whole>", "<urn:uuid:rest>"


def segment(number: int, block: bytes, **more: str) -> bytes:
    kind, record_id = ("response", RECORD) if number == 1 else ("continuation", REST + str(number))
    if number > 1:
        more = {"WARC-Segment-Origin-ID": RECORD} | more
    else:
        more = {"Content-Type": "application/http;msgtype=response", "WARC-Truncated": "length"} | more
    lines = [
        "WARC/1.1", f"WARC-Type: {kind}", f"WARC-Record-ID: {record_id}", f"WARC-Target-URI: {URL}",
        "WARC-Date: 2023-03-01T00:00:00Z", f"WARC-Segment-Number: {number}",
        *(f"{name}: {value}" for name, value in more.items()), f"Content-Length: {len(block)}", "", "",
    ]  # fmt: skip
    return "\r\n".join(lines).encode() + block + b"\r\n\r\n"


def last(total: int = len(WHOLE)) -> bytes:
    return segment(3, WHOLE[90:], **{"WARC-Segment-Total-Length": str(total)})


def put(path: Path, *parts: bytes) -> Path:
    path.write_bytes(b"".join(parts))
    return path


def test_segments_are_joined_wherever_they_lie(folder, tmp_path):
    files = [
        put(tmp_path / "2.warc", last(), segment(2, WHOLE[50:90])),
        put(tmp_path / "1.warc", segment(1, WHOLE[:50])),
    ]
    for known in (0, 1):
        segments = Segments()
        imported = [import_warc(path, folder, info=INFO, segments=segments) for path in files]
        assert [one.segments for one in imported] == [2, 0]
        assert (imported[1].taken, imported[1].known) == (1 - known, known)
        assert segments.left() == []
    [record] = records(folder)
    assert (record.url, record.payload, record.truncated) == (URL, PAGE, None)
    assert verify(folder).problems == ()


BROKEN = {
    "the last is missing": (segment(1, WHOLE[:50]), segment(2, WHOLE[50:90])),
    "one in the middle is missing": (segment(1, WHOLE[:50]), last()),
    "the first is missing": (segment(2, WHOLE[50:90]), last()),
    "they have another length": (segment(1, WHOLE[:49]), segment(2, WHOLE[50:90]), last()),
    "one is damaged": (
        segment(1, WHOLE[:50]),
        segment(2, WHOLE[50:90], **{"WARC-Block-Digest": "sha1:" + "A" * 32}),
        last(),
    ),
}


@pytest.mark.parametrize("how", BROKEN)
def test_what_does_not_become_whole_is_told_and_not_taken(folder, tmp_path, how):
    imported = import_warc(put(tmp_path / "a.warc", *BROKEN[how]), folder, info=INFO)
    assert imported.taken == 0
    assert len(imported.damages) == len(BROKEN[how])
    assert all(damage.url == URL and "segment" in damage.reason for damage in imported.damages)
    assert list(records(folder)) == []
