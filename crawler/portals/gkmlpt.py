"""The disclosure catalogue of Guangdong (gkmlpt): one script page a body, its lists by a JSON interface.

``GET {body}/gkmlpt/api/all/{category}?page=1&sid={SID}``; the category of the annual reports is found in the page's
tree of categories, or behind the ``#`` of the link that led here (field guide §3.6).
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from crawler.portals import records, scripts
from crawler.portals.page import Fetch, Listing, Page, squash
from crawler.portals.select import ANNUAL

NAME = "gkmlpt"

_PLACE = re.compile(r"^(.*?/gkmlpt)(?:/|$|\?)")
_NODE = re.compile(r"\{[^{}]*?['\"]?id['\"]?\s*:\s*['\"]?(\d+)[^{}]*?['\"]?name['\"]?\s*:\s*['\"]([^'\"]+)['\"]")
_ANNUAL = re.compile(rf"年报|{ANNUAL}|年度报告")
_OTHER = re.compile(r"决算|预算|财政|统计|法治|网站")


def recognise(page: Page) -> bool:
    """A catalogue page: by its address, and the configuration in its script."""
    return bool(_PLACE.match(page.url)) and ("_CONFIG" in page.text or "gkmlpt" in page.text)


def read(page: Page) -> Listing:
    """The annual-report categories to ask for; of an answer, its rows and its next page."""
    return _answer(page) if "family" in page.fetch.context else Listing(NAME, next=tuple(_categories(page)))


def _categories(page: Page) -> Iterator[Fetch]:
    place = _PLACE.match(page.url)
    sid = scripts.value(page.scripts, "SID", "sid")
    if not place or not sid:
        return
    asked = page.fetch.context.get("fragment", "")
    named = dict.fromkeys(_named(page.scripts))
    meant = "annualreport" in page.url or "column" in page.fetch.context
    chosen = [asked] if asked.isdecimal() and asked not in named and meant else []
    # 0 is everything: the last resort where no category says that it is the annual reports'.
    for category in [*named, *chosen] or ["0"]:
        url = f"{place[1]}/api/all/{category}?page=1&sid={sid}"
        column = {} if category == "0" else {"column": "named"}
        yield Fetch(url, "list", context={"family": NAME, "base": page.url, **column})


def _named(code: str) -> Iterator[str]:
    """The ids of the categories called 年报, in the tree of the configuration, with all below them."""
    match = re.search(r"['\"]?TREE['\"]?\s*:\s*(?=\[)", code)
    tree = records.load(scripts.block(code, match.end())) if match else None
    if tree is not None:
        yield from _below(tree, named=False)
        return
    for number, name in _NODE.findall(code):
        if _is_annual(name):
            yield number


def _below(nodes: Any, *, named: bool) -> Iterator[str]:
    for node in nodes if isinstance(nodes, list) else ():
        if not isinstance(node, Mapping):
            continue
        annual = named or _is_annual(str(node.get("name", "")))
        if annual and node.get("id"):
            yield str(node["id"])
        for inner in node.values():
            yield from _below(inner, named=annual)


def _is_annual(name: str) -> bool:
    name = squash(name)
    return bool(_ANNUAL.search(name)) and not _OTHER.search(name)


def _answer(page: Page) -> Listing:
    answer = records.load(page.text)
    if not isinstance(answer, Mapping):
        return Listing(NAME)
    rows = [row for row in answer.get("articles") or () if isinstance(row, Mapping)]
    items = records.items(rows, page.base)
    classify = answer.get("classify")
    total = records.number(classify, "post_count") if isinstance(classify, Mapping) else None
    seen = int(page.fetch.context.get("seen", "0")) + len(items)
    if not items or total is None or seen >= total:
        return Listing(NAME, items, total=total)
    number = int(page.fetch.context.get("page", "1")) + 1
    url = re.sub(r"([?&]page=)\d+", rf"\g<1>{number}", page.fetch.url)
    context = {**page.fetch.context, "page": str(number), "seen": str(seen)}
    return Listing(NAME, items, (Fetch(url, "list", context=context),), total)
