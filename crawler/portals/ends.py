"""Answers that are no page of what was asked for: soft 404s, the home page in place of another, stubs.

Each rule has a name, which the run's report shows.
"""

import re

from crawler.portals import address
from crawler.portals.page import Page, squash

_MISSING = re.compile(
    r"页面不存在|页面未找到|找不到(?:该|您|你)?.{0,10}页面|(?:访问|浏览|查看|请求)的(?:页面|内容|网页|栏目|文章|地址).{0,12}(?:不存在|已?删除|未找到|找不到)"
    r"|(?:文章|内容|信息|栏目)不存在|^404|404(?:notfound|错误|页面)|notfound$|页面走丢|出错了|系统错误|访问出错",
    re.IGNORECASE,
)
_STUB = 400  # bytes; over-range pages of static portals are stubs of 300 to 400 (field guide §3.1, §6)
_FEW_LINKS = 5


def soft_404(page: Page) -> bool:
    """A page with status 200 that says in its title or heading that there is none."""
    if _MISSING.search(page.title):
        return True
    headings = page.tree.xpath("//h1 | //h2 | //h3")
    if any(_MISSING.search(squash(str(heading.text_content()))) for heading in headings[:3]):
        return True
    text = squash(str(page.tree.text_content()))
    return len(text) < 200 and bool(_MISSING.search(text))


def stub(page: Page) -> bool:
    """A page too small to be one, without a link, a frame or a script that would fill it."""
    return len(page.payload) <= _STUB and not page.tree.xpath("//a | //script | //iframe | //frame | //embed")


def look(page: Page) -> frozenset[str]:
    """What a page links, for telling whether another answer is the same page under another address."""
    found = (address.absolute(page.base, str(href)) for href in page.tree.xpath("//a/@href"))
    return frozenset(address.key(url) for url in found if url)


def same_page(page: Page, other: frozenset[str]) -> bool:
    """Whether ``page`` links just what the page with the `look` ``other`` links, and that is more than a few."""
    return len(other) >= _FEW_LINKS and look(page) == other
