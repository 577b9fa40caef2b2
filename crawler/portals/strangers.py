"""Pages of strangers: what stands on a domain that its agency let go.

Expired .cn domains of agencies are bought for their good name, and show gambling, pornography, or an offer to sell.
"""

import re

from crawler.portals.page import Page, squash

# No portal of an agency has several of these on its home page; a single one stands in the news of any police bureau.
_WORDS = re.compile(
    r"博彩|棋牌|彩票(?:平台|官网|投注|app)|时时彩|六合彩|北京赛车|百家乐|老虎机|捕鱼|真人(?:娱乐|荷官|视讯)|娱乐城|娱乐平台|体育投注"
    r"|电子游艺|澳门(?:新葡京|威尼斯人|金沙|银河)|新葡京|威尼斯人|赌场|外围(?:投注|足球)|注册送|首存|返水|开户送"
    r"|成人(?:视频|影院|直播)|色情|约炮|裸聊|免费看片|无码|AV在线"
    r"|域名(?:出售|转让|交易|购买|已过期)|本域名|此域名|此網域|該網域"
    r"|domain(?:name)?(?:is|maybe|mightbe)?forsale|buythisdomain|domainparking|parkeddomain|casino|slotonline|judionline",
    re.IGNORECASE,
)
_ENOUGH = 2
# In the title one is enough: it says what the page is.
_LONGEST = 200_000


def words(page: Page) -> tuple[str, ...]:
    """The words on a home page that say that it belongs to somebody else; none where too few are there to be sure."""
    in_title = _found(page.title + page.meta("keywords") + page.meta("description"))
    everywhere = in_title | _found(squash(str(page.tree.text_content()))[:_LONGEST])
    return tuple(sorted(everywhere)) if in_title or len(everywhere) >= _ENOUGH else ()


def _found(text: str) -> set[str]:
    return {word.lower() for word in _WORDS.findall(text)}
