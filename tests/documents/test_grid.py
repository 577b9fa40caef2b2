"""Places of cells: tables of which nothing is to be asked take a short way, which must place them as the long one."""

from random import Random

from pipelines.documents.grid import RawCell, even_grid, mended_grid, resolve


def _drawn(rng: Random) -> list[list[list[RawCell]]]:
    """A table: most of them even, the others with spans that are too wide, too long, or missing."""
    width, damage = rng.randint(1, 7), rng.choice((0.0, 0.0, 0.02, 0.1))
    sections = []
    for _ in range(rng.randint(1, 3)):
        height = rng.randint(1, 6)
        free = [0] * width
        rows: list[list[RawCell]] = []
        for number in range(height):
            row, column = [], 0
            while column < width:
                if free[column] > number:
                    column += 1
                    continue
                room = next((end for end in range(column, width) if free[end] > number), width) - column
                colspan = rng.choice((1, 1, 1, rng.randint(1, room)))
                rowspan = rng.choice((1, 1, 1, rng.randint(1, height - number), 0))
                for covered in range(column, column + colspan):
                    free[covered] = number + rowspan if rowspan else height
                if rng.random() < damage:
                    colspan, rowspan = rng.choice(((colspan + 1, rowspan), (70, 1), (colspan, rowspan + 3), (1, 1)))
                if rng.random() >= damage / 2:
                    row.append(RawCell(rng.choice(("", "1", "总计")), rowspan, colspan, rng.random() < 0.05))
                column += colspan
            rows.append(row)
        sections.append(rows)
    return sections


def test_the_short_way_places_cells_as_the_long_one():
    rng = Random(1)
    tables = [_drawn(rng) for _ in range(3000)]
    even = [(table, grid) for table in tables if (grid := even_grid(table)) is not None]
    assert 500 < len(even) < 2500  # both ways are walked
    for table, grid in even:
        assert grid == mended_grid(table), table


def test_what_is_not_even_is_left_to_the_long_way():
    two, wide = [RawCell("1"), RawCell("2")], [RawCell("1", 1, 70)]
    for table in ([[two, []]], [[two, two[:1]]], [[wide, wide]], [[[RawCell("1", 1, 2)]]]):
        assert even_grid(table) is None
        assert resolve(table) == mended_grid(table)
