"""What a walk found, skipped and ended, and by which rule: the raw material of the run's report."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from crawler.portals.page import Fetch, Item


@dataclass(slots=True)
class FoundList:
    """One list of items. ``column`` says that it is named as an annual-report column; ``end`` is the rule that ended
    it, None while it goes on; ``total`` what the portal claims. ``page`` is the address of the page that shows it to a
    reader: another than ``url`` where its rows come as data."""

    url: str
    family: str
    name: str
    column: bool
    page: str = ""
    pages: int = 0
    items: int = 0
    selected: int = 0
    total: int | None = None
    end: str | None = None
    barren: int = 0  # pages in a row without a report


@dataclass(slots=True)
class FoundUnit:
    """A department, township or year of a unit list, whether it was asked for, how many reports its pages led to."""

    name: str
    url: str
    reports: int = 0
    visited: bool = False


@dataclass(slots=True)
class Found:
    """Counts and lists of one walk over one site.

    ``selected`` are the items that were fetched, with the rule that chose each; ``skipped`` counts listed items that
    were not, by reason; ``ends`` counts where the walk did not go on, by rule; ``fetched`` counts requests by role;
    ``failures`` counts answers that were none, by reason; ``lost`` names those reports of a list whose addresses gave
    no page or file, each with its reason: a status, what failed, or the rule of the walk's end; ``scripted`` are the
    addresses of pages that show nothing until their scripts have run. ``site_name`` and
    ``site_code`` are the home page's own SiteName and SiteIDCode, ``home`` where its redirects led to (also out of the
    scope), ``foreign`` the words on it by which a portal is no portal any more (see `strangers`).
    """

    site: str
    site_name: str = ""
    site_code: str = ""
    home: str = ""
    foreign: tuple[str, ...] = ()
    lists: dict[str, FoundList] = field(default_factory=dict)
    units: dict[str, FoundUnit] = field(default_factory=dict)
    selected: list[tuple[Item, str]] = field(default_factory=list)
    seen: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    fetched: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    lost: list[tuple[str, str]] = field(default_factory=list)
    scripted: dict[str, None] = field(default_factory=dict)

    def lose(self, fetch: Fetch, reason: str) -> None:
        """Name what ``fetch`` asked for in vain, where a list showed it as a report and not as a doubtful title."""
        rule = fetch.context.get("rule")
        if rule and (rule != "ambiguous" or fetch.role == "attachment"):
            self.lost.append((fetch.url, reason))

    @property
    def families(self) -> Counter[str]:
        """How many lists with reports there are of each family."""
        return Counter(listed.family for listed in self.lists.values() if listed.selected)

    def lines(self) -> list[dict[str, Any]]:
        """The report as JSON objects, one a line: the site first, then its lists, its units, the reports lost."""
        site = {
            "kind": "site",
            "site": self.site,
            "name": self.site_name,
            "code": self.site_code,
            "home": self.home,
            "foreign": list(self.foreign),
            "families": dict(self.families),
            "items_seen": self.seen,
            "items_selected": len(self.selected),
            "skipped": dict(self.skipped),
            "ends": dict(self.ends),
            "fetched": dict(self.fetched),
            "failures": dict(self.failures),
            "script_only": list(self.scripted),
        }
        lists = [
            {
                "kind": "list",
                "site": self.site,
                "url": one.url,
                "page": one.page,
                "name": one.name,
                "family": one.family,
                "column": one.column,
                "pages": one.pages,
                "items": one.items,
                "selected": one.selected,
                "total": one.total,
                "end": one.end,
            }
            for one in self.lists.values()
            if one.selected or (one.column and one.items)
        ]
        units = [
            {
                "kind": "unit",
                "site": self.site,
                "name": unit.name,
                "url": unit.url,
                "visited": unit.visited,
                "reports": unit.reports,
            }
            for unit in self.units.values()
        ]
        lost = [{"kind": "failed", "site": self.site, "url": url, "reason": reason} for url, reason in self.lost]
        return [site, *lists, *units, *lost]
