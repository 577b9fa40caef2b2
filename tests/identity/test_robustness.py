"""Identification takes whatever extraction gives it: it never raises, and time stays in proportion to the text."""

import random
import time

import pytest

from tests.identity.pages import NOWHERE, identity, page

PIECES = """
政府信息公开 年度报告 人民政府 卫健委 青岛市 2020年 二〇二〇年 国家税务总局 高新区 兵团 （本级） 中共
街道办事处 统计期限 1月1日 12月31日 由 编制 （以下简称 根据 。 ， 、 （ ） ( ) 【 】 《 》 _ | — - ：
年 月 日 局 委 市 区 县 省 镇 乡 0 9 〇 ○ 𠀀 \u200b \xad
"""


def test_no_mixture_of_the_words_of_the_trade_raises() -> None:
    chance = random.Random(20260101)
    words = [*PIECES.split(), "\n", "\t", "\u3000", ""]

    def text() -> str:
        return "".join(chance.choice(words) for _ in range(chance.randint(0, 14)))

    for _ in range(1500):
        document = page(
            *(text() for _ in range(chance.randint(0, 8))),
            title=text(),
            fields={"发布机构": text(), "索引号": text(), "发布日期": text()},
            meta={"sitename": text(), "contentsource": text(), "siteidcode": text(), "pubdate": text()},
        )
        url = chance.choice(
            [NOWHERE, "", "http://[x", "http://a.gov.cn/t20201313_1.html", "http://www.qingdao.gov.cn/"]
        )
        found = identity(document, url)
        assert found.year is None or 2000 <= found.year <= 2026


@pytest.mark.parametrize("unit", ["由", "。", "青岛市", "2020年", "市", "（", "人民政府", " ", "1月1日至", "A"])
def test_long_runs_of_one_thing_cost_little(unit: str) -> None:
    run = unit * (60_000 // len(unit))
    start = time.process_time()
    identity(page(run, run + "根据", title=run, fields={"来源": run}, meta={"sitename": run}))
    # 0.1 s here; a pattern that backtracks needs minutes.
    assert time.process_time() - start < 5
