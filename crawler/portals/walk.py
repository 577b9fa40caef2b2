"""The walk over one portal: which request comes next, and what an answer means for it. Knows no network.

Whoever makes the requests (the spider, or a test) asks `Walk.next` for one, makes it, and hands the answer to
`Walk.visit` or the failure to `Walk.failed`, until there is none. What is not followed has a rule, and the rule is
counted in `Walk.found`.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from config.site import Site
from crawler import portals
from crawler.portals import address, article, ends, loaded, navigation, pager, scripted, strangers
from crawler.portals.anchors import links, script_files, sends_on
from crawler.portals.attachments import attachments, is_file
from crawler.portals.found import Found, FoundUnit
from crawler.portals.frontier import Frontier, key_of
from crawler.portals.lists import Lists, Taken
from crawler.portals.navigation import Standing
from crawler.portals.page import Fetch, Item, Listing, Page, Role

HOME, ATTACHMENT, ITEM, START, LIST = 100, 99, 95, 92, 90
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_SAME_METHOD = frozenset({307, 308})
_MOST_HOPS = 5
_MOST_FILES = 20  # of one article
_ELSEWHERE = frozenset({"redirect_to_known", "out_of_scope"})  # ends of a redirect by which nothing is lost
_DEAD_HOST = 4  # failures in a row


class Walk:
    """One walk over ``site``. ``found`` fills while it goes."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.found = Found(site.name)
        self.frontier = Frontier(site.max_pages, self.found.ends)
        self.lists = Lists(self.found)
        self._home: frozenset[str] = frozenset()
        self._failing: Counter[str] = Counter()
        self._trapped: set[str] = set()
        self.frontier.push(Fetch(site.home, "home", priority=HOME))
        for url in site.start:
            self.frontier.push(Fetch(url, "column", priority=START, context={"column": "named"}))

    def next(self) -> Fetch | None:
        """The next request to make; None when the walk has nothing to ask for until an answer comes in."""
        while (fetch := self.frontier.pop()) is not None:
            if self._failing[_host(fetch.url)] >= _DEAD_HOST:
                self.found.ends["host_dead"] += 1
                self.found.lose(fetch, "host_dead")
                continue
            if fetch.context.get("rule") == "ambiguous" and self.lists.doubts_in_vain:
                self.found.skipped["too_many_ambiguous"] += 1
                continue
            self.found.fetched[fetch.role] += 1
            unit = self.found.units.get(key_of(fetch))
            if unit is not None:
                unit.visited = True
            return fetch
        return None

    def failed(self, fetch: Fetch, reason: str, *, connection: bool = True) -> None:
        """``fetch`` got no answer. ``connection`` is False where it was refused before it was sent."""
        self.found.failures[reason] += 1
        if not connection:
            self.found.lose(fetch, reason)
            return
        host = _host(fetch.url)
        self._failing[host] += 1
        other = address.twin(fetch.url)
        if other and "twin" not in fetch.context and self._failing[host] < _DEAD_HOST:
            self.frontier.again(replace(fetch, url=other).told(twin="1"), key_of(fetch))
        else:
            self.found.lose(fetch, reason)

    def visit(self, page: Page) -> None:
        """Take in an answer."""
        fetch = page.fetch
        self._failing.pop(_host(fetch.url), None)
        if page.status in _REDIRECTS:
            self._redirected(page, page.header("Location"), "redirect")
            return
        if page.status != 200:
            self.found.failures[f"status_{page.status}"] += 1
            self._end(fetch, "not_found" if page.status in (404, 410) else f"status_{page.status}")
            return
        if not page.is_text:
            return
        sent_on = None if "family" in fetch.context else sends_on(page)
        if sent_on:
            self._redirected(page, sent_on[1], sent_on[0])
            return
        rule = self._no_page(page)
        if rule:
            self._end(fetch, rule)
            return
        self._read(page)

    def _read(self, page: Page) -> None:
        role = page.fetch.role
        if role != "attachment" and scripted.is_shell(page) and self._waits(page):
            return
        if role == "attachment":
            self._attached(page)
        elif role == "item":
            self._article(page)
        else:
            if role == "home":
                self._home = ends.look(page)
                self.found.site_name = page.meta("SiteName") or page.title
                self.found.site_code = page.meta("SiteIDCode")
                self.found.home = page.url
                self.found.foreign = strangers.words(page)
            self._listed(page)

    def _waits(self, page: Page) -> bool:
        """Whether an empty page was asked for again, as it is once its scripts have run."""
        context = page.fetch.context
        if "rendered" in context or "family" in context or page.fetch.method != "GET":
            return False
        self.found.scripted[page.url] = None
        if self.site.browser:
            self.frontier.again(page.fetch.told(rendered="1"), key_of(page.fetch))
        return self.site.browser

    def _no_page(self, page: Page) -> str | None:
        """The rule by which an answer is no page of what was asked for, or None."""
        if page.fetch.role == "home" or "family" in page.fetch.context:
            return None
        if ends.soft_404(page):
            return "soft_404"
        if ends.same_page(page, self._home):
            return "home_page"
        if page.fetch.role not in ("item", "attachment") and ends.stub(page):
            return "stub"
        return None

    def _redirected(self, page: Page, location: str, rule: str) -> None:
        """Follow a redirect: five hops by status at most, a meta refresh and a script once each."""
        fetch = page.fetch
        target = address.absolute(page.url, location) if location else None
        if fetch.role == "home" and target is not None:
            self.found.home = target
        hops = int(fetch.context.get("hops", "0")) + 1
        if target is None or hops > _MOST_HOPS or rule in fetch.context or target == fetch.url:
            self._end(fetch, "redirect_loop")
        elif not self.site.covers(target):
            self._end(fetch, "out_of_scope")
        elif fetch.role != "home" and address.key(target) == address.key(self.site.home):
            self._end(fetch, "home_page")
        elif self._leads_back(fetch, target) or self.frontier.settle(target):
            once = {} if rule == "redirect" else {rule: "1"}
            once["begun"] = fetch.context.get("begun", key_of(fetch))
            follow = replace(fetch, url=address.without_fragment(target)).told(hops=str(hops), **once)
            kept = page.status in _SAME_METHOD
            self.frontier.again(follow if kept else replace(follow, method="GET", body=b""), key_of(fetch))
        else:
            self._end(fetch, "redirect_to_known")

    def _leads_back(self, fetch: Fetch, target: str) -> bool:
        """Whether a redirect leads to what was asked for by another name: ``/`` by way of ``/a`` to ``/index.html``."""
        known = address.key(target)
        begun = fetch.context.get("begun")
        return known == key_of(fetch) or (known == begun and not self.frontier.asked(target))

    def _end(self, fetch: Fetch, rule: str) -> None:
        """What ``fetch`` asked for ends here; try its other reading, if there is one."""
        self.found.ends[rule] += 1
        if rule not in _ELSEWHERE:
            self.found.lose(fetch, rule)
        other = fetch.instead
        if other is not None:
            self._push(replace(other, priority=LIST, context={**fetch.context, **other.context}), fetch)
            return
        listed = self.found.lists.get(fetch.context.get("list", "") or key_of(fetch))
        if listed is not None:
            listed.end = rule

    def _push(self, fetch: Fetch, origin: Fetch) -> bool:
        """Queue ``fetch`` with the page that showed it as its referer, as a browser does; LonSun and VSB ask for it.

        What a page shows in a frame is another document, also where both addresses have one key.
        """
        referer = origin.context.get("base", origin.url)
        if address.route(fetch.url):
            if not self.site.browser:
                self.found.scripted[fetch.url] = None
                return False
            fetch = fetch.told(rendered="1")
        named = any(name == "Referer" for name, _ in fetch.headers)
        headers = fetch.headers if named else (*fetch.headers, ("Referer", referer))
        fetch = replace(fetch, headers=headers)
        if "inside" in fetch.context and key_of(fetch) == key_of(origin) and not self.frontier.asked(fetch.url):
            self.frontier.again(fetch, key_of(origin))
            return True
        return self.frontier.push(fetch, key_of(origin))

    # Articles and files

    def _article(self, page: Page) -> None:
        """An item's page: its files, its further pages, other reports that it links; or it is a list after all."""
        rule = page.fetch.context.get("rule")
        confirmed = article.is_article(page)
        if not confirmed and rule == "report" and (article.leads_to_reports(page) or article.lists_rows(page)):
            self._listed(page, below=True)
            return
        if rule == "ambiguous":
            report = article.has_sections(page) or bool(attachments(page))
            self.lists.doubt(report=report)
            if not report:
                self.found.skipped["no_report"] += 1
                return
            self._count(Item(page.url, page.fetch.context["name"]), rule, page.fetch.context["found_on"])
        if not (confirmed or attachments(page)) and scripted.is_filled(page) and self._waits(page):
            return
        self._framed(page)
        self._files(page)
        listings = portals.read(page, self.site.family)
        self._take(page, listings, Standing())
        self.found.lists.pop(key_of(page.fetch), None)  # links to other reports make an article no list
        for listing in listings:
            self._continued(page, listing)

    def _framed(self, page: Page) -> None:
        """The text of an article may stand in a frame."""
        if "nested" in page.fetch.context or article.has_sections(page):
            return
        frames = [link.url for link in links(page) if link.source == "frame" and navigation.may_hold_text(link)]
        for url in frames[:2]:
            if self.site.covers(url) and not is_file(url):
                context = {"inside": "1", "nested": "1", "name": page.fetch.context.get("name", "")}
                self._push(Fetch(url, "item", priority=ITEM, context=context), page.fetch)

    def _attached(self, page: Page) -> None:
        """HTML in place of a file: a viewer's page, or an error; the files that it shows are fetched, once."""
        if page.text.lstrip()[:1] != "<":
            return
        self.found.skipped["attachment_is_html"] += 1
        if "nested" not in page.fetch.context:
            self._files(page, nested="1")

    def _files(self, page: Page, **context: str) -> None:
        for number, url in enumerate(attachments(page)):
            if number >= _MOST_FILES:
                self.found.skipped["too_many_attachments"] += 1
            elif not self.site.covers(url):
                self.found.skipped["out_of_scope"] += 1
            else:
                self._push(Fetch(url, "attachment", priority=ATTACHMENT, context=context), page.fetch)

    def _continued(self, page: Page, listing: Listing) -> None:
        """An article in several pages: t20240120_7.html, t20240120_7_1.html."""
        stem = page.fetch.context.get("stem") or urlsplit(page.url).path.rpartition(".")[0]
        for fetch in listing.next:
            if urlsplit(fetch.url).path.startswith(f"{stem}_"):
                self._push(replace(fetch, role="item", priority=ITEM, instead=None).told(stem=stem), page.fetch)

    # Lists

    def _listed(self, page: Page, *, below: bool = False) -> None:
        """A page that may list reports, and may lead to others that do."""
        fetch = page.fetch
        here = navigation.standing(page, below=below)
        listings = portals.read(page, self.site.family)
        taken = self._take(page, listings, here)
        if "column" in fetch.context and article.is_report(page):
            self._count(Item(page.url, fetch.context.get("name", "")), "page", key_of(fetch))
            self._files(page)
            return
        known = [one for one in listings if one.family != loaded.NAME or not self.site.browser]  # it asks better
        if here.column and not taken.reports and scripted.is_empty_list(page, known) and self._waits(page):
            return
        ended = self.lists.ended(page, taken)
        if ended:
            self._end(fetch, ended)
        else:
            self._go_on(page, listings, here, taken)
        if "page" not in fetch.context:
            self._explore(page, listings, here, len(taken.reports))
            if "column" in fetch.context and not taken.reports and not taken.leads_on:
                self._files(page)  # a year's or a unit's page that only shows the file

    def _take(self, page: Page, listings: tuple[Listing, ...], here: Standing) -> Taken:
        taken = self.lists.take(page, listings, here)
        for item, rule in taken.reports:
            self._selected(item, rule, page.fetch)
        return taken

    def _go_on(self, page: Page, listings: tuple[Listing, ...], here: Standing, taken: Taken) -> None:
        """Queue what follows in a list: its next page, or the data that fills it, which is a list of its own."""
        fetch = page.fetch
        listed = taken.listed
        turned = "rendered" in fetch.context  # as far as it goes
        listed.end = "pager_unknown" if pager.goes_on(page) and not turned else "last_page"
        certain = here.column or listed.selected > 0
        standing = {"platform": "1"} if here.platform else {}
        if here.column:
            standing["column"] = "named" if here.named else "inherited"
        for listing in listings:
            for following in listing.next:
                if not certain and listing.family in portals.PAGE_FAMILIES:
                    listed.end = "no_reports"
                    continue
                listed.end = None
                own = not listing.items and "family" in following.context and "family" not in fetch.context
                context = {"name": fetch.context.get("name", ""), **standing, **following.context}
                if not own and following.role == "list":
                    context["list"] = fetch.context.get("list") or key_of(fetch)
                if not certain:
                    context["probe"] = "1"
                priority = following.priority or (LIST if certain else navigation.FRAME)
                wanted = replace(following, priority=priority, context=context)
                if self._push(wanted, fetch) and "for" in context:
                    self.found.units.setdefault(key_of(wanted), FoundUnit(context["name"], wanted.url))

    def _selected(self, item: Item, rule: str, origin: Fetch) -> None:
        """Fetch a report's item; a doubtful one counts when its page has shown that it is one."""
        if not self.site.covers(item.url):
            self.found.skipped["out_of_scope"] += 1
            return
        role: Role = "attachment" if is_file(item.url) else "item"
        listed = key_of(origin)
        context = {"rule": rule, "name": item.title, "found_on": listed}
        pushed = self._push(Fetch(item.url, role, priority=ITEM - 4 * (rule == "ambiguous"), context=context), origin)
        if pushed and (rule != "ambiguous" or role == "attachment"):
            self._count(item, rule, listed)

    def _count(self, item: Item, rule: str, found_on: str) -> None:
        """A report was found: the pages that led to it were worth their requests."""
        self.found.selected.append((item, rule))
        for key in self.frontier.fruitful(found_on):
            if key in self.found.units:
                self.found.units[key].reports += 1

    # Navigation

    def _explore(self, page: Page, listings: tuple[Listing, ...], here: Standing, reports: int) -> None:
        """Queue the links of a page that may lead to reports."""
        dated = frozenset(item.url for listing in listings for item in listing.items if item.date)
        self._count_traps(page)
        spared = {following.context.get("for") for listing in listings for following in listing.next}
        leads = [
            lead
            for shown in _shown(page, listings)
            for lead in navigation.promising(links(shown), here, dated)
            if "unit" not in lead.context or lead.url not in spared
        ]
        for fetch in leads:
            self._follow(navigation.placed(fetch, page, here, reports), page)
        role = page.fetch.role
        wanted = navigation.OPENNESS if role in ("home", "menu") else navigation.BARE_COLUMN
        if role != "column" and not any(fetch.priority >= wanted and fetch.role != "menu" for fetch in leads):
            for fetch in navigation.menu_files(script_files(page)):
                self._follow(navigation.placed(fetch, page, here, reports), page)
            if not (leads or reports) and scripted.is_filled(page) and self._waits(page):
                return
            if role == "home" and not leads:
                self._enter(page)

    def _enter(self, page: Page) -> None:
        """Pass a home page that is only a picture; behind it may lie another page that counts as the same address."""
        for fetch in navigation.entrances(links(page)):
            self._follow(fetch.told(inside="1"), page)

    def _follow(self, fetch: Fetch, page: Page) -> None:
        if "inside" not in fetch.context and address.trap(fetch.url, page.url):
            return
        if not self.site.covers(fetch.url):
            self.found.ends["out_of_scope"] += 1
        elif fetch.role == "unit" and navigation.is_other_portal(fetch.url, self.site):
            self.found.ends["other_portal"] += 1
        elif is_file(fetch.url):
            self._push(Fetch(fetch.url, "attachment", priority=ITEM, context=fetch.context), page.fetch)
        elif self._push(fetch, page.fetch) and "unit" in fetch.context:
            self.found.units.setdefault(key_of(fetch), FoundUnit(fetch.context["name"], fetch.url))

    def _count_traps(self, page: Page) -> None:
        """Count the links that no rule lets be followed, each address once."""
        for url in {link.url for link in links(page) if link.source != "frame"} - self._trapped:
            rule = address.trap(url, page.url)
            if rule:
                self._trapped.add(url)
                self.found.ends[rule] += 1


def _shown(page: Page, listings: tuple[Listing, ...]) -> Iterator[Page]:
    """What holds links: the page, or the HTML that came inside its data."""
    if "family" not in page.fetch.context:
        yield page
    for listing in listings:
        if listing.markup:
            yield replace(page, payload=listing.markup.encode(), headers=())


def _host(url: str) -> str:
    return urlsplit(url).netloc
