"""What goes wrong with printed tables: each function damages the rows of one table a little."""

from collections.abc import Callable
from random import Random

from tests.forms.layouts import Rows, text

Damage = Callable[[Rows, Random], Rows]


def _copy(rows: Rows) -> Rows:
    return [list(line) for line in rows]


def rowspan_too_long(rows: Rows, random: Random) -> Rows:
    """One label reaches over rows that are not its own."""
    return _respan(rows, random, by=random.choice((1, 2)))


def rowspan_too_short(rows: Rows, random: Random) -> Rows:
    return _respan(rows, random, by=-1)


def _respan(rows: Rows, random: Random, by: int) -> Rows:
    damaged = _copy(rows)
    places = [
        (i, j)
        for i, line in enumerate(damaged)
        for j, given in enumerate(line)
        if not isinstance(given, str) and given[1] > 1
    ]
    if not places:
        return damaged
    i, j = random.choice(places)
    label, rowspan, colspan = damaged[i][j]
    damaged[i][j] = (label, max(1, int(rowspan) + by), colspan)  # type: ignore[call-overload]
    return damaged


def wrong_colspan(rows: Rows, random: Random) -> Rows:
    damaged = _copy(rows)
    i = random.randrange(len(damaged))
    j = random.randrange(len(damaged[i]))
    given = damaged[i][j]
    damaged[i][j] = (text(given), 1 if isinstance(given, str) else given[1], random.choice((1, 2, 3)))
    return damaged


def cell_missing(rows: Rows, random: Random) -> Rows:
    damaged = _copy(rows)
    line = random.choice([line for line in damaged if len(line) > 2])
    del line[random.randrange(len(line))]
    return damaged


def cell_added(rows: Rows, random: Random) -> Rows:
    damaged = _copy(rows)
    line = random.choice(damaged)
    line.insert(random.randrange(len(line) + 1), random.choice(("", "0", "7", "其他说明")))
    return damaged


def row_missing(rows: Rows, random: Random) -> Rows:
    damaged = _copy(rows)
    del damaged[random.randrange(len(damaged))]
    return damaged


def row_added(rows: Rows, random: Random) -> Rows:
    damaged = _copy(rows)
    line = [
        random.choice(("9.本机关另行统计的事项", "", "其他情况", "0")),
        *(str(random.randrange(9)) for _ in rows[-1][1:]),
    ]
    damaged.insert(random.randrange(len(damaged) + 1), list(line))
    return damaged


def row_twice(rows: Rows, random: Random) -> Rows:
    damaged = _copy(rows)
    i = random.randrange(len(damaged))
    damaged.insert(i, list(damaged[i]))
    return damaged


def label_mistyped(rows: Rows, random: Random) -> Rows:
    damaged = _copy(rows)
    i = random.randrange(len(damaged))
    j = next((j for j, given in enumerate(damaged[i]) if not text(given).isdigit()), None)
    if j is None:
        return damaged
    given = damaged[i][j]
    label = list(text(given)) or [""]
    label[random.randrange(len(label))] = random.choice(("", "囗", "的"))
    damaged[i][j] = "".join(label) if isinstance(given, str) else ("".join(label), given[1], given[2])
    return damaged


def label_lost(rows: Rows, random: Random) -> Rows:
    damaged = _copy(rows)
    i = random.randrange(len(damaged))
    j = random.randrange(len(damaged[i]))
    given = damaged[i][j]
    if not text(given).isdigit():
        damaged[i][j] = "" if isinstance(given, str) else ("", given[1], given[2])
    return damaged


def values_blanked(rows: Rows, random: Random) -> Rows:
    """Some values of one row are not printed: the cells are there and empty."""
    damaged = _copy(rows)
    line = random.choice(damaged)
    for j, given in enumerate(line):
        if text(given).isdigit() and random.random() < 0.5:
            line[j] = "" if isinstance(given, str) else ("", given[1], given[2])
    return damaged


def row_cut(rows: Rows, random: Random) -> Rows:
    """A page end cuts a row: its label goes on in a row of its own."""
    damaged = _copy(rows)
    i = random.randrange(len(damaged))
    j = max((j for j, given in enumerate(damaged[i]) if not text(given).isdigit()), default=0)
    label = text(damaged[i][j])
    if len(label) < 6:
        return damaged
    cut = random.randrange(2, len(label) - 1)
    given = damaged[i][j]
    damaged[i][j] = label[:cut] if isinstance(given, str) else (label[:cut], given[1], given[2])
    damaged.insert(i + 1, [""] * j + [label[cut:]] + [""] * (len(damaged[i]) - j - 1))
    return damaged


def values_merged(rows: Rows, random: Random) -> Rows:
    """One value is printed for two columns."""
    damaged = _copy(rows)
    line = random.choice(damaged)
    numbers = [j for j, given in enumerate(line[:-1]) if text(given).isdigit() and text(line[j + 1]).isdigit()]
    if numbers:
        j = random.choice(numbers)
        line[j : j + 2] = [(text(line[j]), 1, 2)]
    return damaged


def values_merged_downwards(rows: Rows, random: Random) -> Rows:
    """One value is printed for two rows."""
    damaged = _copy(rows)
    i = random.randrange(len(damaged) - 1)
    last, below = damaged[i][-1], damaged[i + 1][-1]
    if text(last).isdigit() and text(below).isdigit():
        damaged[i][-1] = (text(last), 2, 1)
        del damaged[i + 1][-1]
    return damaged


def columns_swapped(rows: Rows, random: Random) -> Rows:
    """Two neighbouring columns change places, head and values alike (only in a grid without spans in the way)."""
    damaged = _copy(rows)
    for line in damaged:
        last = -1 if text(line[0]) == "商业企业" else -2
        if len(line) >= 4 and isinstance(line[last], str) and isinstance(line[last - 1], str):
            line[last], line[last - 1] = line[last - 1], line[last]
    return damaged


def head_missing(rows: Rows, random: Random) -> Rows:
    return _copy(rows)[random.choice((1, 2, 3)) :]


DAMAGES: dict[str, Damage] = {
    damage.__name__: damage
    for damage in (
        rowspan_too_long,
        rowspan_too_short,
        wrong_colspan,
        cell_missing,
        cell_added,
        row_missing,
        row_added,
        row_twice,
        label_mistyped,
        label_lost,
        values_blanked,
        row_cut,
        values_merged,
        values_merged_downwards,
        columns_swapped,
        head_missing,
    )
}
