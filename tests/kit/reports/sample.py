"""A sample report: who, when, which numbers, and the running text around the tables."""

from dataclasses import dataclass, field
from random import Random

from tests.kit.reports.statutory import Key, Rows, tables
from tests.kit.reports.values import Values, balanced_values

# Headings of the six sections; the 2014 form stood at the end of a report with sections of the agency's own.
_HEADINGS = {
    "2014": ("概述", "主动公开政府信息情况", "依申请公开政府信息情况", "复议和诉讼情况", "存在的主要问题及改进措施"),
    "2019": (
        "总体情况",
        "主动公开政府信息情况",
        "收到和处理政府信息公开申请情况",
        "政府信息公开行政复议、行政诉讼情况",
        "存在的主要问题及改进情况",
        "其他需要报告的事项",
    ),
    "2021": (
        "总体情况",
        "主动公开政府信息情况",
        "收到和处理政府信息公开申请情况",
        "因政府信息公开工作被申请行政复议、提起行政诉讼情况",
        "存在的主要问题及改进情况",
        "其他需要报告的事项",
    ),
}
_DIGITS = "〇一二三四五六七八九十"


@dataclass(frozen=True)
class SampleReport:
    """One annual report and the truth about it; ``signed`` is (year, month, day), ``length`` paragraphs a section."""

    agency: str
    year: int
    form: str
    values: Values = field(repr=False)
    signed: tuple[int, int, int] | None = None
    printed: dict[Key, str] = field(default_factory=dict)
    length: int = 1

    @classmethod
    def drawn(cls, agency: str, year: int, form: str, seed: int = 0, **more: object) -> "SampleReport":
        """A report with balanced numbers, the same for the same arguments."""
        rng = Random(f"{agency}/{year}/{form}/{seed}")
        return cls(agency, year, form, balanced_values(form, rng), **more)  # type: ignore[arg-type]

    @property
    def title(self) -> str:
        return f"{self.agency}{self.year}年政府信息公开工作年度报告"

    @property
    def date(self) -> tuple[int, int, int]:
        return self.signed or (self.year + 1, 1, 20)

    def text_of(self, key: Key) -> str:
        """What is printed in the cell ``key``."""
        return self.printed.get(key, str(self.values[key]))

    def tables(self) -> dict[str, Rows]:
        return tables(self.form, self.text_of)

    def blocks(self) -> list[tuple[str, object]]:
        """The report from top to bottom as ("p" | "h" | "right", text) and ("table", rows)."""
        rows = self.tables()
        headings = _HEADINGS[self.form]
        opening = (
            "根据《中华人民共和国政府信息公开条例》要求，现公布"
            f"{self.year}年度政府信息公开工作年度报告。本报告所列数据的统计期限自{self.year}年1月1日起至"
            f"{self.year}年12月31日止。"
        )
        blocks: list[tuple[str, object]] = [("p", opening)]
        order = {2: "disclosure", 3: "requests", 4: "disputes"}
        for number, heading in enumerate(headings, start=1):
            blocks.append(("h", f"{_DIGITS[number]}、{heading}"))
            table = rows.get(order.get(number, ""))
            if table:
                blocks.append(("table", table))
            else:
                blocks += [("p", self._prose(number + more)) for more in range(self.length)]
        year, month, day = self.date
        blocks += [("right", self.agency), ("right", f"{year}年{month}月{day}日")]
        if self.form == "2014":
            blocks += [
                ("p", "附件："),
                ("p", f"{self.year}年度政府信息公开情况统计表"),
                ("table", rows["statistics"]),
            ]
        return blocks

    def _prose(self, number: int) -> str:
        sentences = (
            f"{self.year}年，本机关坚持以公开为常态、不公开为例外，围绕中心工作推进决策、执行、管理、服务和结果公开。",
            "及时更新门户网站政府信息公开专栏，规范信息发布审核和保密审查，回应群众关切。",
            "完善依申请公开工作制度，畅通受理渠道，依法依规办理答复。",
            "工作中还存在公开内容不够全面、解读形式比较单一等不足，下一步将加强培训，提高公开质量。",
            "本年度没有其他需要报告的事项。",
        )
        return "".join(sentences[(number + offset) % len(sentences)] for offset in range(3))
