"""`nianbao sites add`: a site file from the portal itself or from a table, never over an existing one."""

import socket
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from archive.folder import ArchiveFolder
from archive.reader import records
from config.load import check_sites, load_sites
from tests.cli.command import SHARED, Result, nianbao
from tests.kit.portal import Portal, Quirks, Server, serve
from tests.portals.sample import portal

HEADER = "level,path,name,url\n"
ROWS = (
    "province,浙江省,浙江省,https://www.zj.gov.cn/\n"
    "city,浙江省/杭州市,杭州市,https://www.hangzhou.gov.cn/\n"
    "county,浙江省/杭州市/西湖区,西湖区,http://www.hzxh.gov.cn/index.html\n"
)


def added(server: Server, tmp_path: Path, *more: object) -> Result:
    """What ``sites add`` says of a portal on loopback; its file goes into ``tmp_path/sites``."""
    options = ("--allow-private", "--delay", "0", "--folder", tmp_path / "sites", "--json", *more)
    return nianbao("--data", tmp_path / "data", "sites", "add", server.url, *options)


def from_table(text: str, tmp_path: Path, *more: object) -> Result:
    """What ``sites add --from`` says of a table."""
    table = tmp_path / "portals.csv"
    table.write_text(text, encoding="utf-8")
    command = ("sites", "add", "--from", table, "--folder", tmp_path / "sites", "--json")
    return nianbao("--data", tmp_path / "data", *command, *more)


def test_it_has_help_with_an_example() -> None:
    result = nianbao("sites", "add", "--help")
    assert result.code == 0
    assert "nianbao sites add https://" in result.out


def test_a_look_at_the_portal_writes_all_that_it_tells_with_reasons(tmp_path: Path) -> None:
    described = portal("trs", 6)
    with serve(described) as server:
        result = added(server, tmp_path)
        asked = server.asked(without=())
    (written,) = result.json["written"]
    lines = Path(written["file"]).read_text(encoding="utf-8").splitlines()
    site = load_sites(tmp_path / "sites")[written["name"]]
    assert (site.title, site.home, site.code) == (described.name, server.url, described.code)
    assert (site.family, site.start) == ("static", (f"{server.url}zfxxgk/zfxxgknb/",))
    assert lines[0].startswith("# From a look at the portal")
    for key in ("title", "code", "family", "start"):
        assert any(line.startswith(f"{key}:") and written["reasons"][key] in line for line in lines)
    # 青石市 does not exist: its division must stay open, and the file says why.
    assert "division" not in yaml.safe_load("\n".join(lines))
    assert any(line.startswith("# division: could not be told") for line in lines)
    assert asked[0] == "/robots.txt"
    assert len(asked) <= 30
    archived = {record.url for record in records(ArchiveFolder(tmp_path / "data"))}
    assert {f"{server.url}{target.lstrip('/')}" for target in asked} <= archived


@pytest.mark.parametrize(
    ("style", "options", "family"),
    [("hanweb", {"module": "jpage"}, "hanweb_jpage"), ("ucap", {"json": "search_list"}, "ucap"), ("vsb", {}, "static")],
    ids=["hanweb", "ucap", "vsb"],
)
def test_the_start_is_a_page_that_people_see_in_every_family(
    style: str, options: dict[str, str], family: str, tmp_path: Path
) -> None:
    with serve(portal(style, 6, options)) as server:
        (written,) = added(server, tmp_path).json["written"]
    assert written["family"] == family
    assert written["start"]
    assert all(url.startswith(f"{server.url}zfxxgk/") for url in written["start"])


def test_a_portal_that_shows_nothing_without_scripts_gets_a_browser(tmp_path: Path) -> None:
    with serve(portal("scripted", 6)) as server:
        result = added(server, tmp_path)
    (written,) = result.json["written"]
    assert load_sites(tmp_path / "sites")[written["name"]].browser
    assert f"{server.url}zfxxgk/zfxxgknb/" in written["reasons"]["browser"]


def test_a_file_is_only_replaced_by_force(tmp_path: Path) -> None:
    with serve(portal("trs", 1)) as server:
        name = f"127.0.0.1-{server.port}.yaml"
        path = tmp_path / "sites" / name
        path.parent.mkdir()
        path.write_text(f"home: {server.url}\ndelay: 9.0  # mine\n", encoding="utf-8")
        refused = added(server, tmp_path)
        assert refused.code == 2
        assert str(path) in refused.complaint and "--force" in refused.complaint
        assert not server.requests
        assert "mine" in path.read_text(encoding="utf-8")
        added(server, tmp_path, "--force")
    assert "mine" not in path.read_text(encoding="utf-8")
    assert check_sites(tmp_path / "sites") == []


def test_a_portal_that_refuses_robots_is_exit_code_5_and_no_file(tmp_path: Path) -> None:
    closed = replace(portal("trs", 3), quirks=Quirks(robots="User-agent: *\nDisallow: /\n"))
    with serve(closed) as server:
        assert added(server, tmp_path).code == 5
        assert server.asked() == []
    assert not (tmp_path / "sites").exists()


def test_a_portal_that_does_not_answer_is_exit_code_3_and_no_file(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/"
    options = ("--allow-private", "--delay", "0", "--folder", tmp_path / "sites")
    assert nianbao("--data", tmp_path / "data", "sites", "add", url, *options).code == 3
    assert not (tmp_path / "sites").exists()


def test_a_portal_without_reports_gets_a_file_that_says_so(tmp_path: Path) -> None:
    with serve(Portal("测试", ())) as server:
        result = added(server, tmp_path)
    assert result.code == 3
    (written,) = result.json["written"]
    assert "no list" in written["open"]["start"]
    assert check_sites(tmp_path / "sites") == []


def test_a_table_gives_a_file_for_each_row_and_keeps_those_that_exist(tmp_path: Path) -> None:
    first = from_table(HEADER + ROWS, tmp_path)
    assert (first.code, first.json["mistakes"]) == (0, [])
    sites = load_sites(tmp_path / "sites")
    assert list(sites) == ["hangzhou.gov.cn", "hzxh.gov.cn", "zj.gov.cn"]
    more = "city,浙江省/宁波市,宁波市,http://www.ningbo.gov.cn/\ncounty,浙江省/杭州市/余杭区,余杭区,\n"
    again = from_table(HEADER + more + ROWS, tmp_path)
    assert again.code == 3
    assert [one["name"] for one in again.json["written"]] == ["ningbo.gov.cn"]
    assert set(again.json["kept"]) == set(sites)
    assert again.json["mistakes"] == [{"line": 3, "reason": "余杭区 has no url"}]
    assert not (tmp_path / "data").exists()


def test_a_table_can_be_visited(tmp_path: Path) -> None:
    with serve(portal("trs", 2)) as server:
        table = f"{HEADER}city,山东省/青岛市,青岛市,{server.url}\n"
        result = from_table(table, tmp_path, "--visit", "--allow-private", "--delay", "0")
    (written,) = result.json["written"]
    assert written["division"] == "370200"
    assert written["start"] == [f"{server.url}zfxxgk/zfxxgknb/"]


def test_one_of_address_and_table_must_be_named(tmp_path: Path) -> None:
    assert nianbao("sites", "add").code == 2
    assert nianbao("sites", "add", "http://www.example.gov.cn/", "--from", tmp_path / "x.csv").code == 2


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared folder is not here")
def test_the_directory_of_portals_becomes_site_files(tmp_path: Path) -> None:
    table = SHARED / "portals" / "directory.csv"
    result = nianbao("sites", "add", "--from", table, "--folder", tmp_path, "--json")
    assert result.code == 3
    read = len(result.json["written"]) + len(result.json["mistakes"])
    assert read == len(table.read_text(encoding="utf-8").splitlines()) - 1
    assert len(result.json["mistakes"]) < 20
    assert sum("division" in one for one in result.json["written"]) > 0.99 * len(result.json["written"])
    assert check_sites(tmp_path) == []
