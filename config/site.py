"""One portal to crawl: the model of config/sites/*.yaml."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator

from config.hosts import host_of, registered_domain
from config.hours import HOURS, zone
from config.schedule import Cadence

HttpUrl = Annotated[str, Field(max_length=2048)]


class Expect(BaseModel):
    """What the corpus should hold of a portal once it was crawled: at least so many reports, and one at least of each
    of the ``years`` (2008- or 2008-2019)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reports_min: int = Field(default=0, ge=0)
    years: str | None = Field(default=None, pattern=r"^(19|20)\d\d-((19|20)\d\d)?$")

    def expected_years(self, last: int) -> range:
        """The years, up to ``last`` where they are open."""
        first, _, end = (self.years or f"{last + 1}-").partition("-")
        return range(int(first), (int(end) if end else last) + 1)


class Site(BaseModel):
    """A portal.

    ``name`` is the file's stem. ``home`` is where the walk starts; ``start`` adds pages to start from (an
    annual-report column, say) for portals whose home does not lead there. ``scope`` are the hosts that belong
    to the site, each with its subdomains; the home's registered domain where it is not given.
    ``division`` is the GB/T 2260 code of the division that the portal belongs to, ``code`` the SiteIDCode.
    ``family`` names a module of crawler/portals where recognition fails. ``browser`` says that pages which are empty
    until their scripts have run are shown in Chromium (the extra of requirements-browser.txt). ``delay`` is in seconds
    between two requests to one host or server address. ``cadence`` are the days between two scheduled visits,
    ``paused`` why there are none; ``quiet_hours`` the hours of the day, in ``time_zone``, in which this portal is asked
    for nothing; all in place of what config/schedule.yaml and config/settings.yaml say. ``expect`` is what the corpus
    should hold of it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_.-]*$")
    home: HttpUrl
    title: str | None = None
    division: str | None = Field(default=None, pattern=r"^[0-9]{6}$")
    code: str | None = None
    scope: tuple[str, ...] = ()
    start: tuple[HttpUrl, ...] = ()
    family: str | None = None
    browser: bool = False
    delay: float = Field(default=3.0, ge=0, le=600)
    max_pages: int = Field(default=5000, ge=1)
    cadence: Cadence | None = None
    paused: str | None = None
    quiet_hours: str | None = Field(default=None, pattern=HOURS)
    time_zone: str = "Asia/Shanghai"
    expect: Expect | None = None

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        zone(value)
        return value

    @field_validator("home", "start")
    @classmethod
    def _http(cls, value: str | tuple[str, ...]) -> str | tuple[str, ...]:
        for url in (value,) if isinstance(value, str) else value:
            parts = urlsplit(url)
            if parts.scheme not in ("http", "https") or not parts.hostname or set(url) & set(' \t\r\n"<>'):
                raise ValueError(f"{url!r} is not an http(s) address; write it as https://www.example.gov.cn/")
        return value

    @property
    def hosts(self) -> tuple[str, ...]:
        """The hosts in scope, each standing for itself and its subdomains."""
        return self.scope or (registered_domain(host_of(self.home)),)

    def covers(self, url: str) -> bool:
        """Whether ``url`` lies in the site's scope."""
        host = host_of(url)
        return any(host == own or host.endswith("." + own) for own in self.hosts)
