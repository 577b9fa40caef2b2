"""The project as somebody who knows Scrapy meets it: the ``scrapy`` command in the project's folder."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.crawler.walk import REPOSITORY
from tests.crawler.wire_server import answer, serving

PAGE = answer(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 13\r\n\r\n<html></html>")


def scrapy(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("NIANBAO_")}
    return subprocess.run(
        [sys.executable, "-m", "scrapy", *arguments],
        cwd=REPOSITORY,
        env=clean | {"NIANBAO_DATA": str(data)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_list_and_check(tmp_path: Path) -> None:
    listed = scrapy(tmp_path, "list")
    assert (listed.returncode, listed.stdout.split()) == (0, ["annual_reports"])
    assert scrapy(tmp_path, "check").returncode == 0


def test_crawl_archives(tmp_path: Path) -> None:
    with serving({"/": PAGE}) as server:
        done = scrapy(
            tmp_path, "crawl", "annual_reports", "-a", f"url={server.url('/')}", "-s", "NIANBAO_ALLOW_PRIVATE=1",
            "-s", "DOWNLOAD_DELAY=0",
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert server.exchanges("/")
    assert len(list((tmp_path / "collections" / "nianbao" / "archive").glob("*.warc.gz"))) == 1
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("argument", "said"),
    [("url=http://www.qingshi.gov.cn/", "--contact"), ("url=http://127.0.0.1/", "private")],
)
def test_refusals_are_one_line_and_exit_code_2(tmp_path: Path, argument: str, said: str) -> None:
    done = scrapy(tmp_path, "crawl", "annual_reports", "-a", argument, "-s", "LOG_LEVEL=ERROR")
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
