"""Is a listed title an annual open-government report? By the title, never by the column alone.

Columns carry news, look-alikes and other bodies' reports; the latter are reports too and are taken.
"""

import re
from dataclasses import dataclass

from crawler.portals.page import squash


@dataclass(frozen=True, slots=True)
class Verdict:
    """``take`` says whether to fetch. ``rule`` names why: ``report``, ``column`` (a bare title that only the column
    explains), ``ambiguous`` (fetched within a bound), or the refusal."""

    take: bool
    rule: str


_DIGITS = "0-9〇○零一二三四五六七八九０-９OoＯ"
YEAR = re.compile(rf"(?:20[0-9]{{2}}|[二2２][{_DIGITS}]{{3}})(?:[-—~至][{_DIGITS}]{{2,4}})?(?:年度|年|$|(?=[^0-9]))")
ANNUAL = r"(?:年度?(?:工作)?报告|年度?(?:工作)?情况(?:的)?报告|年报|年度?(?:工作)?总结报告)"

# A title is a report's when it names open government and an annual report of it, in whichever order.
_REPORT = re.compile(
    rf"(?:信息|政务|府务)公开(?:工作)?(?:的)?{ANNUAL}"  # 政府信息公开(工作)年度报告, …年报
    rf"|(?:信息公开|政务公开).{{0,14}}(?:{ANNUAL}|年度(?:工作)?报告)"  # 信息公开工作(2015年度)报告
    r"|年度?.{0,24}信息公开(?:工作)?(?:情况)?(?:的)?(?:工作)?报告"  # 2023年度XX局政府信息公开(工作)报告
    r"|(?:政府信息公开|信息公开)(?:工作)?(?:情况)?报告"
    rf"|公开年报|{ANNUAL}.{{0,4}}(?:政府)?信息公开"
    r"|(?:annual|yearly)report.{0,20}(?:opengovernment|governmentinformation)",
    re.IGNORECASE,
)
# Lists cut long titles: what is left of 政府信息公开工作年度报告 behind a year.
_CUT = re.compile(r"信息公(?:开(?:工作)?(?:年度?)?(?:报)?)?(?:\.{2,}|…+|⋯+)$")
_CUT_SOMEWHERE = re.compile(r"(?:\.{2,}|…+|⋯+)$")

# What is certainly meant: then a word of the body's name (审计局, 法治办, 会议中心) refuses nothing.
_CERTAIN = re.compile(rf"信息公开(?:工作)?(?:的)?(?:情况)?.{{0,8}}(?:{ANNUAL}|报告)")

# Refusals by name, in order; the first that matches names the reason.
_REFUSALS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (rule, re.compile(pattern))
    for rule, pattern in (
        ("law_based_government", r"法治(?:政府|建设|工作)|依法行政|普法"),
        ("website_statistics", r"网站.{0,16}(?:报表|年度报告|年报|年度工作)|新媒体.{0,8}(?:报表|年度|年报)"),
        ("budget", r"决算|预算|三公经费|财政收支|财务(?:报告|报表|公开)|绩效(?:评价|目标|报告)|审计(?:结果|报告|工作)"),
        ("statistics", r"统计公报|年鉴|统计年报|国民经济|公报$"),
        ("legal_person_report", r"法人.{0,4}年度报告|企业(?:年报|年度报告)|年检|社会组织.{0,6}年|慈善|基金会|工商年报"),
        ("quality_report", r"质量(?:年度)?报告|社会责任报告|环境(?:状况|质量)"),
        ("commentary", r"解读|问答|答记者问|新闻发布|座谈|培训|会议|召开|调研|督查|督导|检查"),
        ("work_report", r"政府工作报告|^(?!.*公开).{0,30}工作报告$"),
    )
)
# Refused whatever else the title says: papers about reports, and pictures of them.
_ALWAYS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (rule, re.compile(pattern))
    for rule, pattern in (
        (
            "infographic",
            r"^(?:\[|【)?(?:图解|图说|图读|图文解读|数说|长图|[Hh]5|漫画|动画|视频)|一图(?:读懂|看懂|了解)",
        ),
        ("instruction", r"(?:编制|编写|做好|报送|撰写|填报|上报|开展|提交|征集).{0,40}(?:通知|函|要求|工作)$"),
        ("instruction", r"(?:格式|模板|范本|样式|要点|实施方案|工作方案|工作计划|考核|评估|测评|指引)(?:的通知)?$"),
        # Schools follow another rule; what one publishes as a government report is taken all the same.
        ("school", r"学年|^(?!.*(?:政府|政务)信息公开).*(?:大学|学院|中学|小学|学校|幼儿园|高中).{0,12}信息公开"),
    )
)
_BARE = re.compile(
    rf"^.{{0,24}}?(?:20[0-9]{{2}}|[二2][{_DIGITS}]{{3}})(?:年度|年)?(?:{ANNUAL}|工作?报告|报告)?(?:[(（].{{0,8}}[)）])?$"
    rf"|^.{{0,24}}(?:{ANNUAL}|年度报告)(?:[(（].{{0,10}}[)）])?$"
)
_BODY_NAME = re.compile(
    r"^[\u4e00-\u9fff]{2,24}(?:局|委|委员会|办公室|办|厅|政府|街道|街道办事处|镇|乡|中心|院|区|县|市|队|站|所|社|处)$"
)
_FILE_NAME = re.compile(r"^[\w\-.()（）%]+\.(?:pdf|docx?|xlsx?|wps|ofd|rtf|html?)$", re.IGNORECASE)
_SUFFIX = re.compile(r"\.(?:pdf|docx?|xlsx?|wps|ofd|rtf|zip|rar|et|html?)$", re.IGNORECASE)
_TRIM = re.compile(
    r"^[·•>»\-—\[【]*(?:置顶|最新|new)?[\]】]?|(?:\[?20\d\d[-/.]\d{1,2}[-/.]\d{1,2}\]?)$|\.(?:pdf|docx?|wps)$", re.I
)
_VAGUE = re.compile(r"公开|报告|年报|附件|报表|统计表|情况表|说明")


def clean(title: str) -> str:
    """A listed title as it is compared: white space, bullets and a date behind it removed."""
    return _TRIM.sub("", squash(title)).strip("·•>»|")


def judge(title: str, *, column: bool = False) -> Verdict:
    """The verdict on a listed ``title``; ``column`` says that it stands in a confirmed annual-report column."""
    text = clean(title)
    if not text:
        return Verdict(False, "untitled")
    refused = _refusal(text)
    if refused:
        return Verdict(False, refused)
    if _REPORT.search(text) or (_CUT.search(text) and YEAR.search(text)):
        return Verdict(True, "report")
    if not column:
        return Verdict(False, "other_title")
    if _BARE.search(text):
        return Verdict(True, "column")
    cut = _CUT_SOMEWHERE.search(text) and YEAR.search(text)
    if cut or _BODY_NAME.search(text) or _FILE_NAME.search(text) or _VAGUE.search(text):
        return Verdict(True, "ambiguous")
    return Verdict(False, "other_title")


def _refusal(text: str) -> str | None:
    always = next((rule for rule, pattern in _ALWAYS if pattern.search(text)), None)
    if always:
        return always
    certain = _CERTAIN.search(text)
    spoken_of = text[certain.end() :] if certain else text
    return next((rule for rule, pattern in _REFUSALS if pattern.search(spoken_of)), None)


# The headings of the annual report (notice 国办公开办函〔2021〕30号 and its forerunner of 2019) and what only it says.
_HEADINGS = (
    re.compile(r"总体情况|基本情况|概述"),
    re.compile(r"主动公开政府信息(?:的)?情况"),
    re.compile(r"(?:收到和处理政府信息公开申请|依申请公开政府信息(?:的)?|申请公开政府信息)情况"),
    re.compile(r"行政复议、?(?:提起)?行政诉讼(?:的)?情况|被申请行政复议"),
    re.compile(r"存在的?(?:主要)?(?:问题|不足)"),
    re.compile(r"其他需要(?:报告|说明)的(?:其他)?事项"),
)


def reads_like_report(text: str) -> bool:
    """Whether a page's squashed text has the sections of an annual report."""
    return sum(bool(heading.search(text)) for heading in _HEADINGS) >= 3
