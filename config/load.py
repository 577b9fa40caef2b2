"""Load and check what a person edits: sites/*.yaml and settings.yaml.

Every mistake is one line: file, line, key, what is wrong and what would be right.
"""

import os
import re
from collections.abc import Mapping
from itertools import pairwise, takewhile
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from pydantic import ValidationError

from config import divisions
from config.errors import ConfigurationError
from config.hosts import host_of, is_address, is_public_suffix, registered_domain
from config.operator import Operator
from config.schedule import Schedule
from config.site import Site
from config.yaml_file import MistakesFound, YamlFile, checked, near, read_yaml

# A folder in whose place of ours an operator keeps sites, settings.yaml, schedule.yaml and aliases.yaml; what it lacks
# is ours.
VARIABLE = "NIANBAO_CONFIG"
_OURS = Path(__file__).parent

_SITE_HINTS = {
    "name": "nothing: the file's name is the site's name",
    "home": "the portal's address, such as https://www.example.gov.cn/",
    "title": "the portal's name in one line of text",
    "division": 'the six digits of GB/T 2260 in quotes, such as "370200"',
    "code": 'the SiteIDCode of the portal\'s meta tags in quotes, such as "3702000001"',
    "scope": "a list of hosts, such as [example.gov.cn]",
    "start": "a list of addresses, such as [https://www.example.gov.cn/zfxxgknb/]",
    "family": "the name of a module of crawler/portals",
    "browser": "true or false",
    "delay": "seconds from 0 to 600, such as 3.0",
    "max_pages": "a whole number from 1, such as 5000",
    "cadence": "days between two visits, such as {in_season: 3, otherwise: 20}",
    "paused": "why the site is not visited any more, in one line of text",
    "quiet_hours": 'hours in quotes, such as "08:30-18:00"',
    "time_zone": "a time zone such as Asia/Urumqi",
    "expect": "what the corpus should hold, such as {reports_min: 40, years: 2008-}",
}
_SCHEDULE_HINTS = {
    "season": 'two days of the year in quotes, such as ["01-10", "04-15"]',
    "on_alarm": "a program and its arguments, such as [/usr/local/bin/tell-me, --urgent]",
    "mail": "a list of mail addresses, such as [name@example.org]",
    "mail_program": "a program and its arguments, such as [/usr/sbin/sendmail, -t, -oi]",
    **dict.fromkeys(("in_season", "otherwise", "at_least", "at_most", "at_most_in_season"), "days from 0.04 to 400"),
    **dict.fromkeys(("blocked_days", "settled_days", "blocked_alarm_days", "dead_alarm_days"), "days from 0.04 to 400"),
}
_OPERATOR_HINTS = {
    "contact": "a mail address or http(s) address, or null",
    "delay": "seconds from 0 to 600, such as 3.0",
    "timeout": "seconds from 1 to 3600, such as 180.0",
    "max_bytes": "bytes from 100000 to 2000000000",
    "max_pages": "a whole number from 1, such as 5000",
    "free_space": "bytes from 0",
    "rotate_bytes": "bytes from 1000000",
    "quiet_hours": 'hours in quotes, such as "08:30-18:00", or null',
}


def place_of(name: str) -> Path:
    """Where ``name`` (``sites``, ``settings.yaml``, ``schedule.yaml``, ``aliases.yaml``) lies: in $NIANBAO_CONFIG, else
    beside this module. Raises ConfigurationError where that variable names no folder."""
    own = os.environ.get(VARIABLE)
    if not own:
        return _OURS / name
    if not Path(own).is_dir():
        raise ConfigurationError(f"${VARIABLE}: {own} is no folder")
    return Path(own) / name if (Path(own) / name).exists() else _OURS / name


def load_site(path: Path) -> Site:
    """The site of one file; its name is the file's stem. Raises ConfigurationError with all mistakes of the file."""
    file = read_yaml(path)
    if not re.fullmatch(r"[a-z0-9][a-z0-9_.-]*", path.stem):
        raise MistakesFound(
            [f"{path}: a site's file is named in small letters, digits, `-`, `_` and `.`, as qingdao.yaml"]
        )
    if "name" in file.data and file.data["name"] != path.stem:
        raise MistakesFound([file.mistake(("name",), f"must be {path.stem}, the file's name; leave the line out")])
    site = checked(file, Site, _SITE_HINTS, name=path.stem)
    mistakes = [*_scope_mistakes(file, site), *_division_mistakes(file, site), *_start_mistakes(file, site)]
    if mistakes:
        raise MistakesFound(mistakes)
    return site


def load_sites(folder: Path | None = None) -> dict[str, Site]:
    """All sites of ``folder`` (config/sites by default) by name. Raises ConfigurationError at the first wrong file."""
    return {path.stem: load_site(path) for path in _site_files(folder or place_of("sites"))}


def check_sites(folder: Path | None = None) -> list[str]:
    """Every mistake of every site file, one line each; empty where all are right."""
    mistakes: list[str] = []
    for path in _site_files(folder or place_of("sites")):
        try:
            load_site(path)
        except MistakesFound as found:
            mistakes += found.mistakes
    return mistakes


def load_operator(path: Path | None = None) -> Operator:
    """The operator's settings from ``path`` (config/settings.yaml by default). Raises ConfigurationError."""
    return checked(read_yaml(path or place_of("settings.yaml")), Operator, _OPERATOR_HINTS)


def load_schedule(path: Path | None = None) -> Schedule:
    """The schedule from ``path`` (config/schedule.yaml by default). Raises ConfigurationError."""
    return checked(read_yaml(path or place_of("schedule.yaml")), Schedule, _SCHEDULE_HINTS)


def site_for(url: str, sites: Mapping[str, Site]) -> Site | None:
    """The site that ``url`` belongs to: the one with the longest host in scope, among several on one host the one
    whose home shares the most of the path, then the first by name; None where no site covers it.
    """
    covering = sorted((site for site in sites.values() if site.covers(url)), key=lambda site: site.name)
    if not covering:
        return None
    host, path = host_of(url), _path(url)
    return max(covering, key=lambda site: (_longest_scope(site, host), _shared_path(site, path)))


def made_up_site(url: str) -> Site:
    """A site for a portal that has no file: named after its host, its scope the registered domain, its division from
    the table of portals. Raises ConfigurationError where ``url`` is no http(s) address of one portal.
    """
    host = host_of(url)
    if not host or not _is_http(url):
        raise ConfigurationError(f"{url}: not an http(s) address; write it as https://www.example.gov.cn/")
    if is_public_suffix(host):
        raise ConfigurationError(
            f"{url}: {host} is the domain of many portals; name one, as https://www.example.{host}/"
        )
    scope, division = (registered_domain(host),), divisions.division_of_host(host)
    try:
        return Site(name=_name(url, host), home=url, scope=scope, division=division)
    except (ValidationError, UnicodeError) as error:
        raise ConfigurationError(
            f"{url!r}: not an address that a portal can have; look for blanks and quotes"
        ) from error


def _site_files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise ConfigurationError(f"{folder}: no such folder; site files are looked for there")
    paths = sorted(path for path in folder.iterdir() if path.suffix in (".yaml", ".yml") and path.is_file())
    for one, other in pairwise(paths):
        if one.stem == other.stem:
            raise ConfigurationError(f"{other}: {one.name} names the same site; keep one of the two files")
    return paths


def _scope_mistakes(file: YamlFile, site: Site) -> list[str]:
    """A scope is made of hosts of one owner: `gov.cn` would let the walk into the whole country."""
    found = []
    for number, host in enumerate(site.scope):
        place = ("scope", number)
        if "/" in host or (":" in host and not is_address(host)):
            found.append(
                file.mistake(
                    place, f"{host!r} is an address; write its host alone, {host_of(host) or 'example.gov.cn'}"
                )
            )
        elif host != host.lower().strip(".") or not host:
            found.append(file.mistake(place, f"{host!r} is no host; write it in small letters without outer dots"))
        elif is_public_suffix(host):
            found.append(file.mistake(place, f"{host} is the domain of many owners; write one host, example.{host}"))
    if site.scope and not found and not site.covers(site.home):
        found.append(file.mistake(("scope",), f"does not cover the home; add {registered_domain(host_of(site.home))}"))
    if not site.scope and is_public_suffix(host_of(site.home)):
        found.append(file.mistake(("home",), f"{host_of(site.home)} is the domain of many portals; name one"))
    return found


def _start_mistakes(file: YamlFile, site: Site) -> list[str]:
    return [
        file.mistake(("start", number), f"{url} lies outside the scope; add {host_of(url)} to scope")
        for number, url in enumerate(site.start)
        if not site.covers(url)
    ]


def _division_mistakes(file: YamlFile, site: Site) -> list[str]:
    if site.division is None or divisions.division(site.division) is not None:
        return []
    known = [one.code for one in divisions.divisions() if one.code[:2] == site.division[:2]]
    return [
        file.mistake(("division",), f"{site.division} is no division of divisions.csv; {near(site.division, known)}")
    ]


def _longest_scope(site: Site, host: str) -> int:
    return max(len(own) for own in site.hosts if host == own or host.endswith("." + own))


def _shared_path(site: Site, path: PurePosixPath) -> int:
    """How many leading parts ``path`` has in common with the site's home."""
    pairs = zip(_path(site.home).parts, path.parts, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _path(url: str) -> PurePosixPath:
    return PurePosixPath(urlsplit(url).path or "/")


def _is_http(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and parts.port != 0
    except ValueError:  # a port that is no number
        return False


def _name(url: str, host: str) -> str:
    """A site name from host and port: www. is dropped, what a name can't hold becomes a hyphen."""
    own = host.removeprefix("www.").encode("idna").decode("ascii") if not is_address(host) else host
    port = urlsplit(url).port
    return re.sub(r"[^a-z0-9_.-]+", "-", own if port is None else f"{own}-{port}").strip("-.")
