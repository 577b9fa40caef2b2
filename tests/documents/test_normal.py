"""The foldings under which printed text is compared or shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.documents.normal import compact, fold, fold_lines, scrub


@pytest.mark.parametrize(
    ("printed", "matched"),
    [
        ("第二十条第（一）项", "第二十条第(一)项"),
        ("（ 三 ）不予 公开\u3000", "(三)不予公开"),
        ("国办公开办函〔２０１９〕60号", "国办公开办函(2019)60号"),
        ("危及“三安全一稳定”", '危及"三安全一稳定"'),
        ("总\u3000\u200b计\ufeff", "总计"),
        ("①⒈㈠", "①⒈㈠"),
    ],
)
def test_compact(printed: str, matched: str) -> None:
    assert compact(printed) == matched


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        ("\u3000\u3000一、总体 \t情况\n", "一、总体 情况"),
        ("１２\u00a0件", "１２ 件"),
        ("a\u200bb", "ab"),
        (" 5", "5"),
        ("", ""),
        ("1\u2009234", "1\u2009234"),
        (" 12\u202f345\u202f678 件", "12\u202f345\u202f678 件"),
        ("2020\u2009123", "2020 123"),
        ("1\u200923", "1 23"),
        ("总\u2009计", "总 计"),
    ],
)
def test_fold(printed: str, shown: str) -> None:
    assert fold(printed) == shown


def test_labels_match_whatever_spaces_they_hold() -> None:
    assert compact("1\u2009234") == compact("1 234") == "1234"
    assert compact("总\u2009计") == "总计"


def test_fold_lines_keeps_the_breaks_and_drops_empty_lines() -> None:
    assert fold_lines(" 结果 \r\n\n\u3000维持\n") == "结果\n维持"


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert fold_lines(fold_lines(text)) == fold_lines(text)
    assert compact(compact(text)) == compact(text)


@given(st.text(alphabet=st.characters()))
def test_scrubbed_text_can_be_stored(text: str) -> None:
    scrubbed = scrub(text)
    assert "\0" not in scrubbed
    scrubbed.encode("utf-8")
