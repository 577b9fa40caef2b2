"""A table of portals: what each row becomes, and which rows are wrong."""

from pathlib import Path

import pytest

from config.errors import UsageError
from config.load import load_site
from crawler.portal_table import Mistake, read_table
from crawler.site_draft import SiteDraft

HEADER = "level,path,name,url\n"
ROWS = (
    "province,浙江省,浙江省,https://www.zj.gov.cn/\n"
    "city,浙江省/杭州市,杭州市,https://www.hangzhou.gov.cn/\n"
    "county,浙江省/杭州市/西湖区,西湖区,http://www.hzxh.gov.cn/index.html\n"
)


def read(text: str | bytes, folder: Path) -> tuple[dict[str, SiteDraft], list[Mistake]]:
    """The drafts of a table by name, and its mistakes."""
    table = folder / "portals.csv"
    table.write_bytes(text if isinstance(text, bytes) else text.encode())
    drafts, mistakes = read_table(table)
    return {draft.name: draft for draft in drafts}, mistakes


def test_a_row_gives_name_title_home_and_division(tmp_path: Path) -> None:
    drafts, mistakes = read(HEADER + ROWS, tmp_path)
    assert not mistakes
    assert {name: (d.values["title"], d.values["division"], d.values["home"]) for name, d in drafts.items()} == {
        "zj.gov.cn": ("浙江省", "330000", "https://www.zj.gov.cn/"),
        "hangzhou.gov.cn": ("杭州市", "330100", "https://www.hangzhou.gov.cn/"),
        "hzxh.gov.cn": ("西湖区", "330106", "http://www.hzxh.gov.cn/index.html"),
    }


def test_portals_on_one_host_are_named_by_their_paths(tmp_path: Path) -> None:
    rows = "county,,甲县,http://www.example.gov.cn/jia/index.html\ncounty,,乙县,http://www.example.gov.cn/yi/\n"
    drafts, mistakes = read(HEADER + rows, tmp_path)
    assert not mistakes
    assert list(drafts) == ["example.gov.cn-jia", "example.gov.cn-yi"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("county,浙江省/杭州市/余杭区,余杭区,\n", "余杭区 has no url"),
        ("county,浙江省/杭州市/余杭区,余杭区,yuhang.gov.cn\n", "not an http(s) address"),
        ("county,浙江省/杭州市/余杭区,余杭区,http://gov.cn/\n", "domain of many portals"),
        ("county,浙江省/杭州市/余杭区,余杭区,http://127.0.0.1/\n", "private"),
        ("county,浙江省/杭州市/余杭区,余杭区,http://www.example.com/\n", ".gov.cn"),
        ("county,浙江省/杭州市/余杭区,,http://www.yuhang.gov.cn/\n", "has no name"),
        ("county,浙江省/杭州市/余杭区,临平区,http://www.yuhang.gov.cn/\n", "not the last name of its path"),
        ("county,余杭区,http://www.yuhang.gov.cn/\n", "3 cells"),
        ("county,浙江省/杭州市/余杭区,余杭区,https://hangzhou.gov.cn\n", "the portal of line 3 (杭州市) already"),
    ],
)
def test_a_wrong_row_is_told_with_its_line_and_the_others_count(row: str, reason: str, tmp_path: Path) -> None:
    drafts, (mistake,) = read(HEADER + ROWS + row, tmp_path)
    assert mistake.line == 5
    assert reason in mistake.reason
    assert len(drafts) == 3


def test_a_division_that_the_path_does_not_settle_stays_open(tmp_path: Path) -> None:
    rows = "county,,鼓楼区,http://www.example-one.gov.cn/\ncounty,重庆市/某新区,某新区,http://www.example-two.gov.cn/\n"
    drafts, _ = read(HEADER + rows, tmp_path)
    assert "several divisions" in drafts["example-one.gov.cn"].open["division"]
    assert "divisions.csv" in drafts["example-two.gov.cn"].open["division"]


def test_a_portal_that_two_divisions_claim_has_none(tmp_path: Path) -> None:
    rows = (
        "county,上海市/普陀区,普陀区,http://www.example.gov.cn/\n"
        "county,浙江省/舟山市/普陀区,普陀区,http://www.example.gov.cn/\n"
    )
    drafts, mistakes = read(HEADER + rows, tmp_path)
    assert [mistake.line for mistake in mistakes] == [3]
    assert "division" not in drafts["example.gov.cn"].values
    assert "舟山市" in drafts["example.gov.cn"].open["division"]


def test_a_portal_under_another_ones_domain_is_held_to_its_host(tmp_path: Path) -> None:
    row = "county,浙江省/杭州市/余杭区,余杭区,http://yuhang.hangzhou.gov.cn/\n"
    drafts, _ = read(HEADER + ROWS + row, tmp_path)
    assert drafts["yuhang.hangzhou.gov.cn"].site().hosts == ("yuhang.hangzhou.gov.cn",)
    assert drafts["hangzhou.gov.cn"].site().hosts == ("hangzhou.gov.cn",)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_table_as_spreadsheets_save_it_is_read(encoding: str, tmp_path: Path) -> None:
    text = (HEADER + ROWS).replace("\n", "\r\n")
    drafts, mistakes = read(text.encode(encoding), tmp_path)
    assert (len(drafts), mistakes) == (3, [])
    assert drafts["hangzhou.gov.cn"].values["title"] == "杭州市"


@pytest.mark.parametrize(
    "text", ["", "a,b\n1,2\n", "name,url,url\n", f'{HEADER}city,"浙江省,x,http://www.zj.gov.cn/\n']
)
def test_what_is_no_table_of_portals_is_wrong_usage(text: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"portals\.csv, line"):
        read(text, tmp_path)


@pytest.mark.parametrize("name", ['a: b # "c"', "no", "2020", "x\x7fy\u2028z", "- 甲", "'甲", "甲\\n乙", "𠀀县"])
def test_odd_names_make_right_files(name: str, tmp_path: Path) -> None:
    cell = '"' + name.replace('"', '""') + '"'
    drafts, mistakes = read(f"{HEADER}city,,{cell},http://www.example.gov.cn/\n", tmp_path)
    assert not mistakes
    path = drafts["example.gov.cn"].write(tmp_path / "sites")
    shown = "".join(sign if sign.isprintable() else " " for sign in name)
    assert load_site(path).title == shown
