"""Each crawl leaves its account in the archive; one that is killed leaves that it was begun."""

import signal
import time
from pathlib import Path
from typing import Any

import pytest

from archive.account import accounts, run_file
from archive.folder import ArchiveFolder
from pipelines.corpus import Corpus
from pipelines.history import Attempt, attempts, take_in
from tests.cli.command import begun, nianbao
from tests.kit.portal import Server
from tests.kit.portal.server import Reply
from tests.schedule.portals import portal, report, routes

AGENCY = "青石市教育局"


def told(data: Path) -> list[dict[str, Any]]:
    folder = ArchiveFolder(data)
    found = [run_file(folder, file) for file in folder.files()]
    return [one for file in found if file is not None for one in accounts(folder, file)]


def history_of(data: Path) -> list[Attempt]:
    with Corpus.open(data / "corpus.sqlite") as corpus:
        take_in(ArchiveFolder(data), corpus)
        ((_, attempts_of_site),) = attempts(corpus).items()
        return attempts_of_site


def crawl(data: Path, url: str, *more: object) -> int:
    return nianbao("--data", data, "crawl", url, "--allow-private", "--delay", "0", *more).code


def test_what_a_crawl_came_to_is_in_the_archive(tmp_path: Path) -> None:
    first, corrected = report(AGENCY, 2022), report(AGENCY, 2022, seed=1)
    with Server(routes(portal(AGENCY, [report(AGENCY, 2021), first]))) as server:
        assert crawl(tmp_path, server.url) == 0
        server.routes = routes(portal(AGENCY, [report(AGENCY, 2021), corrected, report(AGENCY, 2023)]))
        assert crawl(tmp_path, server.url) == 0
        assert crawl(tmp_path, server.url) == 0
        assert crawl(tmp_path, server.url, "--offline") == 0  # visits nobody
    one, two, three = told(tmp_path)
    assert (one["reason"], one["news"], one["outcomes"]["report"]) == ("finished", {"new": 2}, 2)
    assert one["found"]["families"] == {"trs": 1}
    assert one["found"]["home"] == server.url
    assert one["addresses"] == {"127.0.0.1": "127.0.0.1"}
    assert one["requests"] + two["requests"] + three["requests"] == len(server.requests)
    assert one["bytes"] > 10_000
    assert two["news"] == {"new": 1, "corrected": 1}
    assert three["news"] == {}
    assert len({account["attempt"] for account in told(tmp_path)}) == 3
    before = history_of(tmp_path)
    assert [attempt.reason for attempt in before] == ["finished"] * 3
    for file in tmp_path.glob("corpus.sqlite*"):
        file.unlink()
    assert nianbao("--data", tmp_path, "reparse", "--all").code == 0
    assert history_of(tmp_path) == before


@pytest.mark.parametrize("manner", [["--offline"], []])
def test_a_crawl_reads_into_a_new_corpus_what_is_unchanged(manner: list[str], tmp_path: Path) -> None:
    with Server(routes(portal(AGENCY, [report(AGENCY, 2021), report(AGENCY, 2022)]))) as server:
        assert crawl(tmp_path, server.url) == crawl(tmp_path, server.url) == 0
        reports = nianbao("--data", tmp_path, "reports", "--json").json
        asked = len(server.requests)
        for file in tmp_path.glob("corpus.sqlite*"):
            file.unlink()
        assert crawl(tmp_path, server.url, *manner) == 0
        assert (len(server.requests) == asked) == bool(manner)
    assert len(reports) == 2
    assert nianbao("--data", tmp_path, "reports", "--json").json == reports


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_crawl_that_is_ended_is_begun_again_as_the_same_run(how: int, tmp_path: Path) -> None:
    pages = routes(portal(AGENCY, [report(AGENCY, 2021), report(AGENCY, 2022)]))
    with Server({path: Reply(r.body, r.media_type, delay=0.4) for path, r in pages.items()}) as server:  # type: ignore[union-attr]
        child = begun("--data", tmp_path, "crawl", server.url, "--allow-private", "--delay", "0")
        end = time.monotonic() + 30
        while len(server.asked()) < 3 and time.monotonic() < end:
            time.sleep(0.02)
        child.send_signal(how)
        child.wait(30)
        server.routes = pages
        folder = ArchiveFolder(tmp_path)
        opened = [run_file(folder, file) for file in folder.files()]
        before = told(tmp_path)
        assert [one["reason"] for one in before] == ([] if how == signal.SIGKILL else ["shutdown"])
        assert crawl(tmp_path, server.url) == 0
    last = told(tmp_path)[-1]
    assert opened[0] is not None
    assert last["run"] == opened[0].info["isPartOf"]
    assert last["attempt"] != opened[0].info["attempt"]
    assert last["reason"] == "finished"
    first, second = history_of(tmp_path)
    assert (first.id, first.run, second.run) == (opened[0].info["attempt"], last["run"], last["run"])
    assert [first.reason, second.reason] == ["" if how == signal.SIGKILL else "shutdown", "finished"]
    assert first.started < second.started


def test_a_portal_that_moved_and_one_that_turned_to_spam_say_so(tmp_path: Path) -> None:
    spam = (
        "<html><head><title>澳门新葡京_真人娱乐平台</title></head><body>"
        + "<p>百家乐 注册送88</p>" * 20
        + "</body></html>"
    )
    moved = Reply(b"", status=302, headers=(("Location", "http://new.example.org/"),))
    with Server({"/": Reply(spam.encode())}) as server:
        assert crawl(tmp_path, server.url) == 3
        server.routes = {"/": moved}
        assert crawl(tmp_path, server.url) == 3
    one, two = told(tmp_path)
    assert {"澳门新葡京", "百家乐"} <= set(one["found"]["foreign"])
    assert two["found"]["home"] == "http://new.example.org/"
