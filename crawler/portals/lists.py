"""The rows of lists: which of them are reports, which were seen before, and when a list has ended."""

from dataclasses import dataclass

from crawler.portals import PAGE_FAMILIES, address, navigation
from crawler.portals.attachments import is_file
from crawler.portals.found import Found, FoundList
from crawler.portals.frontier import key_of
from crawler.portals.page import Item, Listing, Page
from crawler.portals.select import Verdict, judge

_MOST_PAGES = 300  # of one list
_PATIENCE = 20  # pages in a row without a report in an annual-report column, where news stand between
_PATIENCE_ELSEWHERE = 2
_MOST_DOUBTFUL = 40  # items whose title says nothing, a walk
_DOUBTS_IN_VAIN = 6  # of them in a row that were no reports


@dataclass(frozen=True, slots=True)
class Taken:
    """What a page brought to its list: rows never seen before, and those of them that are reports, with the rule."""

    fresh: int
    reports: tuple[tuple[Item, str], ...]


class Lists:
    """All lists of one walk; judges rows, keeps `Found.lists` and `Found.skipped`."""

    def __init__(self, found: Found) -> None:
        self.found = found
        self.in_vain = 0  # doubtful items in a row that were no reports
        self._doubtful = 0
        self._rows: set[str] = set()

    def take(self, page: Page, listing: Listing, *, column: bool) -> Taken:
        """Judge the rows of ``page`` that no list showed before."""
        listed = self.of(page, listing, column=column)
        fresh = [item for item in listing.items if address.key(item.url) not in self._rows]
        self._rows.update(address.key(item.url) for item in fresh)
        reports = tuple(judged for item in fresh if (judged := self._judged(item, column)))
        real = listing.family not in PAGE_FAMILIES
        listed.items += sum(1 for item in fresh if real or item.date)
        return Taken(len(fresh), reports)

    def of(self, page: Page, listing: Listing, *, column: bool) -> FoundList:
        """The list that ``page`` belongs to, made when it is its first page."""
        key = page.fetch.context.get("list") or key_of(page.fetch)
        name = page.fetch.context.get("name", "")
        listed = self.found.lists.setdefault(key, FoundList(page.url, listing.family, name, column))
        if listing.items:
            listed.family = listing.family
        if listing.total is not None:
            listed.total = listing.total
        return listed

    def ended(self, listing: Listing, listed: FoundList, taken: Taken) -> str | None:
        """Count a page of ``listed``; the rule by which the list ends with it, or None."""
        listed.pages += 1
        listed.selected += len(taken.reports)
        listed.barren = 0 if taken.reports else listed.barren + 1
        if listed.pages == 1:
            return None
        if not listing.items:
            return "empty"
        if not taken.fresh:
            return "repeat"
        if listed.pages >= _MOST_PAGES:
            return "list_limit"
        if listed.barren >= (_PATIENCE if listed.column else _PATIENCE_ELSEWHERE):
            return "no_reports"
        return None

    def _judged(self, item: Item, column: bool) -> tuple[Item, str] | None:
        verdict = self._verdict(item, column)
        if verdict.take:
            self.found.seen += 1
            return item, verdict.rule
        if item.date or verdict.rule not in ("other_title", "menu"):
            self.found.seen += 1
            self.found.skipped[verdict.rule] += 1
        return None

    def _verdict(self, item: Item, column: bool) -> Verdict:
        """The title's verdict. Undated rows may be the page's menu, which names columns, years and units too."""
        verdict = judge(item.title, column=column)
        row = bool(item.date) or is_file(item.url)
        if not row and verdict.rule == "report" and navigation.names_column(item.title):
            return Verdict(False, "menu")
        if not row and verdict.rule in ("column", "ambiguous"):
            return Verdict(False, "menu")
        if verdict.rule == "ambiguous":
            if self._doubtful >= _MOST_DOUBTFUL or self.in_vain >= _DOUBTS_IN_VAIN:
                return Verdict(False, "too_many_ambiguous")
            self._doubtful += 1
        return verdict
