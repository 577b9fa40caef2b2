"""The rows of lists: which of them are reports, which were seen before, and when a list has ended."""

import re
from dataclasses import dataclass

from crawler.portals import PAGE_FAMILIES, address, navigation
from crawler.portals.attachments import is_file
from crawler.portals.found import Found, FoundList
from crawler.portals.frontier import key_of
from crawler.portals.navigation import Standing
from crawler.portals.page import Item, Listing, Page
from crawler.portals.select import Verdict, clean, judge

# What turns pages is no row: its addresses are new on every page, also beyond the last one.
_TURNS = re.compile(
    r"^(?:首页|尾页|末页|[上下前后]一?页|第?\d{1,4}页?|[<>«»‹›＜＞.…]*|prev\w*|next\w*|first|last|(?:跳转|转到|go).{0,4})$",
    re.IGNORECASE,
)
_MOST_PAGES = 300  # of one list
_PATIENCE = 20  # pages in a row without a report in an annual-report column, where news stand between
_PATIENCE_ELSEWHERE = 2
_DOUBTS_IN_VAIN = 6  # items whose title says nothing and that were no reports, more than those that were


@dataclass(frozen=True, slots=True)
class Taken:
    """What a page brought to its list: its rows, those new to the list, whether there are requests for more, and which
    of the rows that no list showed before are reports, with the rule that says so."""

    listed: FoundList
    rows: int
    fresh: int
    leads_on: bool
    reports: tuple[tuple[Item, str], ...]


class Lists:
    """All lists of one walk; judges rows, keeps `Found.lists` and `Found.skipped`."""

    def __init__(self, found: Found) -> None:
        self.found = found
        self._in_vain = 0
        self._judged_rows: set[str] = set()
        self._of_list: dict[str, set[str]] = {}

    def take(self, page: Page, listings: tuple[Listing, ...], here: Standing) -> Taken:
        """Judge the rows of ``page`` that no list showed before, and count the page to its list.

        Whether a page brings something new is a matter of its own list: another one may show the same rows.
        """
        listed = self._of(page, listings, here)
        known = self._of_list.setdefault(listed.url, set())
        reports: list[tuple[Item, str]] = []
        rows = fresh = 0
        for listing in listings:
            keys = {address.key(item.url): item for item in listing.items if not _TURNS.match(clean(item.title))}
            rows += len(keys)
            fresh += len(keys.keys() - known)
            listed.items += sum(
                1 for key in keys.keys() - known if keys[key].date or listing.family not in PAGE_FAMILIES
            )
            known.update(keys)
            new = [item for key, item in keys.items() if key not in self._judged_rows]
            self._judged_rows.update(keys)
            reports += [judged for item in new if (judged := self._judged(item, here.column))]
        listed.pages += 1
        listed.selected += len(reports)
        listed.barren = 0 if reports else listed.barren + 1
        leads_on = any(listing.next for listing in listings)
        return Taken(listed, rows, fresh, leads_on, tuple(reports))

    def _of(self, page: Page, listings: tuple[Listing, ...], here: Standing) -> FoundList:
        """The list that ``page`` belongs to, made when it is its first page."""
        key = page.fetch.context.get("list") or key_of(page.fetch)
        first = next((listing for listing in listings if listing.items), Listing("generic"))
        name = page.fetch.context.get("name", "")
        shown_on = page.fetch.context.get("base", page.url)
        listed = self.found.lists.setdefault(key, FoundList(page.url, first.family, name, here.named, shown_on))
        if first.items:
            listed.family = first.family
        if listings and listings[0].total is not None:
            listed.total = listings[0].total
        return listed

    def ended(self, page: Page, taken: Taken) -> str | None:
        """The rule by which a list ends with this page, or None. A total that the portal claims is none."""
        if not taken.rows and "family" in page.fetch.context:
            return None if taken.leads_on else "empty"
        if "list" not in page.fetch.context:
            return None
        if not taken.fresh:
            return "repeat" if taken.rows else "empty"
        if taken.listed.pages >= _MOST_PAGES:
            return "list_limit"
        if taken.listed.barren >= (_PATIENCE if taken.listed.column else _PATIENCE_ELSEWHERE):
            return "no_reports"
        return None

    def doubt(self, *, report: bool) -> None:
        """A doubtful item was fetched, and was a ``report`` or not."""
        self._in_vain += -1 if report else 1

    @property
    def doubts_in_vain(self) -> bool:
        """Whether the column's doubtful items are not worth their requests."""
        return self._in_vain >= _DOUBTS_IN_VAIN

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
        return verdict
