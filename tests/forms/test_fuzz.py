"""Whatever stands in the tables and paragraphs: no crash, and a whole form or none."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.forms import load_forms
from pipelines.documents.model import Document, GridCell, Paragraph, Table
from pipelines.forms import Reading, check, judge, read_forms, read_sections, split_reports
from tests.forms.test_checks import Who

LABELS = sorted(
    {
        label
        for form in load_forms().values()
        for table in form.tables.values()
        for part in (*table.rows.values(), *table.columns.values(), *table.row_groups.values())
        for label in part.labels
    }
    | {caption for form in load_forms().values() for table in form.tables.values() for caption in table.captions}
)
TEXTS = st.one_of(
    st.sampled_from(LABELS),
    st.sampled_from(
        ["0", "1", "12", "", "/", "约3", "一、总体情况", "某局2022年政府信息公开工作年度报告", "2023年1月20日"]
    ),
    st.text(max_size=8),
)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    height, width = draw(st.integers(1, 12)), draw(st.integers(1, 10))
    cells = tuple(
        GridCell(draw(TEXTS), row, column, draw(st.integers(1, 3)), draw(st.integers(1, 3)), draw(st.booleans()))
        for row in range(height)
        for column in range(width)
        if draw(st.integers(0, 5))
    )
    return Table(cells, height, width, draw(st.sampled_from(("resolved", "lost"))), "table 1", draw(st.booleans()))


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.one_of(tables(), TEXTS.map(Paragraph)), max_size=6), st.integers(0, 2))
def test_anything_can_be_read(blocks: list[Table | Paragraph], images: int) -> None:
    made = Document("text/html", blocks=tuple(blocks), images=images)
    for part in split_reports(made):
        reading, sections = read_forms(part), read_sections(part)
        judge(part, reading, sections)
        check(reading, sections, Who())
        _is_whole(reading)


def _is_whole(reading: Reading) -> None:
    if reading.form == "narrative":
        assert not reading.cells
        return
    places = [(cell.table, cell.row, cell.column) for cell in reading.cells]
    assert len(places) == len(set(places))
    expected = {(table, *key) for table, shape in load_forms()[reading.form].tables.items() for key in shape.cells}
    assert expected <= set(places)
    for cell in reading.cells:
        assert (cell.value is not None) == (cell.state == "number")
        assert (cell.raw is None) <= (cell.state == "absent" or cell.reason == "image")
        assert bool(cell.reason) == (cell.state == "unreadable")
