"""What the operator of this machine decides, for all sites: the model of config/settings.yaml."""

from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator

from config.hours import HOURS


class Operator(BaseModel):
    """The operator's settings; every one has a default that is safe for a portal on the open web.

    ``contact`` is a mail address or an http(s) address that stands in the user agent; a real portal is not crawled
    without one. ``delay`` is the least number of seconds between two requests to one host or server address; a site
    may ask for more. ``timeout`` is the number of seconds that one exchange may take in all. ``max_bytes`` is the
    largest body that is read; a longer one is kept to there and marked truncated. ``max_pages`` is the number of
    requests after which the walk of one site ends. ``free_space`` is the number of bytes that must stay free on
    the data folder's disk: a crawl stops rather than fill it. ``rotate_bytes`` is the size at which a WARC file
    is closed and the next one begun. ``quiet_hours`` are the hours of the day, China time, in which nothing is
    asked for.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    contact: str | None = None
    delay: float = Field(default=3.0, ge=0, le=600)
    timeout: float = Field(default=180.0, ge=1, le=3600)
    max_bytes: int = Field(default=100_000_000, ge=100_000, le=2_000_000_000)
    max_pages: int = Field(default=5000, ge=1)
    free_space: int = Field(default=1_000_000_000, ge=0)
    rotate_bytes: int = Field(default=64_000_000, ge=1_000_000)
    quiet_hours: str | None = Field(default=None, pattern=HOURS)

    @field_validator("contact")
    @classmethod
    def _reachable(cls, value: str | None) -> str | None:
        if value is None or is_contact(value):
            return value
        raise ValueError(f"{value!r} is neither a mail address nor an http(s) address; write it as name@example.org")


def is_contact(text: str) -> bool:
    """Whether ``text`` is a mail address or http(s) address that can stand in a user agent.

    Only the shape is looked at; white space, control characters and brackets would break the header.
    """
    if not text.isascii() or not text.isprintable() or any(letter in " ()<>;," for letter in text):
        return False
    if text.startswith(("http://", "https://")):
        return bool(_host(text))
    name, at, host = text.removeprefix("mailto:").rpartition("@")
    return bool(name and at) and "." in host.strip(".") and "@" not in name


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None
