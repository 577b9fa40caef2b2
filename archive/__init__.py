"""WARC in, WARC out: what was fetched, byte for byte. It knows nothing of reports, Scrapy or SQL."""
