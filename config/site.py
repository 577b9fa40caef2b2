"""One portal to crawl: the model of config/sites/*.yaml."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator

from config.hosts import host_of, registered_domain

HttpUrl = Annotated[str, Field(max_length=2048)]


class Site(BaseModel):
    """A portal.

    ``name`` is the file's stem. ``home`` is where the walk starts; ``start`` adds pages to start from (an
    annual-report column, say) for portals whose home does not lead there. ``scope`` are the hosts that belong
    to the site, each with its subdomains; the home's registered domain where it is not given.
    ``division`` is the GB/T 2260 code of the division that the portal belongs to, ``code`` the SiteIDCode.
    ``family`` names a module of crawler/portals where recognition fails. ``delay`` is in seconds between two
    requests to one host or server address.
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
    delay: float = Field(default=3.0, ge=0, le=600)
    max_pages: int = Field(default=5000, ge=1)

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
