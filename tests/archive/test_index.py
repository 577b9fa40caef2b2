import json
from datetime import UTC, datetime, timedelta

import pytest

from archive.exchange import Exchange
from archive.folder import ArchiveFolder
from archive.index import Index
from archive.indexer import Indexer
from archive.raw import scan
from archive.surt import surt
from archive.writer import ArchiveWriter
from tests.archive.exchanges import INFO, PAGE, STARTED, answer, get, page

FORM = b"Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n"


def post(url: str, body: bytes, headers: bytes = FORM, minutes: int = 0) -> Exchange:
    request = b"POST /list HTTP/1.1\r\nHost: a.gov.cn\r\n" + headers + b"Content-Length: %d\r\n\r\n" % len(body) + body
    return Exchange(url, "POST", STARTED + timedelta(minutes=minutes), None, request, answer(body + PAGE))


# As pywb 2.10 prints them (wb-manager add, cdx-indexer --postappend).
@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("http://www.example.gov.cn/", "cn,gov,example)/"),
        ("https://WWW2.example.gov.cn:443/A/b/../C//d.html?b=2&a=1&c", "cn,gov,example)/a/c/d.html?a=1&b=2&c"),
        ("http://example.gov.cn:8080/年报/?q=年#top", "cn,gov,example:8080)/%e5%b9%b4%e6%8a%a5?q=%e5%b9%b4"),
        ("http://127.0.0.1:8001/x/", "1,0,0,127:8001)/x"),
        ("http://a.cn/?jsessionid=0123456789abcdef0123456789abcdef&z=1", "cn,a)/?z=1"),
        ("http://a.cn", "cn,a)/"),
        ("urn:nianbao:Upload/", "urn:nianbao:upload"),
        ("http://政府.cn/", "cn,xn--mxtq1m)/"),
        ("", "-"),
    ],
)
def test_keys_are_those_of_pywb(url, key):
    assert surt(url) == key


def test_the_lines_of_a_closed_file_are_sorted_and_those_that_its_records_give(folder, writer):
    for number in (3, 1, 2):
        writer.exchange(page(number))
    writer.exchange(post("http://a.gov.cn/list", b"page=2&q=%E5%B9%B4"))
    writer.resource("file:///a.txt", STARTED, PAGE, "text/plain")
    writer.close()
    (file,) = folder.files()
    lines = folder.index_path(file).read_bytes().splitlines(keepends=True)
    assert lines == sorted(lines) and len(lines) == 5
    indexer = Indexer()
    for record in scan(folder.path(file), file):
        indexer.add(record)
    assert indexer.lines() == lines
    key, timestamp, text = lines[0].decode().split(" ", 2)
    assert key == "cn,gov,a)/list?__wb_method=post&page=2&q=%e5%b9%b4"
    assert timestamp == "20260131093015"
    fields = json.loads(text)
    assert (fields["method"], fields["requestBody"], fields["filename"]) == ("POST", "page=2&q=年", file)
    assert {"url", "mime", "status", "digest", "length", "offset", "id"} <= set(fields)


@pytest.mark.parametrize("closed", [False, True])
def test_captures_are_found_by_the_very_request(folder, writer, closed):
    first, second = writer.exchange(page(1)), writer.exchange(page(1, b"changed", minutes=5))
    writer.exchange(page(11))
    upper = writer.exchange(
        Exchange("http://www.example.gov.cn/GK/1.html", "GET", STARTED, None, get("/"), answer(b"x"))
    )
    if closed:
        writer.close()
    index = Index(folder)
    captures = index.captures("http://www.example.gov.cn/gk/1.html")
    assert [capture.location for capture in captures] == [first, second]
    assert captures[0].captured == datetime(2026, 1, 31, 9, 30, 15, tzinfo=UTC)
    assert (captures[0].status, captures[0].mime) == (200, "text/html")
    assert [capture.location for capture in index.captures("http://www.example.gov.cn/GK/1.html#top")] == [upper]
    assert index.captures("http://www.example.gov.cn/gk/1.htm") == []
    assert index.captures("http://www.example.gov.cn/gk/1.html", method="POST") == []


@pytest.mark.parametrize("closed", [False, True])
def test_captures_of_one_second_stand_in_the_order_of_their_records(folder, writer, closed):
    places = [writer.exchange(page(1, b"%d" % number)) for number in range(4)]
    if closed:
        writer.close()
    assert [capture.location for capture in Index(folder).captures(page(1).url)] == places


@pytest.mark.parametrize("closed", [False, True])
def test_posts_are_told_apart_by_their_bodies(folder, writer, closed):
    url, long = "http://a.gov.cn/list", b"x=" + b"a" * 5000
    forms = [b"page=1", b"page=2", b"page=%31&Q=A", b"page=1&q=a", b"", long, long + b"b", b"\xff\xfe=\x00"]
    places = {body: writer.exchange(post(url, body)) for body in forms}
    as_json = writer.exchange(
        post(url, b'{"page": 1, "more": {"page": [2, true]}}', b"Content-Type: application/json\r\n")
    )
    got = writer.exchange(Exchange(url, "GET", STARTED, None, get("/list"), answer(b"the page")))
    if closed:
        writer.close()
    index = Index(folder)
    for body, location in places.items():
        assert [capture.location for capture in index.captures(url, "POST", body)] == [location]
    (found,) = index.captures(url, "POST", b'{"page": 1, "more": {"page": [2, true]}}')
    assert found.location == as_json
    assert [capture.location for capture in index.captures(url)] == [got]
    assert index.captures(url, "POST", b"page=3") == []


def test_an_index_follows_the_writers_of_its_folder(folder):
    index = Index(folder)
    assert index.captures("http://www.example.gov.cn/gk/1.html") == []
    with ArchiveWriter(folder, info=INFO, file_size=1500) as writer:
        for number in range(10):
            writer.exchange(page(number))
            assert len(index.captures(f"http://www.example.gov.cn/gk/{number}.html")) == 1
            assert len(index.captures("http://www.example.gov.cn/gk/0.html")) == 1
    assert len(list(index.all())) == 10


def test_an_address_that_had_to_be_escaped_is_found_as_it_was_asked_for(folder, writer):
    url = "http://a.gov.cn/年报 <2020>.doc?q=a b"
    location = writer.exchange(Exchange(url, "GET", STARTED, None, get("/"), answer(PAGE)))
    assert [capture.location for capture in Index(folder).captures(url)] == [location]


def test_an_index_that_was_made_anew_is_read_anew(folder, writer):
    for number in (1, 2):
        writer.exchange(page(number))
    writer.close()
    index, path = Index(folder), folder.index_path(folder.files()[0])
    whole = path.read_bytes()
    first_line = whole.splitlines(keepends=True)[0]
    for data, count in ((first_line, 0), (whole, 1), (first_line, 0)):
        new = path.with_suffix(".new")
        new.write_bytes(data)
        new.replace(path)
        assert len(index.captures(page(2).url)) == count


@pytest.mark.parametrize("closed", [False, True])
def test_very_long_addresses_are_found_like_others(folder, writer, closed):
    urls = [f"http://{host}.gov.cn/{'x' * 70_000}" for host in ("a", "m", "z")]
    places = [writer.exchange(Exchange(url, "GET", STARTED, None, get("/"), answer(PAGE))) for url in urls]
    if closed:
        writer.close()
    index = Index(folder)
    assert [index.captures(url)[0].location for url in urls] == places
    assert index.captures(urls[0] + "y") == []


def test_bisection_finds_every_line_and_no_other(folder, writer):
    numbers = range(0, 600, 3)
    for number in numbers:
        writer.exchange(page(number, b"x"))
    writer.close()
    index = Index(ArchiveFolder(folder.data))
    hits = [number for number in range(600) if index.captures(f"http://www.example.gov.cn/gk/{number}.html")]
    assert hits == list(numbers)
