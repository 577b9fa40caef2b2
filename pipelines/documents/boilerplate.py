"""Lines that stand around an article and are none of it: navigation, tools, shares, footers."""

import re
from functools import lru_cache

from pipelines.documents.normal import compact

_TOOLS = (
    r"\(?打印(?:本页|此页|文章|页面)?\)?",
    r"\(?关闭(?:本页|窗口|页面|此页)?\)?",
    r"(?:打印|关闭|收藏|复制|下载|分享)(?:[|｜、/\s]*(?:打印|关闭|收藏|复制|下载|分享|本页|窗口|正文|文章|页面))+",
    r"返回(?:顶部|首页|列表|上一页|上页)?",
    r"(?:(?:用)?(?:手机|微信)?扫一扫|扫码|扫描二维码).{0,24}",
    r"分享(?:到|至).{0,40}",
    r"(?:微信|微博|新浪微博|qq空间|朋友圈|qq)(?:[|｜、]*(?:微信|微博|新浪微博|qq空间|朋友圈|qq))*",
    r"\(?(?:文字|字体|字号)(?:大小)?:?\(?.{0,12}\)?",
    r"(?:上|下)一(?:篇|页|条)[:：]?.{0,80}",
    r"(?:浏览|点击|阅读|访问)(?:次数|量|数|人数)?:?\(?\d*次?\)?",
    r"(?:当前|您(?:现在|当前)?(?:的|所在)?)位置[:：]?.{0,120}",
    r"首页(?:[>›»/→\-].{0,120})?",
    r"导航|网站导航|无障碍(?:阅读|浏览)?|长者(?:模式|专区|助手)|繁體|简体|繁体|english|登录|注册|搜索|检索|听文章|语音播报",
    r"(?:相关|延伸|关联|推荐)(?:链接|阅读|文章|信息|新闻|文件|稿件|内容|解读|文档|附件)[:：]?",
    r"【?(?:字体|打印|关闭|纠错|收藏|大|中|小)】?(?:[【|｜ ]*(?:字体|打印|关闭|纠错|收藏|大|中|小)】?)*[:：]?",
)
_FOOTER = (
    r"版权所有.{0,80}",
    r"(?:主办|承办|技术支持|维护)(?:单位)?[:：].{0,80}",
    r"网站标识码[:：]?.{0,60}",
    r".{0,20}(?:icp备|公网安备).{0,80}",
    r"(?:网站地图|联系我们|关于我们|隐私声明|网站声明)(?:[|｜、-]*(?:网站地图|联系我们|关于我们|隐私声明|网站声明|网站帮助))*",
    r"copyright.{0,100}",
)
_LINE = re.compile("|".join((*_TOOLS, *_FOOTER)), re.I)
_RELATED = re.compile(r"(?:相关|延伸|关联|推荐|热门)(?:链接|阅读|文章|信息|新闻|稿件|内容|推荐)[:：]?")
_LONGEST = 120


def is_boilerplate(text: str) -> bool:
    """Whether the line, by itself, is a page's tool or footer and not a sentence of the article."""
    if len(text) > _LONGEST:
        return False
    return _is_line(text)


@lru_cache(maxsize=4096)  # menus and footers stand on every page of a portal
def _is_line(text: str) -> bool:
    return _LINE.fullmatch(compact(text)) is not None


def opens_related(text: str) -> bool:
    """Whether the line is the heading of a list of other articles: what follows in its box is none of the text."""
    return len(text) <= 12 and _RELATED.fullmatch(compact(text)) is not None
