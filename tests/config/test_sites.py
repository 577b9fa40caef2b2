"""Site files: what is right loads, and every mistake names file, line, key and what would be right."""

from pathlib import Path

import pytest

from config.errors import ConfigurationError
from config.load import check_sites, load_operator, load_site, load_sites, made_up_site, site_for

GOOD = "home: https://www.example.gov.cn/\n"


def write(folder: Path, text: str | bytes, name: str = "example.yaml") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_the_shipped_sites_load() -> None:
    sites = load_sites()
    assert len(sites) >= 3
    assert check_sites() == []
    assert sites["handan"].division == "130400"
    assert sites["handan"].covers("http://hdzfxxgk.hd.gov.cn/zfxxgknb/")


def test_a_site_takes_its_name_from_the_file_and_keeps_unicode(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        b"\xef\xbb\xbf" + (GOOD + "title: 示例市人民政府\nstart: [https://zwgk.example.gov.cn/nb/]\n").encode(),
    )
    site = load_site(path)
    assert (site.name, site.title, site.start) == ("example", "示例市人民政府", ("https://zwgk.example.gov.cn/nb/",))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hom: https://www.example.gov.cn/\n", ["line 1", "hom", "did you mean home?"]),
        (GOOD + "familly: trs\n", ["line 2", "familly", "did you mean family?"]),
        (GOOD + "colour: red\n", ["line 2", "colour", "known are", "delay"]),
        ("title: x\n", ["home is missing", "https://www.example.gov.cn/"]),
        ("home: www.example.gov.cn\n", ["line 1", "home", "write it as https://"]),
        ("home: ftp://www.example.gov.cn/\n", ["line 1", "home", "http(s)"]),
        ("home: 'http://[bad/'\n", ["line 1", "home"]),
        ("home: https://exam ple.gov.cn/\n", ["line 1", "home", "http(s)"]),
        ("home: https://gov.cn/\n", ["line 1", "home", "many portals"]),
        ("# a comment\n\n" + GOOD + "delay: fast\n", ["line 4", "delay", "number", "0 to 600"]),
        (GOOD + "delay: true\n", ["line 2", "delay", "number"]),
        (GOOD + "delay: -1\n", ["line 2", "delay", "0 to 600", "-1"]),
        (GOOD + "delay: .nan\n", ["line 2", "delay"]),
        (GOOD + "max_pages: 2.5\n", ["line 2", "max_pages", "whole number"]),
        (GOOD + "division: 370200\n", ["line 2", "division", '"370200"', "quotes"]),
        (GOOD + 'division: "37"\n', ["line 2", "division", "six digits"]),
        (GOOD + 'division: "370299"\n', ["line 2", "division", "did you mean"]),
        (GOOD + "scope: example.gov.cn\n", ["line 2", "scope", "list"]),
        (GOOD + "scope:\n  - example.gov.cn\n  - gov.cn\n", ["line 4", "scope.item 2", "many owners"]),
        (GOOD + "scope: [https://example.gov.cn/]\n", ["line 2", "host alone", "example.gov.cn"]),
        (GOOD + "scope: [other.gov.cn]\n", ["line 2", "scope", "add example.gov.cn"]),
        (
            GOOD + "start:\n  - https://a.example.gov.cn/\n  - https://b.other.gov.cn/\n",
            ["line 4", "start.item 2", "scope"],
        ),
        (GOOD + "start: {a: b}\n", ["line 2", "start", "list"]),
        (GOOD + "delay: 3\ndelay: 5\n", ["line 3", "delay", "twice", "line 2"]),
        (GOOD + "name: other\n", ["line 2", "name", "example"]),
        (GOOD + "title: 2020-01-01\ncode: 2020\n", ["line 3", "code", '"2020"']),
        ("", ["empty"]),
        ("# nothing but a comment\n", ["empty"]),
        ("- home\n", ["line 1", "key: value"]),
        ("home: [unclosed\n", ["line 2", "not valid YAML"]),
        (GOOD + "\tdelay: 3\n", ["not valid YAML", "line 2"]),
        (GOOD + "title: &a x\ncode: *a\n", ["line 3", "aliases"]),
        ("1: 2\n", ["1", "a key must be a word"]),
        ("title: 市\n".encode("gb18030"), ["line 1", "not UTF-8"]),
        (b"home: \x00\n", ["not valid YAML"]),
        ("[" * 20_000, ["not valid YAML"]),
        ("home: !!python/object/apply:os.system [id]\n", ["not valid YAML"]),
    ],
)
def test_a_mistake_is_one_line_that_says_where_and_what_would_be_right(
    tmp_path: Path, text: str | bytes, expected: list[str]
) -> None:
    path = write(tmp_path, text)
    with pytest.raises(ConfigurationError) as caught:
        load_site(path)
    message = str(caught.value)
    assert "\n" not in message
    assert [part for part in [str(path), *expected] if part not in message] == [], message


def test_all_mistakes_of_all_files_are_listed_one_a_line(tmp_path: Path) -> None:
    write(tmp_path, "hom: x\ndelay: fast\n", "one.yaml")
    write(tmp_path, GOOD, "right.yaml")
    write(tmp_path, "", "two.yaml")
    mistakes = check_sites(tmp_path)
    assert [line.startswith(f"{tmp_path}/one.yaml") for line in mistakes] == [True, True, True, False]
    assert mistakes[3].startswith(f"{tmp_path}/two.yaml: ")
    assert not any("\n" in line for line in mistakes)


def test_a_missing_file_folder_or_odd_name_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"gone\.yaml: can't be read"):
        load_site(tmp_path / "gone.yaml")
    with pytest.raises(ConfigurationError, match="no such folder"):
        load_sites(tmp_path / "none")
    with pytest.raises(ConfigurationError, match="small letters"):
        load_site(write(tmp_path, GOOD, "Not A Name.yaml"))


def test_two_files_of_one_name_are_a_mistake(tmp_path: Path) -> None:
    write(tmp_path, GOOD, "one.yaml")
    write(tmp_path, GOOD, "one.yml")
    with pytest.raises(ConfigurationError, match=r"one\.yml: one\.yaml names the same site"):
        load_sites(tmp_path)


def test_the_most_specific_site_covers_a_url(tmp_path: Path) -> None:
    write(tmp_path, "home: http://www.dl.gov.cn/\n", "dalian.yaml")
    write(tmp_path, "home: http://www.dl.gov.cn/shahekou/\n", "shahekou.yaml")
    write(tmp_path, "home: https://wsj.dl.gov.cn/\nscope: [wsj.dl.gov.cn]\n", "health.yaml")
    sites = load_sites(tmp_path)
    wanted = {
        "http://www.dl.gov.cn/shahekou/nb/1.html": "shahekou",
        "http://www.dl.gov.cn/nb/1.html": "dalian",
        "http://a.wsj.dl.gov.cn/x": "health",
        "https://zwgk.dl.gov.cn/x": "dalian",
    }
    assert {url: site.name for url in wanted if (site := site_for(url, sites))} == wanted
    assert site_for("https://evil-dl.gov.cn/", sites) is None
    assert site_for("mailto:x@dl.gov.cn", sites) is None
    assert site_for("http://[bad/", sites) is None


def test_a_site_is_made_up_from_any_portal_address() -> None:
    site = made_up_site("https://wsjkw.qingdao.gov.cn/")
    assert (site.name, site.scope, site.division) == ("wsjkw.qingdao.gov.cn", ("qingdao.gov.cn",), "370200")
    assert made_up_site("http://www.qingdao.gov.cn/").name == "qingdao.gov.cn"
    local = made_up_site("http://127.0.0.1:8000/start.html")
    assert (local.name, local.scope) == ("127.0.0.1-8000", ("127.0.0.1",))
    assert made_up_site("http://localhost:8000/").covers("http://localhost:8000/a")
    assert made_up_site("http://[::1]:8000/").covers("http://[::1]:8000/a")


@pytest.mark.parametrize(
    "url",
    [
        "qingdao",
        "ftp://a.gov.cn/",
        "https://gov.cn/",
        "https:///x",
        "http://[bad/",
        "http://a.gov.cn:x/",
        "http://a b.gov.cn/",
        "http://\udcff/",
    ],
)
def test_no_site_is_made_up_from_what_is_no_portal(url: str) -> None:
    with pytest.raises(ConfigurationError):
        made_up_site(url)


def test_the_operators_settings(tmp_path: Path) -> None:
    assert load_operator().contact is None
    assert load_operator().delay == 3.0
    assert load_operator(write(tmp_path, "contact: archive@example.org\n")).contact == "archive@example.org"
    assert load_operator(write(tmp_path, "contact: https://example.org/bot\n")).contact == "https://example.org/bot"
    for text, expected in {
        "contact: me\n": "mail address",
        "contact: 'a@b.org (x)'\n": "mail address",
        "delay: soon\n": "seconds from 0 to 600",
        "dealy: 3\n": "did you mean delay?",
        "free_space: 1 GB\n": "bytes from 0",
    }.items():
        with pytest.raises(ConfigurationError) as caught:
            load_operator(write(tmp_path, text))
        assert expected in str(caught.value)
        assert "line 1" in str(caught.value)
