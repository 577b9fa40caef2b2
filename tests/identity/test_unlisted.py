"""Divisions that the table lacks: a complete name is taken as printed, without a code, and nothing near instead."""

from datetime import UTC, datetime

import pytest

from pipelines.documents.model import Document, Paragraph
from pipelines.identity import identify


@pytest.mark.parametrize(
    ("written", "name", "level"),
    [
        ("青石市卫生健康委员会", "青石市卫生健康委员会", None),
        ("青石市卫健委", "青石市卫生健康委员会", None),
        ("青石市", "青石市人民政府", None),
        ("青石市柳河镇", "青石市柳河镇人民政府", "township"),
        ("青石市云山区市场监管局", "青石市云山区市场监督管理局", None),
        ("墨池县财政局", "墨池县财政局", "county"),
        ("石潭千年秀林管护中心", "石潭千年秀林管护中心", None),
    ],
)
def test_a_complete_name_is_taken_as_printed(written: str, name: str, level: str | None) -> None:
    identity = _identified(written)
    assert identity.agency is not None
    assert (identity.agency.name, identity.agency.division, identity.agency.level) == (name, None, level)
    assert [(finding.rule, finding.severity) for finding in identity.findings] == [("identity.agency", "note")]


@pytest.mark.parametrize("written", ["全市卫生健康委员会", "文明城市", "该县区财政局", "我市财政局", "高新区"])
def test_what_only_looks_like_a_division_names_nobody(written: str) -> None:
    agency = _identified(written).agency
    assert agency is None or (agency.division is None and "市人民政府" not in agency.name)


def test_a_listed_division_is_never_read_as_an_unlisted_one() -> None:
    agency = _identified("原安丘市财政局").agency
    assert agency is not None and (agency.name, agency.division) == ("安丘市财政局", "370784")


def _identified(written: str):  # type: ignore[no-untyped-def]
    title = f"{written}2021年政府信息公开工作年度报告"
    document = Document("text/html", titles=(("h1", title),), blocks=(Paragraph("本年度认真贯彻落实条例。"),))
    return identify(
        document, url="http://127.0.0.1/a.html", captured=datetime(2022, 2, 1, tzinfo=UTC), site=None, sections=()
    )


def test_the_page_of_an_office_says_nothing_of_a_body_that_is_not_known() -> None:
    title = "石潭千年秀林管护中心2021年政府信息公开工作年度报告"
    document = Document("text/html", titles=(("h1", title),), fields=(("来源", "安丘市人民政府办公室"),))
    found = identify(
        document, url="http://127.0.0.1/a.html", captured=datetime(2022, 2, 1, tzinfo=UTC), site=None, sections=()
    )
    assert found.agency is not None and found.agency.name == "石潭千年秀林管护中心"
