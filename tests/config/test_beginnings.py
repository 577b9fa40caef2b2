"""What a text begins with: each known name, the longest first."""

from config.beginnings import Beginnings

KNOWN = Beginnings({"青岛": 1, "青岛市": 2, "青海": 3, "卫生健康委": 4})


def test_all_names_that_a_text_begins_with_the_longest_first() -> None:
    assert list(KNOWN.of("青岛市卫生健康委")) == [(3, 2), (2, 1)]
    assert list(KNOWN.of("青海省")) == [(2, 3)]
    assert list(KNOWN.of("卫生健康委员会")) == [(5, 4)]


def test_a_text_that_is_shorter_than_the_name_or_begins_otherwise() -> None:
    assert list(KNOWN.of("卫生健康")) == list(KNOWN.of("青")) == list(KNOWN.of("")) == []
    assert list(KNOWN.of("在青岛市")) == []
