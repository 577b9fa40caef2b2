"""The labelled lines of an article's head: 索引号, 发布机构, 成文日期 …, whether in a table, a list or one line."""

import re
from collections.abc import Iterable, Sequence

from pipelines.documents.normal import fold

# After 国办发〔2017〕47号 and what portals make of it. Longer labels first: 信息来源 before 来源.
_LABELS = """
    信息索引号 索引号 索引 信息公开类别 公开类别 信息分类 主题分类 组配分类 体裁分类 服务对象分类 所属分类 分类
    发布机构 发文机关 发文机构 发文单位 发布单位 发布机关 公开机构 公开机关 公开主体 公开责任部门 制发机关 制定机关
    责任部门 责任单位 所属机构 信息来源 文章来源 稿件来源 来源 作者 责任编辑 编辑 审核
    成文日期 成文时间 生成日期 生成时间 发文日期 发文时间 制发日期 形成日期 印发日期 发布日期 发布时间
    公开日期 公开时间 更新日期 更新时间 生效日期 失效日期 废止日期 日期 时间
    发文字号 发文文号 文件编号 文号 有效性 效力状态 时效性 有效期 信息名称 文件名称 公文名称 名称 标题
    主题词 关键词 关键字 公开方式 公开形式 公开范围 公开时限 公开属性 公开期限 内容概述 内容摘要 概述 语种 载体类型
    浏览次数 点击次数 阅读次数 访问次数 浏览量 点击量 阅读量 访问量 点击数 浏览 阅读 点击 字体 字号 字体大小 打印 分享
"""
# Too plain to be a label without its colon.
_PLAIN_LABELS = "索引 分类 来源 作者 编辑 审核 日期 时间 名称 标题 概述 浏览 阅读 点击 字体 字号 打印 分享 语种"
_TOOLS = "打印 分享 字体 字号 字体大小 浏览 阅读 点击"
_NEED_COLON = frozenset(_PLAIN_LABELS.split())
_NO_VALUES = frozenset(_TOOLS.split())
_SPACED = "|".join(r"[\s\u3000]*".join(label) for label in sorted(_LABELS.split(), key=len, reverse=True))
_FIRST = "".join(sorted({label[0] for label in _LABELS.split()}))
_BEGINNINGS = frozenset(f"[【(（{_FIRST}")
_LABEL = re.compile(rf"(?=[\[【(（\s{_FIRST}])[\[【(（]?\s*({_SPACED})\s*[\]】)）]?\s*([:：])?")
_INLINE = re.compile(rf"(?<![\u4e00-\u9fff])[\[【(（]?({_SPACED})[\]】)）]?\s*[:：]")
_BLANK = re.compile(r"\s+")
_LONGEST_VALUE = 160


def is_field_label(text: str) -> bool:
    """Whether the text is nothing but a label; the plain ones need their colon."""
    match = _LABEL.fullmatch(text.strip()) if len(text) <= 20 else None
    return match is not None and (bool(match[2]) or _name(match[1]) not in _NEED_COLON)


def read_fields(lines: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """(label, value) pairs of lines like ``发布机构：某局 发布日期：2021-01-20``, ``索引号`` with its value on the next
    line, ``索引号 0001``; pairs without a value are left out."""
    pairs: list[tuple[str, str]] = []
    pending: str | None = None
    for line in lines:
        if pending is None and ":" not in line and "：" not in line and line.lstrip()[:1] not in _BEGINNINGS:
            continue
        if is_field_label(line):
            pending = _name(_LABEL.fullmatch(line.strip())[1])  # type: ignore[index]  # it is one
            continue
        found = _inline_fields(line)
        if not found and pending and len(line) <= _LONGEST_VALUE:
            found = [(pending, fold(line))]
        pairs += found or _unmarked_field(line)
        pending = None
    return tuple(dict.fromkeys((label, value) for label, value in pairs if value and label not in _NO_VALUES))


def is_field_line(line: str) -> bool:
    """Whether the line consists of labelled values: it begins with a label and has its colon."""
    return len(line) <= 2 * _LONGEST_VALUE and (is_field_label(line) or bool(_INLINE.match(line.strip())))


def _inline_fields(line: str) -> list[tuple[str, str]]:
    if len(line) > 4 * _LONGEST_VALUE or (":" not in line and "：" not in line):
        return []
    matches = list(_INLINE.finditer(line))
    if not matches:
        return []
    ends: Sequence[int] = [match.start() for match in matches[1:]] + [len(line)]
    values = [fold(line[match.end() : end]).strip("|｜ ") for match, end in zip(matches, ends, strict=True)]
    return [
        (_name(match[1]), value) for match, value in zip(matches, values, strict=True) if len(value) <= _LONGEST_VALUE
    ]


def _unmarked_field(line: str) -> list[tuple[str, str]]:
    match = _LABEL.match(line.strip())
    if not match or match[2] or _name(match[1]) in _NEED_COLON or len(line) > 80:
        return []
    return [(_name(match[1]), fold(line.strip()[match.end() :]))]


def _name(label: str) -> str:
    return _BLANK.sub("", label)
