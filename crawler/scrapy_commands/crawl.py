"""``scrapy crawl``, ending with the exit codes and the one-line errors of ``nianbao``."""

import argparse
import logging

from scrapy.commands import crawl
from scrapy.exceptions import UsageError

from config.errors import Incomplete, NianbaoError
from crawler.session import Session

logger = logging.getLogger(__name__)


class Command(crawl.Command):  # type: ignore[misc]
    """Scrapy's own ends with 0 whatever a crawl ran into, or with a traceback."""

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if len(args) != 1:
            raise UsageError("name one spider, as in: scrapy crawl annual_reports -a site=NAME")
        crawler = self._create_crawler(args[0])
        crawling = self.crawler_process.crawl(crawler, **opts.spargs)
        self.crawler_process.start()
        if not crawling.done():  # a second signal
            self.exitcode = Incomplete.exit_code
            return
        refused = crawling.exception()
        if isinstance(refused, NianbaoError):
            logger.error("%s", refused)
        elif refused is not None:
            logger.error("the crawl failed", exc_info=refused)
        error = refused or Session.of(crawler).error
        if error is not None:
            self.exitcode = error.exit_code if isinstance(error, NianbaoError) else NianbaoError.exit_code
