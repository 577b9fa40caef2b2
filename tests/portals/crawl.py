"""Run as a program: crawls one address with the real spider and the project's settings, prints what came of it as JSON.

python -m tests.portals.crawl http://127.0.0.1:8000/ DATA-FOLDER ['{"browser": true}' [offline]]
"""

import json
import sys

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.utils.project import get_project_settings

from config.site import Site
from crawler.spiders.annual_reports import AnnualReports


def main(url: str, data: str, fields: str = "{}", offline: str = "") -> None:
    site = Site.model_validate({"name": "simulated", "home": url, **json.loads(fields)})
    settings = get_project_settings()
    ours = {
        "NIANBAO_DATA": data,
        "NIANBAO_ALLOW_PRIVATE": True,
        "NIANBAO_OFFLINE": bool(offline),
        "DOWNLOAD_DELAY": 0,
        "LOG_LEVEL": "ERROR",
        # Parsing is not what is tested here; the archive is, for the recorder needs it.
        "EXTENSIONS": {"crawler.session.Session": 0},
    }
    settings.setdict(ours, priority="cmdline")
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(AnnualReports)
    process.crawl(crawler, site=site)
    process.start()
    assert isinstance(crawler.spider, AnnualReports)
    assert crawler.stats is not None
    stats = {name: value for name, value in crawler.stats.get_stats().items() if isinstance(value, int | str)}
    titles = [item.title for item, _ in crawler.spider.found.selected]
    print(json.dumps({"stats": stats, "titles": titles, "lines": crawler.spider.found.lines()}, ensure_ascii=False))


if __name__ == "__main__":
    main(*sys.argv[1:])
