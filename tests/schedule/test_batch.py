"""Many portals in one call, failures of every kind mixed in: each gets what it deserves, none touches another."""

import os
import signal
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.folder import ArchiveFolder
from archive.recover import recover
from archive.verify import verify
from pipelines.corpus import Corpus
from tests.cli.command import Result
from tests.kit.portal.server import Reply, Request, Route
from tests.schedule.operator_folder import Operator, outcomes
from tests.schedule.portals import Street, portal, report, routes

# Nightly 200: each takes a second of the processor for its processes alone.
PORTALS = int(os.environ.get("NIANBAO_PORTALS", "28"))
CHALLENGE = Reply(b"<html><script>var _0xabc=1;</script></html>", status=412, validators=False)
NOTHING = Reply(b"", status=0)

Portal = dict[str, Route] | Route


TREES, PLACES = "柳松桃梅杏枫桐榆槐柏", "河山岭坪湾桥寺店集沟铺营屯堡庄塘坝洲台峪"


def town(number: int) -> str:
    return f"青石市{TREES[number // 20]}{PLACES[number % 20]}镇人民政府"


def well(number: int) -> Portal:
    return routes(portal(town(number), [report(town(number), 2022)]))


def redirecting(number: int) -> Portal:
    return lambda request: Reply(b"", status=302, headers=(("Location", request.path + "x"),))


def trap(number: int) -> Portal:
    """Each page leads to more pages, which look like columns of reports."""

    def answer(request: Request) -> Reply:
        base = request.path.rstrip("/")
        links = "".join(f'<li><a href="{base}/{n}/">政府信息公开年报</a></li>' for n in range(9))
        return Reply(f"<html><title>栏目</title><body>{'<p>内容</p>' * 80}<ul>{links}</ul></body></html>".encode())

    return answer


def flood(number: int) -> Portal:
    page = b"<html><title>x</title><body>" + b"<p>" * 3_000_000 + b"</body></html>"
    return {"/": Reply(page)}


def robots(number: int) -> Portal:
    return {**well(number), "/robots.txt": Reply(b"User-agent: *\nDisallow: /\n", "text/plain")}  # type: ignore[dict-item]


# What a portal does, the exit code that its crawl comes to, and why the crawl ended by its own account.
KINDS: dict[str, tuple[Callable[[int], Portal], set[int], set[str | None]]] = {
    "blocked": (lambda number: CHALLENGE, {5}, {"finished"}),
    "robots": (robots, {5}, {"finished"}),
    "gone": (lambda number: Reply(b"", status=404, validators=False), {3}, {"finished"}),
    "faulty": (lambda number: Reply(b"", status=500, validators=False), {3}, {"finished"}),
    "cut off": (lambda number: NOTHING, {3}, {"finished"}),
    "empty": (lambda number: routes(portal(f"第{number}局", [])), {3}, {"finished"}),
    "garbage": (lambda number: {"/": Reply(os.urandom(50_000), "text/html")}, {3}, {"finished"}),
    "redirecting": (redirecting, {3}, {"finished"}),
    "trap": (trap, {3}, {"max_pages"}),
    "flood": (flood, {-9, 3}, {"finished", "time_limit", "shutdown"}),
    "hanging": (lambda number: {"/": Reply(b"<html>", delay=900)}, {-9, 3}, {"time_limit", "shutdown"}),
    "killed": (well, {-9}, {"killed by SIGKILL"}),
}


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_portals_that_fail_in_every_way_leave_the_others_alone(tmp_path: Path) -> None:
    operator = Operator(tmp_path)
    kinds = dict.fromkeys(range(PORTALS), "well")
    kinds |= {2 * place: list(KINDS)[place % len(KINDS)] for place in range(max(len(KINDS), PORTALS // 5))}
    made = {number: KINDS[kind][0](number) if kind in KINDS else well(number) for number, kind in kinds.items()}
    address = {number: f"127.0.{2 + number // 200}.{1 + number % 200}" for number in kinds}
    # Some share a server with another.
    address |= {number: address[number - 2] for number in range(27, PORTALS, 20)}
    with Street({address[number]: made[number] for number in reversed(kinds)}) as street:
        for number in kinds:
            operator.site(f"s{number:03d}", street.url(address[number]) + f"?{number}", max_pages=40)
        kill_on_sight(operator, street, {address[n]: f"s{n:03d}" for n, kind in kinds.items() if kind == "killed"})
        result = operator.call(None, "--parallel", 8, "--limit-hours", 60 / 3600, timeout=1100)
        told = outcomes(result)
        again = operator.call(None, "--parallel", 8, "--limit-hours", 5 / 3600)
    assert result.code == 3, result.err
    assert set(told) == {f"s{number:03d}" for number in kinds}
    wrong = {}
    for number, kind in kinds.items():
        one = told[f"s{number:03d}"]
        _, codes, reasons = KINDS.get(kind, (None, {0}, {"finished"}))
        if one["exit_code"] not in codes or one["reason"] not in reasons:
            wrong[number] = kind, one["exit_code"], one["reason"], Path(one["log"]).read_text(errors="replace")[-600:]
    assert wrong == {}
    reports = Counter(row["agency"] for row in operator.nianbao("reports", "--json").json)
    served = {address[number]: number for number in reversed(kinds)}
    assert reports == {town(number): 1 for number in served.values() if kinds[number] == "well"}
    # What was killed left its file open; the next call closes those of the first, and repair all.
    left = verify(ArchiveFolder(operator.data)).problems
    assert all("left open" in one.what and again_visited(again, one.file) for one in left)
    recover(ArchiveFolder(operator.data))
    assert verify(ArchiveFolder(operator.data)).problems == ()
    # What was ended in good order is gone on with at once, all else has its time to come.
    slow = {f"s{number:03d}" for number, kind in kinds.items() if kind in ("hanging", "flood")}
    assert {one["site"] for one in again.json["visits"]} <= slow


def again_visited(result: Result, file: str) -> bool:
    return any(file.startswith(f"nianbao-{one['site']}-") for one in result.json["visits"])


def kill_on_sight(operator: Operator, street: Street, sites: dict[str, str]) -> None:
    """Kill the process that crawls each of ``sites`` (by address) with its first request."""
    lock = threading.Lock()

    def deadly(name: str) -> Callable[[Request], Reply]:
        def answer(request: Request) -> Reply:
            with lock, Corpus.open(operator.data / "corpus.sqlite") as corpus:
                os.kill(corpus.leases([f"site {name}"])[f"site {name}"].pid, signal.SIGKILL)
            return NOTHING

        return answer

    for address, name in sites.items():
        street.portals[address] = deadly(name)
