"""One crawl of the benchmark's portal, in a process of its own, and what it cost.

    python -m benchmarks.recording.crawl MANNER URL PAGES DATA [KIND]

``plain`` is Scrapy with its own components, without an archive; ``recorded`` ours with parsing turned off; ``parsed``
ours with parsing in its workers. Spider, concurrency and delay are the same. Prints one JSON object.
"""

import asyncio
import json
import resource
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

from scrapy import Request, Spider, signals
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response
from scrapy.settings import Settings

from config.site import Site
from crawler.session import Session
from pipelines.workers import available_cores

# In seconds: how often the reactor is asked whether it is free.
_TICK = 0.005
_CONCURRENCY = 8
_PACE = {
    "CONCURRENT_REQUESTS": _CONCURRENCY,
    "CONCURRENT_REQUESTS_PER_DOMAIN": _CONCURRENCY,
    "DOWNLOAD_DELAY": 0,
    "LOG_LEVEL": "ERROR",
    "SPIDER_MODULES": [],
}
_OURS = {"NIANBAO_ALLOW_PRIVATE": True, "NIANBAO_MAX_PAGES": 10**9, "NIANBAO_WORKERS": available_cores()}
_PLAIN = {"TELNETCONSOLE_ENABLED": False, "COOKIES_ENABLED": False, "ROBOTSTXT_OBEY": True}
_UNPARSED = {"EXTENSIONS": {"crawler.session.Session": 0}}


class Walker(Spider):  # type: ignore[misc]
    """Follows the lists to their pages until ``pages`` of them have been asked for."""

    name = "benchmark"

    def __init__(self, site: Site, pages: int, kind: str) -> None:
        super().__init__()
        self.site = site
        self.kind = kind
        self.left = pages
        self.visited = 0
        self.held = 0.0

    @classmethod
    def from_crawler(cls, crawler: Any, *args: Any, **kwargs: Any) -> "Walker":
        spider: Walker = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.begin, signal=signals.spider_opened)
        return spider

    def begin(self) -> None:
        """The first to hear of the start: before the archive is opened, and after what a process pays once."""
        self.begun, self.worked = time.perf_counter(), time.process_time()
        self._watch = asyncio.ensure_future(self._measure())

    async def _measure(self) -> None:
        """Note the longest time that the reactor kept us waiting."""
        while True:
            asked = time.perf_counter()
            await asyncio.sleep(_TICK)
            self.held = max(self.held, time.perf_counter() - asked - _TICK)

    async def start(self) -> AsyncIterator[Request]:
        yield Request(f"{self.site.home}{self.kind}/list/0", meta={"role": "list"})

    def parse(self, response: Response, **kwargs: Any) -> Iterator[Request]:
        for link in response.css("li a::attr(href)").getall()[: self.left]:
            self.left -= 1
            yield response.follow(link, callback=self.read, priority=1, meta={"role": "item"})
        if self.left > 0:
            yield response.follow(response.css("a.next")[0], meta={"role": "list"})

    def read(self, response: Response) -> None:
        """Every spider looks at its page; this one at the title."""
        if self.kind == "file" or response.css("title::text").get():
            self.visited += 1


def settings_of(manner: str, data: Path) -> Settings:
    settings = Settings()
    if manner != "plain":
        settings.setmodule("crawler.settings", priority="project")
        settings.setdict({"NIANBAO_DATA": str(data), **_OURS}, priority="cmdline")
    settings.setdict(_PACE | (_PLAIN if manner == "plain" else {}), priority="cmdline")
    if manner == "recorded":
        settings.setdict(_UNPARSED, priority="cmdline")
    return settings


async def crawl(process: AsyncCrawlerProcess, url: str, pages: int, kind: str) -> dict[str, Any]:
    """Crawl once; seconds and processor time from the start to the end of the crawl, the last record included."""
    crawler = process.create_crawler(Walker)
    await process.crawl(crawler, Site(name="benchmark", home=url, scope=("127.0.0.1",)), pages, kind)
    ended, worked = time.perf_counter(), time.process_time()
    spider = crawler.spider
    assert isinstance(spider, Walker)
    session: Session | None = getattr(crawler, "nianbao_session", None)
    if session is not None and session.error is not None:
        raise session.error
    if spider.visited != pages:
        raise RuntimeError(f"{spider.visited} of {pages} pages were visited")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    seconds, cpu = ended - spider.begun, worked - spider.worked
    return {"pages": pages, "seconds": seconds, "cpu": cpu, "held": spider.held, "peak": peak}


def main() -> None:
    manner, url, pages, data = sys.argv[1:5]
    kind = sys.argv[5] if len(sys.argv) > 5 else "page"
    process = AsyncCrawlerProcess(settings_of(manner, Path(data)))
    task = asyncio.get_event_loop().create_task(crawl(process, url, int(pages), kind))
    task.add_done_callback(lambda _: _stop())
    process.start(stop_after_crawl=False)
    print(json.dumps(task.result()))


def _stop() -> None:
    from twisted.internet import reactor

    if reactor.running:
        reactor.stop()


if __name__ == "__main__":
    main()
