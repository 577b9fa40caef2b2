"""pywb, in an environment of its own, replays what we write as it lies there."""

import fcntl
import gzip
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import venv
from pathlib import Path

import pytest

from archive.exchange import Exchange
from archive.index import Index
from archive.writer import ArchiveWriter
from tests.archive.exchanges import INFO, PAGE, STARTED, answer, chunked, get, page
from tests.archive.test_index import post
from tests.archive.test_reader import not_modified

pytestmark = pytest.mark.slow
INSTALL_SECONDS = 240


@pytest.fixture(scope="session")
def wayback() -> Path:
    """The `wayback` command, installed once beside the tests' own environment (pywb pins what we do not want)."""
    home = Path(sys.prefix) / "pywb"
    with (Path(sys.prefix) / "pywb.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / "ready").exists():
            venv.create(home, with_pip=True, clear=True)
            command = [home / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check", "pywb==2.10.*"]
            try:
                subprocess.run(command, check=True, capture_output=True, timeout=INSTALL_SECONDS)
            except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
                pytest.skip("pywb cannot be installed here")
            (home / "ready").touch()
    return home / "bin" / "wayback"


@pytest.fixture
def replay(folder, wayback):
    """Ask the running wayback of the archive: ``replay(timestamp, url, data) -> (status, headers, body)``."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with (folder.data / "wayback.log").open("wb") as log:
        command = [wayback, "-p", str(port), "-b", "127.0.0.1"]
        server = subprocess.Popen(command, cwd=folder.data, stdout=log, stderr=log)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), NoRedirect())

    def ask(timestamp: str, url: str, data: bytes | None = None):
        request = urllib.request.Request(f"http://127.0.0.1:{port}/nianbao/{timestamp}id_/{url}", data)
        try:
            with opener.open(request, timeout=20) as response:
                return response.status, response.headers, response.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()

    try:
        wait_for(port, server)
        yield ask
    finally:
        server.kill()
        server.wait()


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert server.poll() is None, "wayback has ended"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("wayback does not answer")


@pytest.fixture
def folder(folder):
    """An archive with everything that a portal answers."""
    moved = answer(b"", b"Location: http://www.example.gov.cn/gk/1.html", status=b"302 Found")
    framed = answer(
        chunked(gzip.compress(PAGE)), b"Content-Encoding: gzip", b"Transfer-Encoding: chunked",
        b"Content-Type: text/html; charset=gb2312", length=False)  # fmt: skip
    with ArchiveWriter(folder, info=INFO, index=Index(folder)) as writer:
        for number in range(3):
            writer.exchange(page(number))
        writer.exchange(page(1, minutes=5))
        writer.exchange(not_modified(2, 10))
        for path, response in (("old", moved), ("framed", framed), ("gone", answer(b"no", status=b"404 Not Found"))):
            url = f"http://www.example.gov.cn/{path}"
            writer.exchange(Exchange(url, "GET", STARTED, None, get(f"/{path}"), response))
        for number in (1, 2):
            writer.exchange(post("http://a.gov.cn/list", b"page=%d" % number))
        writer.resource("http://b.gov.cn/report.txt", STARTED, PAGE, "text/plain")
    return folder


def test_every_capture_is_replayed(replay):
    first = "20260131093015"
    home = "http://www.example.gov.cn"
    status, headers, body = replay(first, f"{home}/gk/1.html")
    assert (status, body) == (200, PAGE + b"<p>1</p>")
    assert headers["Content-Type"] == "text/html; charset=gb2312"
    status, headers, body = replay("20260131093515", f"{home}/gk/1.html")  # the revisit
    assert (status, body, headers["Memento-Datetime"]) == (200, PAGE + b"<p>1</p>", "Sat, 31 Jan 2026 09:35:15 GMT")
    status, _, body = replay("20260131094015", f"{home}/gk/2.html")  # at the time of the 304: the page
    assert (status, body) == (200, PAGE + b"<p>2</p>")
    status, headers, _ = replay(first, f"{home}/old")
    assert (status, headers["Location"]) == (302, f"{home}/gk/1.html")
    assert replay(first, f"{home}/framed")[2] == PAGE
    assert replay(first, f"{home}/gone")[::2] == (404, b"no")
    for number in (1, 2):
        assert replay(first, "http://a.gov.cn/list", b"page=%d" % number)[2] == b"page=%d" % number + PAGE
    assert replay(first, "http://b.gov.cn/report.txt")[2] == PAGE


def test_our_index_is_the_one_that_pywb_makes(folder, wayback):
    """Line by line, but for what is ours alone: the record id, the digest of a body, the key of a 304."""
    (file,) = folder.files()
    indexer = wayback.with_name("cdx-indexer")
    command = [indexer, "--cdxj", "--postappend", "--sort", folder.path(file)]
    made = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    ours = folder.index_path(file).read_text("utf-8")
    ours = re.sub(r', "(id|body)": "[^"]*"', "", ours)
    ours = ours.replace("!304:", "")
    assert sorted(map(split_line, ours.splitlines())) == sorted(map(split_line, made.splitlines()))


def split_line(line: str) -> tuple[str, ...]:
    key, timestamp, fields = line.split(" ", 2)
    return (key, timestamp, *sorted(fields.strip("{}").split(", ")))
