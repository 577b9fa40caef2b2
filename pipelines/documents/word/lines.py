"""Tables that are no tables in Word: lines with tabs between their cells, and one cell a line."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from pipelines.documents.model import Paragraph, Table
from pipelines.documents.plain.lines import read_lines
from pipelines.documents.plain.rows import is_figure, is_section

_FEWEST_LINES = 3
_FEWEST_FIGURES = 6
_FIGURE_BEHIND_TAB = re.compile(r"\t\s*\d")
# A line of a table of contents: its page behind the only tab.
_CONTENTS = re.compile(r"[^\t]+\t\s*\d{1,3}")


def with_tabbed_tables(blocks: Sequence[Paragraph | Table], tabbed: Mapping[int, str]) -> Iterator[Paragraph | Table]:
    """The blocks, with the tables that stand in paragraphs; ``tabbed`` are the lines with tabs by their place."""
    run: list[tuple[Paragraph, str]] = []
    for index, block in enumerate(blocks):
        if isinstance(block, Paragraph):
            run.append((block, tabbed.get(index, block.text)))
        else:
            yield from _of_run(run)
            run = []
            yield block
    yield from _of_run(run)


def _of_run(run: Sequence[tuple[Paragraph, str]]) -> Sequence[Paragraph | Table]:
    lines = [line for _, line in run]
    if not _is_tabular(lines):
        return [block for block, _ in run]
    return [replace(block, typed=True) if isinstance(block, Table) else block for block in read_lines(lines)]


def _is_tabular(lines: Sequence[str]) -> bool:
    rows = [line for line in lines if _FIGURE_BEHIND_TAB.search(line)]
    contents = sum(1 for line in rows if _CONTENTS.fullmatch(line.strip()) and is_section(line.strip()))
    figures = sum(len(_FIGURE_BEHIND_TAB.findall(line)) for line in rows)
    if (len(rows) >= _FEWEST_LINES or figures >= _FEWEST_FIGURES) and contents * 2 < len(rows):
        return True
    return sum(map(is_figure, lines)) >= _FEWEST_FIGURES
