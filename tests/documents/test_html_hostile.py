"""Pages and texts that were broken by accident or on purpose: bounded time, and no number lost or made."""

import re
import time
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.documents import Document, Unreadable, extract
from tests.documents.pages import URL, page, plain, report, table, tables, word
from tests.kit.reports.render import html_body

_PAGE = page(html_body(report()))
_TEXT = "".join("\t".join(cell.text for cell in row) + "\n" for _, rows in tables() for row in rows).encode()
_MARKUP = (
    "|<|>|</td>|<table>|</table>|<tr>|<td rowspan=9>|<td colspan=99999999>|&#xD800;|&#0;|<!--|]]>|<script>|<style>"
)
_BYTES = (b"\0", b"\xff", b"|", b"\t", b"\n\n", b"\xed\xa0\x80", b"\x81", b"<div hidden>")
_SPLICES = (*_MARKUP.encode().split(b"|"), *_BYTES)
_SECONDS = 20.0  # of a slow machine; what these tests are for takes minutes


def read(payload: bytes) -> Document | None:
    """The document, or None where it is refused; anything else that is raised fails the test, and so does waiting."""
    began = time.process_time()
    try:
        document = extract(payload, url=URL)
    except Unreadable:
        document = None
    assert time.process_time() - began < _SECONDS
    return document


@pytest.mark.parametrize("odd", ["&#8;", "&#xFFFE;", "&#x1F;"])
def test_odd_characters_in_what_hides_an_element(odd: str) -> None:
    body = f'<table><tr><td>规章<td class="hidden {odd}">7<td>3<tr><td>文件<td style="display:none{odd}">8<td>4</table>'
    document = extract(page(body), url=URL)
    assert [cell.text for cell in document.tables[0].cells] == ["规章", "3", "文件", "4"]


def test_a_line_of_a_million_spaces() -> None:
    lines = "".join(f"<p>{label}{' &nbsp;' * 300_000}{label} 3</p>" for label in ("收到", "办结"))
    assert read(page(f"<pre>{lines}</pre>")) is not None


@st.composite
def mutated(draw: st.DrawFn, source: bytes) -> bytes:
    payload = source
    for _ in range(draw(st.integers(1, 6))):
        place = draw(st.integers(0, len(payload)))
        dropped = draw(st.sampled_from([0, 0, 1, 3, 40, 4000]))
        payload = (
            payload[:place]
            + draw(st.sampled_from(_SPLICES)) * draw(st.sampled_from([1, 1, 1, 50]))
            + payload[place + dropped :]
        )
    return payload


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(
    mutated(_PAGE)
    | mutated(_TEXT)
    | st.binary(max_size=300)
    | st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace"))
)
def test_mutated_documents_are_read_or_refused(payload: bytes) -> None:
    document = read(payload)
    if document is None:
        return
    for found in document.tables:
        assert all(
            cell.row + cell.rowspan <= found.height and cell.column + cell.colspan <= found.width
            for cell in found.cells
        )
        assert len({(cell.row, cell.column) for cell in found.cells}) == len(found.cells)
    "".join(paragraph.text for paragraph in document.paragraphs).encode("utf-8")


_NUMBERS = st.lists(st.integers(0, 10**6), min_size=1, max_size=400)


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, len(tables()) - 1),
    st.sampled_from([plain, word]),
    st.dictionaries(st.tuples(st.integers(0, 30), st.integers(0, 4)), st.integers(1, 90), max_size=5),
)
def test_every_printed_number_stands_in_exactly_one_cell(
    which: int, content, longer: dict[tuple[int, int], int]
) -> None:  # type: ignore[no-untyped-def]
    _, rows = tables()[which]
    document = read(page(table(rows, content, longer=longer)))
    assert document is not None
    printed = Counter(number for row in rows for cell in row for number in re.findall(r"\d+", cell.text))
    found = Counter(number for cell in document.tables[0].cells for number in re.findall(r"\d+", cell.text))
    assert found == printed


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(b"<div>" * 100_000 + b"x", id="deep nesting"),
        pytest.param(b"<table><tr><td>a<td>" * 3000, id="deep tables"),
        pytest.param(b"<table>" + b"<tr><td rowspan=1000000000 colspan=1000000000>1<td>2" * 2000, id="huge spans"),
        pytest.param(b"<table>" + (b"<tr>" + b"<td>1" * 100) * 3000, id="many cells"),
        pytest.param(b"<style>" + b"@media{" * 50_000 + b"</style><p>x", id="open braces in css"),
        pytest.param(b"<!DOCTYPE html [<!ENTITY a 'x'>" + b"<!ENTITY b '&a;&a;'>" * 100 + b"]><p>&b;", id="entities"),
        pytest.param(b" " * 2_000_000 + b"x", id="an endless line of spaces"),
        pytest.param("字".encode() * 2_000_000, id="an endless line"),
        pytest.param(b"|a\n" * 50_000, id="pipes that are no table"),
        pytest.param(b"+--+\n" * 50_000, id="rules that are no table"),
        pytest.param("规章\n/\n".encode() * 20_000, id="labels and marks"),
        pytest.param("?ㄎ澹".encode() * 20_000, id="damaged runs"),
        pytest.param(b"<p " + b"".join(b"a%d " % n for n in range(200_000)) + b">x", id="a tag of attributes"),
        pytest.param(b"<p " + b"".join(b"a%d='>'" % n for n in range(60_000)) + b">x", id="quoted ends of a tag"),
        pytest.param((b"<p " + b"".join(b"a%d " % n for n in range(9_000)) + b">") * 200, id="tags of attributes"),
        pytest.param(b"<a =" * 4_000_000, id="a tag that never ends"),
        pytest.param(b"<table>" * 100_000 + b"</table>" * 100_000, id="tables around tables"),
        pytest.param(b"<table>" * 900 + b"<td>1" * 2000 + b"</table>" * 900, id="tables around cells"),
        pytest.param(b"<table>" + b"<td>1" * 150_000 + b"</table>", id="cells without ends"),
        pytest.param(b"<table><tr>" + b"<td><a>1</td>" * 50_000 + b"</table>", id="links without ends"),
        pytest.param(b"<p>x" + b"<b>" * 1500 + b"</i>" * 250_000, id="ends of nothing"),
        pytest.param(b"<h1>x" * 150_000, id="titles without ends"),
        pytest.param(b"<object data='/a.pdf'>x" * 40_000, id="files without ends"),
        pytest.param(b"<iframe " * 100_000, id="frames without ends"),
        pytest.param(b"<p " + b"a=" * 400_000 + b"/>x", id="values of values"),
        pytest.param(b"<div>" * 1900 + b"<br>x" * 100_000, id="lines in the deep"),
    ],
)
def test_hostile_documents_end_soon(payload: bytes) -> None:
    read(payload)


def test_what_is_left_out_is_said() -> None:
    document = read(b"<table>" + (b"<tr>" + b"<td>1" * 100) * 1500)
    assert document is not None
    assert sum(len(found.cells) for found in document.tables) == 100_000
    assert "50000 were not read" in dict(document.notes)["cells_cut"]


@pytest.mark.parametrize(
    ("opening", "closing", "times"),
    [("<div>", "</div>", 3000), ("<table><tr><td>", "</td></tr></table>", 1000), ("<font>", "", 2500)],
)
def test_a_report_behind_more_levels_than_are_read_is_refused(opening: str, closing: str, times: int) -> None:
    """Read as a page without text it would count as no report."""
    body = html_body(report())
    shallow, deep = (page(opening * count + body + closing * count) for count in (300, times))
    assert extract(shallow, url=URL).tables
    with pytest.raises(Unreadable) as refused:
        extract(deep, url=URL)
    assert refused.value.code == "too_deep"


def test_attributes_are_counted_as_the_parser_takes_them() -> None:
    """A page that the parser has to put right, with one tag of very many attributes, is refused; one with long values,
    many tags or a script is not."""
    many = b"".join(b"a%d=1 " % number for number in range(30_000))
    with pytest.raises(Unreadable) as refused:
        extract(_PAGE + b"<p title='>'" + many + b">", url=URL)
    assert refused.value.code == "too_large"
    for harmless in (b"<p title='" + many + b"'>", b"<p a=1 b='>' c>" * 30_000, b"<script>if (a<b) {c = '>'}\n" * 5000):
        document = extract(_PAGE + harmless, url=URL)
        assert document.tables
