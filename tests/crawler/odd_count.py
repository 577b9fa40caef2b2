"""A Scrapy extension that counts something which is no JSON: an account with it can't be written."""

from typing import Any


class OddCount:
    @classmethod
    def from_crawler(cls, crawler: Any) -> "OddCount":
        crawler.stats.set_value("nianbao/odd", cls())
        return cls()
