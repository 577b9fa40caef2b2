"""A site file before it is written: what is known of a portal, and for every line the reason."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from config.errors import ConfigurationError, UsageError
from config.hosts import host_of, is_address, is_government
from config.load import load_site, made_up_site
from config.site import Site

# The order of the keys in a site file, as people write it.
_ORDER = ("title", "home", "division", "code", "scope", "family", "browser", "start")
_INDEX_PAGE = re.compile(r"/(?:index|default|main)\.[a-z]{2,5}$", re.IGNORECASE)
# What YAML reads as plain text wherever it stands: an address, a host, Chinese characters, a word that is no value.
_PLAIN = re.compile(
    r"https?://[^\s#,\[\]{}\"']+|[a-z][a-z0-9_.-]*\.[a-z]+|[\u4e00-\u9fff（）]+"
    r"|(?!(?:true|false|yes|no|on|off|null)$)[a-z]{2,}(?:_[a-z]+)*"
)
_LONGEST_NAME = 100

Value = str | bool | tuple[str, ...]


@dataclass(slots=True)
class SiteDraft:
    """``name`` is the stem of the file to be. ``head`` are the sentences above the keys, ``reasons`` those beside one.

    A key of `Site` that is not in ``values`` keeps its default; ``open`` tells, by key, why it could not be filled.
    """

    name: str
    values: dict[str, Value]
    reasons: dict[str, str] = field(default_factory=dict)
    head: list[str] = field(default_factory=list)
    open: dict[str, str] = field(default_factory=dict)

    def put(self, key: str, value: Value, reason: str = "") -> None:
        self.values[key] = value
        self.open.pop(key, None)
        if reason:
            self.reasons[key] = reason

    def text(self) -> str:
        """The file, as YAML with comments."""
        lines = [f"# {_one_line(sentence)}" for sentence in self.head]
        for key in _ORDER:
            if key in self.values:
                lines += _lines(key, self.values[key], self.reasons.get(key, ""))
            elif key in self.open:
                lines.append(f"# {key}: {_one_line(self.open[key])}")
        return "\n".join(lines) + "\n"

    def exists(self, folder: Path) -> bool:
        """Whether ``folder`` holds a file of this name already."""
        return self._place(folder).exists()

    def _place(self, folder: Path) -> Path:
        """Where the file goes: in the place of one that ends with .yml, where there is such a one."""
        short = folder / f"{self.name}.yml"
        return short if short.exists() else folder / f"{self.name}.yaml"

    def write(self, folder: Path, *, replace: bool = False) -> Path:
        """Write the file into ``folder``, which is made, and return its path.

        Raises UsageError where it exists and may not be replaced, or can't be written; ConfigurationError where the
        file would be wrong, which then is not written.
        """
        path = self._place(folder)
        if not replace and self.exists(folder):
            raise UsageError(f"{path} exists already; --force replaces it")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with TemporaryDirectory(dir=folder, prefix=".") as apart:
                fresh = Path(apart) / path.name
                fresh.write_text(self.text(), encoding="utf-8")
                load_site(fresh)
                fresh.replace(path)
        except OSError as error:
            raise UsageError(f"{path}: can't be written: {error.strerror}") from error
        return path

    def site(self) -> Site:
        """The site that the file will describe."""
        return Site.model_validate({"name": self.name, **self.values})


def name_of(url: str) -> str:
    """The name of a site file for the portal at ``url``: its host and port without www., and its path where it has
    one. It depends on nothing else, so that it stays the same. Raises ConfigurationError where ``url`` is no address
    of one portal.
    """
    parts = urlsplit(url)
    path = _INDEX_PAGE.sub("", parts.path)
    words = [word for word in re.split(r"[^a-z0-9]+", f"{path} {parts.query}".lower()) if word]
    name = "-".join([made_up_site(url).name, *words])[:_LONGEST_NAME].strip("-.")
    if not name:
        raise ConfigurationError(f"{url}: no name for a file can be made of it")
    return name


def draft_of(url: str) -> SiteDraft:
    """What an address alone tells: home, and division by the table of portals. Raises ConfigurationError."""
    site: Site = made_up_site(url)
    draft = SiteDraft(name_of(url), {"home": site.home})
    host = host_of(site.home)
    if not (is_government(host) or is_address(host)):
        draft.put("scope", site.scope, "not under .gov.cn: crawled because a person named it here")
    if site.division:
        draft.put("division", site.division, "by the host, in config/hosts.csv")
    else:
        draft.open["division"] = "the host is not in config/hosts.csv"
    return draft


def _lines(key: str, value: Value, reason: str) -> list[str]:
    said = f"  # {_one_line(reason)}" if reason else ""
    if isinstance(value, bool):
        return [f"{key}: {str(value).lower()}{said}"]
    if isinstance(value, str):
        return [f"{key}: {_scalar(value)}{said}"]
    return [f"{key}:{said}", *(f"  - {_scalar(one)}" for one in _without_repeats(value))]


def _without_repeats(values: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(values))


def _scalar(text: str) -> str:
    """``text`` as YAML: plain where that is safe, else in double quotes, whose rules are JSON's."""
    text = _one_line(text)
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)


def _one_line(text: str) -> str:
    """``text`` in one line, without the signs that a YAML file may not hold."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
