"""Rows out of JSON, whatever the portal software calls its fields."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from crawler.portals import address
from crawler.portals.page import Item, squash
from crawler.portals.rows import iso

# In order of trust. UCAP, Epoint, gkmlpt, fjdzapp, 淮安 cmsweb, 苏州 szinf, www.gov.cn.
_TITLES = (
    *("showTitle", "realtitle", "title", "TITLE", "doctitle", "DOCTITLE", "articleTitle", "name", "subject"),
    "infotitle",
)
_ADDRESSES = (
    *("url", "URL", "post_url", "link", "LINK", "infourl", "visiturl", "linkurl", "docpuburl", "chnldocurl"),
    *("DOCPUBURL", "urls", "URL_COMMP", "href", "pcUrl", "articleUrl", "staticUrl", "webUrl"),
)
_DATES = (
    *("date", "publishedTimeStr", "pubDate", "publishDate", "publishTime", "infodate", "handsdate", "docreltime"),
    *("DOCRELTIME", "releaseTime", "PUBLISHED_TIME_FORMAT", "DOCRELPUBTIME", "publishedTime", "created_at"),
    *("createDate", "deploytime", "time"),
)
_BODIES = ("publisher", "department", "deptName", "source", "organName", "webSiteName")
_CHINA = timezone(timedelta(hours=8))
_JSONP = re.compile(r"^\s*[\w$.]+\s*\(\s*(?=[\[{])(.*)\)\s*;?\s*$", re.DOTALL)


def load(text: str) -> Any:
    """The JSON (or JSONP) value of ``text``, None where it is none."""
    wrapped = _JSONP.match(text)
    try:
        return json.loads(wrapped[1] if wrapped else text)
    except (json.JSONDecodeError, RecursionError):
        return None


def records(value: Any) -> list[Mapping[str, Any]]:
    """The largest list of objects with a title in ``value``, at any depth. UCAP wraps each in ``source``."""
    found: list[list[Mapping[str, Any]]] = []
    for listed in _lists(value):
        rows = [_unwrapped(one) for one in listed if isinstance(one, Mapping)]
        titled = [row for row in rows if _first(row, _TITLES)]
        if titled:
            found.append(titled)
    return max(found, key=len, default=[])


def _lists(value: Any) -> Iterator[list[Any]]:
    if isinstance(value, list):
        yield value
        for one in value:
            yield from _lists(one)
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _lists(one)


def _unwrapped(row: Mapping[str, Any]) -> Mapping[str, Any]:
    inner = row.get("source")
    return inner if isinstance(inner, Mapping) else row


def items(rows: list[Mapping[str, Any]], base: str) -> tuple[Item, ...]:
    """The rows that have an address as items; an address without a scheme is resolved against ``base``."""
    found = []
    for row in rows:
        url = address.absolute(base, _address(row))
        title = re.sub(r"<[^>]+>", "", str(_first(row, _TITLES)))
        if url and title:
            found.append(Item(address.without_fragment(url), squash(title), _date(row), _text(row, _BODIES)))
    return tuple(found)


def number(value: Any, *names: str) -> int | None:
    """The first whole number that stands under one of ``names`` in ``value``, at any depth."""
    if isinstance(value, Mapping):
        found = next((str(value[name]) for name in names if str(value.get(name, "")).isdecimal()), None)
        if found is not None:
            return int(found)
        value = list(value.values())
    if isinstance(value, list):
        for one in value[:20]:
            inner = number(one, *names)
            if inner is not None:
                return inner
    return None


def _first(row: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((row[name] for name in names if row.get(name)), None)


def _text(row: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    value = _first(row, names)
    return squash(value) if isinstance(value, str) else None


def _address(row: Mapping[str, Any]) -> str:
    """The address of a row; UCAP's ``urls`` is JSON in a string, with one address for each kind of screen."""
    for name in _ADDRESSES:
        value = row.get(name)
        inner = load(value) if isinstance(value, str) and value.lstrip().startswith("{") else value
        if isinstance(inner, Mapping):
            value = inner.get("pc") or inner.get("common") or next(iter(inner.values()), "")
        if isinstance(value, str) and value.strip():
            return value
    return ""


def _date(row: Mapping[str, Any]) -> str | None:
    """The first field that holds a date, as text or as seconds or milliseconds since 1970, in China's time."""
    for name in _DATES:
        value = row.get(name)
        stamp = int(str(value)) if str(value).isdecimal() else 0
        if stamp > 10**11:
            stamp //= 1000
        if stamp > 10**8:
            return datetime.fromtimestamp(stamp, UTC).astimezone(_CHINA).date().isoformat()
        if isinstance(value, str) and (found := iso(value)):
            return found
    return None
