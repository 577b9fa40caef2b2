"""Commands of ``scrapy`` that this project changes, for people who know Scrapy."""
