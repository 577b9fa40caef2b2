"""The statistical period that the text states (本报告所列数据的统计期限自2020年1月1日起至2020年12月31日止)."""

import re

from pipelines.documents.model import Document

_PERIOD = re.compile(
    r"统计(?:期限|时限|时间|期间|时段|数据)[^。；]{0,20}?(?P<first>20[0-9]{2})年1月1日[^。；]{0,6}?"
    r"(?:(?P<last>20[0-9]{2})年|当年|同年)?12月31日"
)


def stated_period(document: Document) -> int | None:
    """The year that the period covers; None where none is stated, it is no full year, or two differ."""
    years = set()
    # Most paragraphs say nothing of the kind, and white space may stand between any two letters.
    for text in [paragraph.text for paragraph in document.paragraphs]:
        if "统" not in text or "月" not in text:
            continue
        for found in _PERIOD.finditer(re.sub(r"\s", "", text)):
            if found["last"] not in (None, found["first"]):
                return None
            years.add(int(found["first"]))
    return years.pop() if len(years) == 1 else None
