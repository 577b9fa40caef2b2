"""Agencies over the years, and the operator's corrections of them."""

from pathlib import Path

import pytest

from config.aliases import load_aliases
from pipelines.identity import agency as weighing
from pipelines.identity.lineage import lineage
from tests.identity.pages import TEXT, identity, page


def test_former_and_later_bodies_in_order() -> None:
    assert lineage("山亭区卫生局").later == ("山亭区卫生和计划生育局", "山亭区卫生健康局")
    assert lineage("山亭区卫生健康局").former[0] == "山亭区卫生和计划生育局"
    assert "山亭区卫生局" in lineage("山亭区卫生健康局").former
    assert lineage("山东省卫生厅").later == ("山东省卫生和计划生育委员会", "山东省卫生健康委员会")


@pytest.mark.parametrize("name", ["青岛市教育局", "青岛市人民政府", "徐庄镇人民政府", "教育部", "没有这个单位", ""])
def test_what_the_vocabulary_does_not_know_has_no_lineage(name: str) -> None:
    assert (lineage(name).former, lineage(name).later) == ((), ())


def corrected(monkeypatch: pytest.MonkeyPatch, folder: Path, line: str) -> None:
    path = folder / "aliases.yaml"
    path.write_text(f"aliases:\n  - {line}\n", encoding="utf-8")
    found = load_aliases(path)
    monkeypatch.setattr(weighing, "aliases", lambda: found)


def test_one_line_adds_an_alias_on_one_citys_portals(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    corrected(monkeypatch, tmp_path, '{written: 市数管局, under: "320600", name: 南通市数据局, division: "320600"}')
    document = page(TEXT, title="市数管局2020年政府信息公开工作年度报告")
    found = identity(document, "http://www.nantong.gov.cn/1.html").agency
    assert found and (found.name, found.division, found.level, found.sector) == (
        "南通市数据局",
        "320600",
        "prefecture",
        "data",
    )
    elsewhere = identity(document, "http://www.qingdao.gov.cn/1.html").agency
    assert elsewhere and elsewhere.name == "青岛市数据资源管理局"


def test_one_line_undoes_a_wrong_merge(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    line = '{written: 青岛市文旅局, until: 2018, name: 青岛市旅游发展委员会, division: "370200"}'
    corrected(monkeypatch, tmp_path, line)
    before = identity(page(TEXT, title="青岛市文旅局2016年政府信息公开工作年度报告")).agency
    text = f"2020年，青岛市文化和旅游局认真贯彻条例。{TEXT}"
    after = identity(page(text, title="青岛市文旅局2020年政府信息公开工作年度报告")).agency
    assert before and before.name == "青岛市旅游发展委员会"
    assert after and after.name == "青岛市文化和旅游局"
