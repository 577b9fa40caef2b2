"""Bodies of one name whose division can't be told stay apart, unless their content or their portal is the same."""

from itertools import permutations
from pathlib import Path

import pytest

from pipelines.corpus import Corpus
from pipelines.report import Agency
from tests.corpus.made import NUMBERS, PARSER, record, report

DRUM_TOWER = Agency("鼓楼区卫生健康局", "鼓楼区卫生健康局", None, "county", "health")
MINISTRY = Agency("国家卫生健康委员会", "国家卫生健康委员会", None, "national", "health")
OTHERS = {key: value + 1000 for key, value in NUMBERS.items()}
HERE, THERE = "http://www.gulou-one.gov.cn/2020.html", "http://www.gulou-two.gov.cn/2020.html"


def rows(place: Path | str, *outcomes: tuple[str, Agency, dict[tuple[str, str], int], int]) -> list[list[str]]:
    """The addresses of each report's versions."""
    with Corpus.open(place, create=True) as corpus:
        for url, agency, numbers, year in outcomes:
            text = f"{url}{numbers}" * 3
            made = report(url, agency=agency, numbers=numbers, year=year, text=text)
            corpus.store(record(url, number=year), made, PARSER)
        corpus.assemble()
        return [sorted(version["url"] for version in row["versions"]) for row in corpus.reports()]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_two_portals_are_two_bodies_whatever_comes_first(order: tuple[int, ...], place: Path | str) -> None:
    outcomes = [
        (HERE, DRUM_TOWER, NUMBERS, 2020),
        (THERE, DRUM_TOWER, OTHERS, 2020),
        (HERE.replace("2020", "2020-2"), DRUM_TOWER, NUMBERS, 2020),
    ]
    found = rows(place, *(outcomes[number] for number in order))
    assert sorted(found) == sorted([[HERE.replace("2020", "2020-2"), HERE], [THERE]])


def test_years_of_two_bodies_are_not_compared(place: Path | str) -> None:
    outcomes = [(HERE, DRUM_TOWER, NUMBERS, 2020), (THERE, DRUM_TOWER, OTHERS, 2020)]
    rows(place, *outcomes, (HERE.replace("2020", "2021"), DRUM_TOWER, OTHERS, 2021))
    with Corpus.open(place) as corpus:
        rules = {finding["rule"] for one in corpus.full_reports() for finding in one["findings"]}
    assert not any(rule.startswith("years.") for rule in rules)


def test_a_national_body_is_one_wherever_it_publishes(place: Path | str) -> None:
    assert rows(place, (HERE, MINISTRY, NUMBERS, 2020), (THERE, MINISTRY, OTHERS, 2020)) == [[HERE, THERE]]
