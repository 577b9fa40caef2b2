"""How a crawl behaves towards the servers that it asks: robots.txt, pace, backing off, leaving alone."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from crawler.fetch.pace import retry_after
from tests.crawler.resolver import VARIABLE
from tests.crawler.walk import Walk, walk
from tests.crawler.wire_server import Answer, WireServer, answer, serving

MISSING = answer(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
SCRIPT = b"<html><script>$_ts=1;location.reload()</script></html>"


def page(text: bytes = b"page", status: bytes = b"200 OK", *headers: bytes) -> Answer:
    lines = [b"HTTP/1.1 " + status, b"Content-Length: %d" % len(text), *headers]
    return answer(b"\r\n".join(lines) + b"\r\n\r\n" + text)


def gaps(server: WireServer) -> list[float]:
    times = [one.at for one in server.seen]
    return [after - before for before, after in pairwise(times)]


def pages(server: WireServer, count: int) -> list[str]:
    return [server.url(f"/{number}") for number in range(count)]


def with_robots(
    robots: Answer | Callable[[int], Answer], count: int = 3
) -> dict[str, Answer | Callable[[int], Answer]]:
    return {"/robots.txt": robots} | {f"/{number}": page() for number in range(count)}


def test_robots_rules_are_obeyed_and_archived(tmp_path: Path) -> None:
    rules = page(b"User-agent: *\nDisallow: /1\n\nUser-agent: nianbao\nDisallow: /2\n")
    with serving(with_robots(rules)) as server:
        done = walk(tmp_path, pages(server, 3))
        assert [one.target for one in server.seen] == ["/robots.txt", "/0", "/1"]
        assert done.stats["nianbao/skipped/robots"] == 1
        assert "forbidden by robots.txt" in done.failures[server.url("/2")][1]
        assert done.account["stored"][0][0] == server.url("/robots.txt")


@pytest.mark.parametrize(
    ("robots", "asked"),
    [
        pytest.param(MISSING, 3, id="missing: all is allowed"),
        pytest.param(page(b"no", b"403 Forbidden"), 3, id="a lone 403: all is allowed"),
        pytest.param(page(b"<html>home</html>"), 3, id="a page in its place: no rules"),
        pytest.param(page(b"down", b"503 Unavailable"), 0, id="5xx: not now"),
        pytest.param(page(b"down", b"500 Error"), 0, id="500: not now"),
        pytest.param(answer(then="close"), 0, id="no answer: not now"),
    ],
)
def test_who_answers_for_robots(tmp_path: Path, robots: Answer, asked: int) -> None:
    with serving(with_robots(robots)) as server:
        done = walk(tmp_path, pages(server, 3))
        assert len([one for one in server.seen if one.target != "/robots.txt"]) == asked
    assert done.account["robots"].get("127.0.0.1", [None])[0] == (None if asked else "not_now")
    assert done.stats.get("nianbao/skipped/robots_not_now", 0) == 3 - asked


def test_a_challenge_in_place_of_robots_means_slow(tmp_path: Path) -> None:
    with serving(with_robots(page(SCRIPT, b"412 Precondition Failed"), 1)) as server:
        done = walk(tmp_path, pages(server, 1), NIANBAO_CAREFUL_DELAY=1.0)
        assert len(server.seen) == 2
        assert gaps(server)[0] >= 1.0
    assert done.account["robots"]["127.0.0.1"][0] == "unknown"
    assert "rivers" in done.account["robots"]["127.0.0.1"][1]


def test_a_crawl_delay_is_kept_up_to_a_limit(tmp_path: Path) -> None:
    with serving(with_robots(page(b"User-agent: *\nCrawl-delay: 0.5\n"))) as server:
        walk(tmp_path / "a", pages(server, 3))
        assert min(gaps(server)) >= 0.5
    with serving(with_robots(page(b"User-agent: *\nCrawl-delay: 86400\n"))) as server:
        done = walk(tmp_path / "b", pages(server, 3), NIANBAO_CRAWL_DELAY_MAX=0.5)
        assert 0.5 <= min(gaps(server)) < 5
    assert done.stats["nianbao/robots/crawl_delay_capped"] == 1


def test_one_request_at_a_time_for_all_hosts_of_an_address(tmp_path: Path) -> None:
    slow = answer(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n", 0.1, b"page")
    hosts = [f"{name}.shixian.gov.cn" for name in ("www", "wjw", "jyj")]
    with serving({"/robots.txt": MISSING, "/": slow}) as server:
        walk(
            tmp_path,
            [f"http://{host}:{server.port}/" for host in hosts],
            environment={
                VARIABLE: json.dumps({host: ["127.0.0.1"] for host in hosts}),
                "NIANBAO_CONTACT": "a@example.org",
            },
            TWISTED_DNS_RESOLVER="tests.crawler.resolver.Resolver",
            DOWNLOAD_DELAY=0.2,
        )
        assert len(server.seen) == 6
        assert min(gaps(server)) >= 0.2


def test_a_slow_server_gets_its_pause_all_the_same(tmp_path: Path) -> None:
    slow = answer(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n", 0.4, b"page")
    with serving({"/robots.txt": MISSING, "/0": slow, "/1": slow}) as server:
        walk(tmp_path, pages(server, 2), DOWNLOAD_DELAY=0.3)
        assert gaps(server)[1] >= 0.7


def test_the_site_says_how_fast_unless_the_command_does(tmp_path: Path) -> None:
    with serving(with_robots(MISSING)) as server:
        done = walk(tmp_path, pages(server, 1), site={"delay": 600.0}, DOWNLOAD_DELAY=0.3)
        assert 0.3 <= gaps(server)[0] < 5
    assert done.error is None


@pytest.mark.parametrize("status", [b"429 Too Many Requests", b"503 Service Unavailable"])
def test_retry_after_is_waited_for(tmp_path: Path, status: bytes) -> None:
    def busy(times: int) -> Answer:
        return page() if times else page(b"busy", status, b"Retry-After: 1")

    with serving({"/robots.txt": MISSING, "/0": busy, "/1": page()}) as server:
        done = walk(tmp_path, pages(server, 2), RETRY_TIMES=2)
        asked = [one.target for one in server.seen]
        assert sorted(asked) == ["/0", "/0", "/1", "/robots.txt"]
        assert gaps(server)[1] >= 1.0
    assert len(done.answers) == 2
    assert [url for url, _ in done.account["stored"]].count(server.url("/0")) == 2


def test_a_server_that_asks_for_an_hour_is_left_alone(tmp_path: Path) -> None:
    answers = with_robots(MISSING) | {"/0": page(b"busy", b"429 Too Many Requests", b"Retry-After: 3600")}
    with serving(answers) as server:
        done = walk(tmp_path, pages(server, 3), RETRY_TIMES=2)
        assert [one.target for one in server.seen] == ["/robots.txt", "/0"]
    assert done.account["blocked"] == {"127.0.0.1": "retry_after"}
    assert done.stats["nianbao/skipped/blocked"] == 2


def test_failures_are_asked_again_with_growing_pauses_and_not_for_ever(tmp_path: Path) -> None:
    with serving({"/robots.txt": MISSING, "/0": page(b"oops", b"500 Oops")}) as server:
        done = walk(tmp_path, pages(server, 1), RETRY_TIMES=1, site={"delay": 0}, DOWNLOAD_DELAY=0)
        assert [one.target for one in server.seen] == ["/robots.txt", "/0", "/0"]
        assert gaps(server)[1] >= 2.0
    assert [one["status"] for one in done.answers] == [500]


def test_a_body_that_was_cut_is_asked_for_again(tmp_path: Path) -> None:
    def cut_once(times: int) -> Answer:
        return page(b"whole") if times else answer(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwh", then="close")

    with serving({"/robots.txt": MISSING, "/0": cut_once}) as server:
        done = walk(tmp_path, pages(server, 1), RETRY_TIMES=2)
        assert done.body(server.url("/0")) == b"whole"
        assert len(done.account["stored"]) == 3


def test_a_content_length_that_is_always_wrong_is_asked_for_once_more_and_no_more(tmp_path: Path) -> None:
    wrong = answer(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nthe page", then="close")
    with serving({"/robots.txt": MISSING, "/0": wrong}) as server:
        done = walk(tmp_path, pages(server, 1), RETRY_TIMES=5)
        assert done.body(server.url("/0")) == b"the page"
        assert len(server.exchanges("/0")) == 2


def challenged(done: Walk, server: WireServer) -> int:
    return sum(done.stats.get(f"nianbao/challenged/{kind}", 0) for kind in ("rivers", "filter"))


def test_a_host_that_challenges_is_left_alone_after_three(tmp_path: Path) -> None:
    answers = {"/robots.txt": MISSING} | {f"/{n}": page(SCRIPT, b"412 Precondition Failed") for n in range(8)}
    with serving(answers) as server:
        done = walk(tmp_path, pages(server, 8))
        assert len(server.seen) == 4
        assert [one["status"] for one in done.answers] == [412] * 3
        assert done.account["blocked"] == {"127.0.0.1": "rivers"}
        assert challenged(done, server) == 3
        assert done.stats["nianbao/skipped/blocked"] == 5
        assert len(done.account["stored"]) == 4


def test_a_lone_challenge_among_answers_blocks_nobody(tmp_path: Path) -> None:
    answers = {"/robots.txt": MISSING} | {f"/{n}": page() for n in range(8)}
    answers |= {f"/{n}": page(SCRIPT, b"412 Precondition Failed") for n in (1, 3, 5, 6)}
    with serving(answers) as server:
        done = walk(tmp_path, pages(server, 8))
        assert len(server.seen) == 9
    assert done.account["blocked"] == {}
    assert challenged(done, server) == 4


def test_a_host_that_gave_nothing_but_a_challenge_is_blocked(tmp_path: Path) -> None:
    rules = page(b"User-agent: *\nDisallow:\n")
    with serving({"/robots.txt": rules, "/0": page(SCRIPT, b"412 Precondition Failed")}) as server:
        done = walk(tmp_path, pages(server, 1))
    assert done.account["blocked"] == {"127.0.0.1": "rivers"}


def test_forbidden_and_missing_pages_block_nobody(tmp_path: Path) -> None:
    answers = {f"/{n}": page(b"no", b"403 Forbidden") for n in range(5)}
    with serving(answers) as server:
        done = walk(tmp_path, pages(server, 8))
        assert len(server.seen) == 9
    assert done.account["blocked"] == {}


def test_a_host_that_does_not_answer_is_not_asked_for_ever(tmp_path: Path) -> None:
    with serving({"/robots.txt": MISSING} | {f"/{n}": answer(then="close") for n in range(12)}) as server:
        done = walk(tmp_path, pages(server, 12), DOWNLOAD_DELAY=0.05)
        # robots.txt, six failures, and the one that Twisted asks again where the connection was kept from before.
        assert len(server.seen) == 8
    assert done.account["blocked"] == {"127.0.0.1": "closed"}
    assert done.account["down"] == {}


def test_a_host_that_falls_silent_is_given_up(tmp_path: Path) -> None:
    answers = {"/robots.txt": MISSING, "/0": page()} | {f"/{n}": answer(then="close") for n in range(1, 12)}
    with serving(answers) as server:
        done = walk(tmp_path, pages(server, 12), DOWNLOAD_DELAY=0.05)
    assert done.account["blocked"] == {}
    assert done.account["down"] == {"127.0.0.1": "closed"}
    assert done.stats["nianbao/skipped/down"] > 0


def test_no_more_requests_than_allowed(tmp_path: Path) -> None:
    with serving(with_robots(MISSING, 9)) as server:
        done = walk(tmp_path, pages(server, 9), NIANBAO_MAX_PAGES=4)
        assert len(server.seen) == 4
    assert done.reason == "max_pages"
    assert done.error is None


NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("Sun, 22 Nov 2026 12:01:30 GMT", 90.0),
        ("Sun, 22 Nov 2026 11:00:00 GMT", 0.0),
        ("soon", None),
        ("", None),
        ("-5", None),
        ("1.5", None),
    ],
)
def test_retry_after_values(value: str, seconds: float | None) -> None:
    assert retry_after(value, NOW) == seconds
