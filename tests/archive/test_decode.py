import gzip
import zlib

import brotli
import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st

from archive.decode import UndecodablePayload, entity, payload
from archive.message import parse_message
from tests.archive.exchanges import answer, chunked

BODY = "政府信息公开工作年度报告 ".encode() * 40


def decoded(block: bytes, limit: int = 1_000_000) -> bytes:
    message = parse_message(block)
    return payload(message, entity(message, block), limit)


def raw_deflate(data: bytes) -> bytes:
    deflate = zlib.compressobj(wbits=-15)
    return deflate.compress(data) + deflate.flush()


@pytest.mark.parametrize(
    ("coding", "encode"),
    [
        (b"gzip", gzip.compress),
        (b"x-gzip", gzip.compress),
        (b"GZip", gzip.compress),
        (b"deflate", zlib.compress),
        (b"deflate", raw_deflate),
        (b"br", brotli.compress),
        (b"zstd", zstd.compress),
        (b"identity", bytes),
        (b"utf-8", bytes),  # a charset in the wrong header, seen on portals
        (b"gzip", bytes),  # decoded already by the tool that wrote the record
        (b"deflate, gzip", lambda data: gzip.compress(zlib.compress(data))),
        (b"gzip", lambda data: gzip.compress(data[:100]) + gzip.compress(data[100:])),
    ],
)
@pytest.mark.parametrize("framed", [False, True])
def test_every_coding_is_undone(coding, encode, framed):
    body = encode(BODY)
    header = b"Content-Encoding: " + coding
    block = (
        answer(chunked(body), b"Transfer-Encoding: chunked", header, length=False) if framed else answer(body, header)
    )
    assert decoded(block) == BODY


@pytest.mark.parametrize("coding", [b"compress", b"dcb", b"sdch, gzip"])
def test_an_unknown_coding_is_named(coding):
    with pytest.raises(UndecodablePayload) as error:
        decoded(answer(gzip.compress(BODY), b"Content-Encoding: " + coding))
    assert error.value.encoding == coding.decode().split(",")[0]


@pytest.mark.parametrize(
    ("coding", "encode"),
    [(b"gzip", gzip.compress), (b"br", brotli.compress), (b"zstd", zstd.compress), (b"deflate", zlib.compress)],
)
def test_damaged_and_cut_bodies_are_errors_and_keep_what_there_is(coding, encode):
    body = encode(bytes(range(256)) * 50)
    with pytest.raises(UndecodablePayload, match=f"content encoding {coding.decode()}: the body ends early"):
        decoded(answer(body[:-5], b"Content-Encoding: " + coding))
    broken = body[:10] + bytes([body[10] ^ 0xFF, body[11] ^ 0xFF]) + body[12:]
    with pytest.raises(UndecodablePayload):
        decoded(answer(broken, b"Content-Encoding: " + coding))


@pytest.mark.parametrize(
    ("coding", "encode"),
    [(b"gzip", gzip.compress), (b"br", brotli.compress), (b"zstd", zstd.compress), (b"deflate", zlib.compress)],
)
def test_a_decompression_bomb_stops_at_the_limit(coding, encode):
    with pytest.raises(UndecodablePayload, match="larger than 100000 bytes") as error:
        decoded(answer(encode(bytes(5_000_000)), b"Content-Encoding: " + coding), limit=100_000)
    assert len(error.value.partial) == 100_000


@pytest.mark.parametrize(
    ("body", "expected", "flaw"),
    [
        (b"4\r\nWiki\r\n5;ext=1\r\npedia\r\n0\r\nTrailer: x\r\n\r\n", b"Wikipedia", None),
        (b"4\nWiki\n0\n\n", b"Wiki", None),
        (b"4\r\nWiki\r\n5\r\nped", b"Wikiped", "ends early"),
        (b"4\r\nWiki\r\n", b"Wiki", "ends early"),
        (b"4\r\nWiki", b"Wiki", "ends early"),
        (b"4\r\nWiki\r\nnonsense", b"Wiki", "breaks at byte 9"),
        (b"<html>not chunked at all</html>", b"<html>not chunked at all</html>", None),
        (b"", b"", None),
    ],
)
def test_chunk_framing(body, expected, flaw):
    block = answer(body, b"Transfer-Encoding: chunked", length=False)
    found = entity(parse_message(block), block)
    assert found.joined() == expected
    assert (flaw in found.flaw) if flaw else found.flaw is None


@given(st.binary(max_size=300), st.integers(1, 40))
def test_chunking_is_undone_whatever_the_chunks(body, size):
    block = answer(chunked(body, size), b"Transfer-Encoding: chunked", length=False)
    found = entity(parse_message(block), block)
    assert (found.joined(), found.flaw) == (body, None)


@given(st.binary(max_size=400))
def test_no_block_of_bytes_breaks_the_reading_of_heads(block):
    message = parse_message(block)
    assert 0 <= message.body_at <= len(block)
    entity(message, block)


def test_interim_answers_are_passed_over():
    block = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nSet-Cookie: a\r\nset-cookie: b\r\n\r\nbody"
    message = parse_message(block)
    assert (message.status, message.headers) == (200, (("Set-Cookie", "a"), ("set-cookie", "b")))
    assert block[message.body_at :] == b"body"
