"""The smallest crawl: ask for given URLs, and tell what came of each.

Run as a process of its own, since a Twisted reactor runs once: ``python -m tests.crawler.walker``. Orders come as lines
of JSON on standard input, one walk each; the account of each is a line of JSON on standard output. It ends with its
input, or after the first walk where that was stopped by a signal.
"""

import asyncio
import base64
import json
import os
import resource
import signal
import sys
from typing import Any

from scrapy import Request, Spider, signals
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from config.errors import NianbaoError
from config.site import Site
from crawler.session import Session, record_stored


class Walker(Spider):
    name = "walker"

    def __init__(self, site: Site, asks: list[dict[str, Any]], account: dict[str, Any]) -> None:
        super().__init__()
        self.site = site
        self.asks = asks
        self.account = account

    @classmethod
    def from_crawler(cls, crawler: Any, *args: Any, **kwargs: Any) -> "Walker":
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.stored, signal=record_stored)
        crawler.signals.connect(spider.ended, signal=signals.spider_closed)
        return spider

    async def start(self) -> Any:
        for number, ask in enumerate(self.asks):
            yield Request(**ask, priority=-number, dont_filter=True, callback=self.parse, errback=self.failed)

    def parse(self, response: Any) -> None:
        location = response.meta.get("location")
        self.account["answers"].append(
            {
                "url": response.url,
                "status": response.status,
                "flags": response.flags,
                "body": base64.b64encode(response.body).decode("ascii"),
                "location": location and [location.file, location.offset, location.record_id],
                "truncated": response.meta.get("truncated"),
            }
        )

    def failed(self, failure: Any) -> None:
        self.account["failures"].append(
            {"url": failure.request.url, "error": failure.type.__name__, "message": str(failure.value)}
        )

    def stored(self, location: Any, url: str) -> None:
        self.account["stored"].append([url, location.record_id])

    def ended(self, reason: str) -> None:
        self.account["reason"] = reason


async def walk(process: AsyncCrawlerProcess, orders: dict[str, Any]) -> dict[str, Any]:
    account: dict[str, Any] = {"answers": [], "failures": [], "stored": [], "reason": None, "error": None}
    crawler = process.create_crawler(Walker)
    crawler.settings.setdict(orders["settings"], priority="cmdline")
    error: NianbaoError | None
    try:
        await process.crawl(crawler, Site(**orders["site"]), orders["asks"], account)
    except NianbaoError as refused:
        error = refused
    else:
        session = Session.of(crawler)
        error = session.error
        account |= {
            "blocked": session.blocked,
            "down": session.down,
            "robots": session.robots,
            "stats": crawler.stats.get_stats(),
        }
    if error is not None:
        account["error"] = [type(error).__name__, error.exit_code, str(error)]
    return account


def main() -> None:
    if limit := int(os.environ.get("TEST_FILE_LIMIT", 0)):
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    # The spider of this module is the only one; importing the project's takes longer than a walk.
    settings.setdict({"SPIDER_MODULES": []} | json.loads(sys.stdin.readline()), priority="cmdline")
    process = AsyncCrawlerProcess(settings)
    serving = asyncio.get_event_loop().create_task(serve(process))
    serving.add_done_callback(lambda _: stop())
    process.start(stop_after_crawl=False)


async def serve(process: AsyncCrawlerProcess) -> None:
    while line := await asyncio.to_thread(sys.stdin.readline):
        account = await walk(process, json.loads(line))
        print(json.dumps(account, default=str), flush=True)
        if account["reason"] == "shutdown":
            return


def stop() -> None:
    from twisted.internet import reactor

    if reactor.running:
        reactor.stop()


if __name__ == "__main__":
    main()
