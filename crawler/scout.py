"""What a short walk over a portal tells about it: the draft of its site file, with a reason for every line."""

import re

from config import divisions
from config.site import Site
from crawler.portals import FAMILIES
from crawler.portals.found import Found, FoundList
from crawler.portals.page import squash
from crawler.run import Run
from crawler.site_draft import SiteDraft

# In requests, robots.txt included: the home page, the platform, its column, and the first reports of the list.
FEW_PAGES = 30

_MOST_STARTS = 5
_SITE_CODE = re.compile(r"[0-9A-Za-z]{8,12}")
# What portals add to the name of their owner: 青岛市人民政府门户网站, 欢迎访问…, 首页-….
_TRIMMINGS = re.compile(r"^欢迎您?(?:访问|光临|来到)|(?:(?:官方|门户|政务|(?<!人民)政府)*(?:网站|网|首页|主页))+$")
_BETWEEN = re.compile(r"[-_—|·]+")
_MODULES = frozenset(module.NAME for module in FAMILIES)


def looked_at(run: Run, draft: SiteDraft) -> SiteDraft:
    """``draft`` with what the walk ``run`` found: title, SiteIDCode, division, family and the lists to start from."""
    found = run.found
    if found is None:
        return draft
    draft.head = [
        f"From a look at the portal on {run.ended:%Y-%m-%d}: {run.requests} requests, "
        f"{len(found.selected)} reports listed."
    ]
    _title(draft, found.site_name)
    if _SITE_CODE.fullmatch(found.site_code):
        draft.put("code", found.site_code, "SiteIDCode of the home page")
    else:
        draft.open["code"] = "the home page has no SiteIDCode"
    _division(draft, found.site_code)
    lists = fruitful(found, run.site)
    _family(draft, lists)
    _browser(draft, found, lists)
    _starts(draft, lists)
    return draft


def fruitful(found: Found, site: Site) -> list[FoundList]:
    """The lists of a walk that show reports, those of an annual-report column first, one for each page that a reader
    sees. The home page is where every walk starts anyway; the lists of units are found from the portal's, and stand
    here only where it has none of its own.
    """
    shown: dict[str, FoundList] = {}
    for listed in sorted(found.lists.values(), key=lambda one: (not one.column, -one.selected)):
        page = listed.page or listed.url
        if listed.selected and site.covers(page) and page.rstrip("/") != site.home.rstrip("/"):
            shown.setdefault(page, listed)
    units = tuple(unit.url.rstrip("/") + "/" for unit in found.units.values())
    own = [listed for page, listed in shown.items() if not f"{page}/".startswith(units)]
    return own or list(shown.values())


def _title(draft: SiteDraft, site_name: str) -> None:
    parts = (_TRIMMINGS.sub("", part) for part in _BETWEEN.split(squash(site_name)))
    name = next((part for part in parts if len(part) > 1), "")
    if name:
        draft.put("title", name, "SiteName of the home page, or else its title")
    elif "title" not in draft.values:
        draft.open["title"] = "the home page does not tell the portal's name"


def _division(draft: SiteDraft, site_code: str) -> None:
    """The division by the host or the table that is there already, else by the SiteIDCode, else by the name.

    What the portal says otherwise is noted, not followed: SiteIDCodes are copied from neighbours, names are shared.
    """
    by_code = site_code[:6] if divisions.division(site_code[:6]) else None
    by_name = _named(str(draft.values.get("title", "")))
    known = draft.values.get("division")
    if known is not None:
        if by_code not in (None, known):
            draft.reasons["division"] += f"; the SiteIDCode begins with {by_code}"
        return
    if by_code and by_name and by_code != by_name:
        draft.open["division"] = f"could not be told: {by_code} by the SiteIDCode, {by_name} by the SiteName"
    elif by_code:
        draft.put("division", by_code, "the first six digits of the SiteIDCode")
    elif by_name:
        draft.put("division", by_name, "the SiteName")
    else:
        draft.open["division"] = "could not be told: not in config/hosts.csv, and neither SiteIDCode nor SiteName tells"


def _named(title: str) -> str | None:
    """The code of the one division that ``title`` begins with, in its full name (南阳市宛城区人民政府: 宛城区)."""
    code, rest = None, title
    while rest:
        found = {
            one.code: one.name
            for end in range(2, len(rest) + 1)
            for one in divisions.named(rest[:end], within=code)
            if one.until is None and one.name == rest[:end] and one.code != code
        }
        if len(found) != 1:
            return code if not found else None
        code, name = next(iter(found.items()))
        rest = rest[len(name) :]
    return code


def _family(draft: SiteDraft, lists: list[FoundList]) -> None:
    if not lists:
        draft.open["family"] = "recognised by itself; no list was met that would tell"
        return
    best = max(lists, key=lambda one: one.selected)
    # Lists of static pages bear the name of the system that made them; one module reads them all.
    module = best.family if best.family in _MODULES else "static"
    shown = "" if module == best.family else f" ({best.family})"
    draft.put("family", module, f"{best.selected} of {best.items} rows are reports{shown}: {best.page or best.url}")


def _browser(draft: SiteDraft, found: Found, lists: list[FoundList]) -> None:
    if not found.scripted:
        return
    seen = (
        f"{len(found.scripted)} pages show nothing until their scripts have run, such as {next(iter(found.scripted))}"
    )
    if lists:
        draft.open["browser"] = f"{seen}; true, with requirements-browser.txt and chromium, reads them too"
    else:
        draft.put("browser", True, f"{seen}; needs requirements-browser.txt and chromium")


def _starts(draft: SiteDraft, lists: list[FoundList]) -> None:
    if not lists:
        draft.open["start"] = "no list of annual reports was met; the walk from the home page looks further"
        return
    columns = [one for one in lists if one.column] or lists
    names = ", ".join(dict.fromkeys(squash(one.name) for one in columns[:_MOST_STARTS] if one.name))
    pages = tuple(one.page or one.url for one in columns[:_MOST_STARTS])
    draft.put("start", pages, f"lists of reports: {names}" if names else "lists of reports")
