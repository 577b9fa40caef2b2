"""`nianbao verify` and `nianbao repair` on data folders that were crawled, damaged in one place, and looked at."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import nianbao
from tests.cli.conftest import DemoCrawl


@dataclass(frozen=True)
class Damaged:
    """A copy of the demonstration crawl; ``record`` is where one of its reports lies, ``url`` its address."""

    data: Path
    url: str
    record: dict[str, Any]

    @property
    def warc(self) -> Path:
        return self.data / "collections" / "nianbao" / "archive" / self.record["file"]

    @property
    def index(self) -> Path:
        name = self.record["file"].removesuffix(".warc.gz") + ".cdxj"
        return self.data / "collections" / "nianbao" / "indexes" / name

    def problems(self, code: int = 4) -> list[dict[str, Any]]:
        result = nianbao("--data", self.data, "verify", "--json")
        assert result.code == code, result.out
        return list(result.json["problems"])


@pytest.fixture
def crawled(demo: DemoCrawl, tmp_path: Path) -> Damaged:
    shutil.copytree(demo.data, tmp_path / "data")
    row = demo.result.json["reports"][3]
    return Damaged(tmp_path / "data", row["url"], row["record"])


def cut(path: Path, offset: int) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def flip(path: Path, offset: int) -> None:
    content = bytearray(path.read_bytes())
    content[offset + 400] ^= 0x04
    path.write_bytes(content)


def test_a_sound_folder(crawled: Damaged) -> None:
    assert crawled.problems(code=0) == []


@pytest.mark.parametrize("damage", [cut, flip])
def test_a_cut_byte_and_a_flipped_bit(crawled: Damaged, damage: Callable[[Path, int], None]) -> None:
    damage(crawled.warc, crawled.record["offset"])
    problems = crawled.problems()
    assert {problem["file"] for problem in problems} == {crawled.record["file"]}
    assert all(isinstance(problem["offset"], int) for problem in problems)
    if damage is flip:
        assert (problems[0]["offset"], problems[0]["url"]) == (crawled.record["offset"], crawled.url)


def test_a_deleted_warc_is_missed_record_by_record(crawled: Damaged) -> None:
    crawled.warc.unlink()
    told = [(problem["offset"], problem["url"]) for problem in crawled.problems()]
    assert told.count((crawled.record["offset"], crawled.url)) == 1


def test_a_deleted_warc_is_missed_though_its_index_went_with_it(crawled: Damaged) -> None:
    crawled.warc.unlink()
    crawled.index.unlink()
    problems = crawled.problems()
    assert {(problem["file"], problem["what"]) for problem in problems} == {
        (crawled.record["file"], "the corpus names this record, and the archive lacks it")
    }
    assert crawled.url in {problem["url"] for problem in problems}


def test_a_line_that_is_gone_from_the_index_is_no_lost_record(crawled: Damaged) -> None:
    lines = crawled.index.read_bytes().splitlines(keepends=True)
    crawled.index.write_bytes(b"".join(line for line in lines if crawled.record["id"].encode() not in line))
    [problem] = crawled.problems()
    assert (problem["offset"], problem["url"]) == (crawled.record["offset"], crawled.url)
    assert problem["what"].endswith("does not name this record")


def test_a_record_that_a_repair_could_not_keep_is_named_until_the_corpus_forgets_it(crawled: Damaged) -> None:
    flip(crawled.warc, crawled.record["offset"])
    lost = nianbao("--data", crawled.data, "repair", "--json").json["lost"]
    assert [loss["url"] for loss in lost] == [crawled.url]
    [problem] = crawled.problems()
    assert (problem["file"], problem["offset"], problem["url"]) == (
        crawled.record["file"],
        crawled.record["offset"],
        crawled.url,
    )
    assert nianbao("--data", crawled.data, "reparse", "--all").code in (0, 3)
    assert nianbao("--data", crawled.data, "verify").code == 0
