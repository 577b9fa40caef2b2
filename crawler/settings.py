"""Scrapy's settings for this project: a polite crawl of real government portals, from the first day.

The command line and ``scrapy crawl annual_reports -a site=NAME`` both start from these. Names that begin with NIANBAO_
are our own; what is None here is looked for in the environment and in the operator's configuration by ``Session``.
"""

BOT_NAME = "nianbao"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"
COMMANDS_MODULE = "crawler.scrapy_commands"

# -- what a crawl is asked to do ------------------------------------------------------------------
NIANBAO_DATA: str | None = None  # the data folder; else $NIANBAO_DATA, else ./data
NIANBAO_CORPUS: str | None = None  # a database's URL; else $NIANBAO_CORPUS, else corpus.sqlite in the data folder
NIANBAO_ARCHIVE: str | None = None  # a bucket's URL; else $NIANBAO_ARCHIVE, else the archive lies in the data folder
NIANBAO_CONTACT: str | None = None  # mail address or URL; else $NIANBAO_CONTACT, else the operator's configuration
NIANBAO_ALLOW_PRIVATE = False  # loopback and private addresses, and hosts outside .gov.cn
NIANBAO_OFFLINE = False  # the archive alone answers
NIANBAO_SCHEDULED = False  # `run-due` asks: reports of settled years are not asked for more than once a year
NIANBAO_MAX_PAGES = 0  # requests to the network, robots.txt and retries included; 0: the site's own max_pages

# Leases that the crawl takes beside its site's, and how long they hold without a word of it (crawler/lease.py).
NIANBAO_LEASES: tuple[str, ...] = ()
NIANBAO_LEASE_SECONDS = 60.0
NIANBAO_CALL = ""  # what their owner's name begins with

NIANBAO_WORKERS = 1  # processes that parse what was stored; one keeps up with any polite crawl
NIANBAO_PROGRESS = False  # how the crawl gets on, on standard error; the command line turns it on

# -- manners --------------------------------------------------------------------------------------
# Hours of the day, China time, in which no portal is asked for anything, as "08:30-18:00"; a crawl that runs into them
# stops, and is gone on with by the next one. None: no such hours.
NIANBAO_QUIET_HOURS: str | None = None
ROBOTSTXT_OBEY = True
ROBOTSTXT_USER_AGENT = "nianbao"
# In seconds from the end of one exchange to the start of the next, for each server address. A site's own delay and
# a Crawl-delay go before; a value from the command line goes before the site's.
DOWNLOAD_DELAY = 3.0
DOWNLOAD_DELAY_JITTER = 0
CONCURRENT_REQUESTS_PER_DOMAIN = 1
# Across all hosts of one portal. More would only lengthen the queues that a stop has to wait for.
CONCURRENT_REQUESTS = 8
# Scrapy starts so many tasks for each answer to handle what the spider makes of it: a request or two.
CONCURRENT_ITEMS = 4
AUTOTHROTTLE_ENABLED = False
# 2xx to 4xx are answers. Timeouts, resets and these statuses are asked again, later, and never more than three times.
RETRY_HTTP_CODES = [408, 429, 500, 502, 503, 504, 522, 524]
RETRY_TIMES = 2
RETRY_GIVE_UP_LOG_LEVEL = "INFO"  # what was not to be had is told once, at the end
NIANBAO_RETRY_AFTER_MAX = 300.0  # seconds; a server that asks for more is left alone for the run
NIANBAO_CRAWL_DELAY_MAX = 60.0  # seconds; at more than this a portal of a thousand pages takes days
NIANBAO_CAREFUL_DELAY = 10.0  # seconds; at least so slow where a challenge stands in place of robots.txt
NIANBAO_CHALLENGES = 3  # challenged answers in a row, after which a host is left alone for the run

# -- limits ---------------------------------------------------------------------------------------
# Delay, time and size stand in config/settings.yaml, which goes before the values here; Session puts them in.
DOWNLOAD_TIMEOUT = 180
# Seconds without a byte, after which an answer that has begun is taken as it is: a Content-Length that is too large.
NIANBAO_PATIENCE = 60.0
DOWNLOAD_MAXSIZE = 100_000_000
DOWNLOAD_WARNSIZE = 0
# A body that was cut is archived as cut and handed on with the flag "dataloss", after the retries.
DOWNLOAD_FAIL_ON_DATALOSS = False
DNS_TIMEOUT = 20
REDIRECT_MAX_TIMES = 8
URLLENGTH_LIMIT = 2083

# -- the wire -------------------------------------------------------------------------------------
DOWNLOAD_HANDLERS = {
    "http": "crawler.fetch.recorder.Recorder",
    "https": "crawler.fetch.recorder.Recorder",
    "data": None,
    "file": None,
    "ftp": None,
    "s3": None,
}
# Only what our own decoder undoes strictly: warcio passes zstd through as it is and fails on br.
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5",
    "Accept-Encoding": "gzip, deflate",
}
# Servers of the 2000s: TLS 1.0, small keys, legacy renegotiation. Nothing secret passes, and certificates that do not
# verify are common; what the certificate was is noted in the archive. crawler/fetch/tls.py lowers the security level.
DOWNLOAD_TLS_MIN_VERSION = "TLSv1.0"
DOWNLOAD_VERIFY_CERTIFICATES = False
# A proxy would stand in the archive as the server, and its address would pass the guard in place of the server's.
HTTPPROXY_ENABLED = False

# -- what Scrapy starts that we do not want -------------------------------------------------------
REMOTE_CONTROL_ENABLED = False
TELNETCONSOLE_ENABLED = False
COOKIES_ENABLED = False
METAREFRESH_ENABLED = False  # the portal families follow shell pages themselves, and count them
HTTPCACHE_ENABLED = False
MEMUSAGE_ENABLED = False
LOG_LEVEL = "INFO"
STATS_DUMP = False

EXTENSIONS = {
    "crawler.session.Session": 0,
    "crawler.parsing.Parsing": 10,
    "crawler.account.Account": 15,
    "crawler.progress.Progress": 20,
}
DOWNLOADER_MIDDLEWARES = {
    "crawler.fetch.guard.Guard": 40,
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "crawler.fetch.scheme.OtherScheme": 45,
    "crawler.fetch.policy.Replay": 70,
    "crawler.browser.rendering.Rendering": 80,
    "crawler.fetch.robots.Robots": 100,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "crawler.fetch.retry.Retry": 550,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "crawler.fetch.decoding.Decoding": 590,
    "crawler.fetch.peace.Peace": 620,
    "crawler.fetch.pace.Pace": 950,
}
# Every status is an answer: the spider and the archive see them all.
HTTPERROR_ALLOW_ALL = True
