"""WARC-Date: ISO 8601 in UTC, in WARC 1.1 with fractions of a second."""

import re
from datetime import UTC, datetime

_DATE = re.compile(r"^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?)?)?)?(?:Z|[+-]00:?00)?$")


def warc_date(moment: datetime) -> str:
    """``2026-11-22T03:04:05.678901Z``; the fraction is left out where it is zero."""
    text = moment.astimezone(UTC).replace(tzinfo=None).isoformat()
    return text + "Z"


def parse_warc_date(text: str) -> datetime:
    """The moment that ``text`` gives, in UTC; coarser dates stand for their beginning. Raises ValueError."""
    found = _DATE.match(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is no WARC-Date")
    year, month, day, hour, minute, second = (
        int(part or low) for part, low in zip(found.groups(), "011000", strict=False)
    )
    fraction = (found[7] or "").ljust(6, "0")[:6]
    try:
        return datetime(year, month, day, hour, minute, second, int(fraction), UTC)
    except ValueError:
        raise ValueError(f"{text!r} is no WARC-Date") from None


def timestamp_of(text: str) -> str:
    """The 14 digits by which an index sorts; of a date that cannot be read, the digits that it has."""
    digits = re.sub(r"\D", "", text.partition(".")[0])
    return (digits + "10000101000000"[len(digits) :])[:14]
