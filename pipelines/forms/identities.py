"""The identities of the forms, compiled once and assessed on the numbers of one report.

Every rule at every place is two lists of positions in one array of numbers. Sums alone tell where a rule holds; only
where they don't is the rule written out, term by term.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import eq, ge, itemgetter, le
from typing import NamedTuple

from config.forms import Identity, Label, load_forms, load_identities, terms
from pipelines.report import Cell

CellPlace = tuple[str, str, str]
Number = int | float

# Two values that spoil every sum: the cell holds no number, and the report prints no such cell.
NO_NUMBER = float("nan")
UNPRINTED = float("nan")
_HOLDS = {"=": eq, "≥": ge, "≤": le}


@dataclass(frozen=True, slots=True)
class Term:
    """A row or column in a sum: its key, its label as the form prints it, its sign, whether last year's is meant, and
    the position of its number."""

    key: str
    label: str
    sign: int
    before: bool
    at: int


@dataclass(frozen=True, slots=True)
class Addend:
    term: Term
    number: Number


@dataclass(frozen=True, slots=True)
class Sum:
    """One side of a rule as one form has it: the positions to add and to take off, and those of cells that only other
    forms have (where one of them is printed, the sum is not this form's)."""

    plus: tuple[int, ...]
    minus: tuple[int, ...]
    foreign: tuple[int, ...]

    def compiled(self) -> Callable[[Sequence[Number]], Number]:
        """What adds it up; no number (NaN) where an addend is none."""
        plus, minus = self.plus, self.minus
        if minus or not plus:
            return lambda numbers: sum([numbers[at] for at in plus]) - sum([numbers[at] for at in minus])
        addends = itemgetter(*plus)
        return addends if len(plus) == 1 else lambda numbers: sum(addends(numbers))


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a rule: each written term in each form (``*`` expanded), and the sums that this makes."""

    written: tuple[tuple[tuple[Term, ...], ...], ...]
    sums: tuple[Sum, ...]

    def sum(self, printed: Sequence[int]) -> Sum | None:
        """The sum that the form makes whose cells are ``printed``, by position; None where cells of several forms stand
        side by side."""
        return next((one for one in self.sums if not any(printed[at] for at in one.foreign)), None)

    def addends(self, numbers: Sequence[Number]) -> list[Addend] | None:
        """All rows of each term that the report prints, if those of one form are complete; None where one of them is
        no number."""
        found: list[Addend] = []
        for forms in self.written:
            named: dict[str, Addend] = {}
            complete = False
            for expanded in forms:
                printed = [term for term in expanded if numbers[term.at] is not UNPRINTED]
                if any(numbers[term.at] is NO_NUMBER for term in printed):
                    return None
                named |= {term.key: Addend(term, numbers[term.at]) for term in printed}
                complete = complete or (bool(printed) and len(printed) == len(expanded))
            if not complete:
                return None
            found += named.values()
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Assessment:
    """One rule at one column (or row) ``place``, which the form prints as ``label``."""

    rule: Identity
    place: str
    label: str
    stated: Side
    expected: Side

    def failure(self, numbers: Sequence[Number]) -> tuple[list[Addend], list[Addend]] | None:
        """What stands on both sides where the rule does not hold; None where it holds or can't be assessed."""
        stated, expected = self.stated.addends(numbers), self.expected.addends(numbers)
        if stated is None or expected is None or _HOLDS[self.rule.relation](total(stated), total(expected)):
            return None
        return stated, expected


class _Sums(NamedTuple):
    """An assessment and what adds up its sides, None where the terms have to be asked one by one."""

    assessment: Assessment
    stated: Callable[[Sequence[Number]], Number] | None
    expected: Callable[[Sequence[Number]], Number] | None
    holds: Callable[[Number, Number], bool]


@dataclass(frozen=True)
class Rules:
    """All assessments, and the ``positions`` of the cells that they need, last year's (``before``) apart."""

    identities: tuple[Assessment, ...]
    across_years: tuple[Assessment, ...]
    positions: Mapping[CellPlace, int]
    before: Mapping[CellPlace, int]

    def numbers(self, cells: Iterable[Cell]) -> list[Number]:
        """The numbers of a report by position."""
        numbers: list[Number] = [UNPRINTED] * (len(self.positions) + len(self.before))
        position_of = self.positions.get
        for cell in cells:
            if cell.state != "absent" and (at := position_of((cell.table, cell.row, cell.column))) is not None:
                value = cell.value
                numbers[at] = NO_NUMBER if value is None else value
        return numbers

    def between(
        self, printed: Mapping[CellPlace, Number | None], previous: Mapping[CellPlace, Number | None]
    ) -> list[Number]:
        """`numbers` from those of the printed cells alone, None where no number stands in one, and of the report
        before; of last year's cells only numbers are known, so that none of them counts as not printed."""
        numbers: list[Number] = [UNPRINTED] * (len(self.positions) + len(self.before))
        for place, value in printed.items():
            at = self.positions.get(place)
            if at is not None:
                numbers[at] = NO_NUMBER if value is None else value
        for place, at in self.before.items():
            number = previous.get(place)
            numbers[at] = NO_NUMBER if number is None else number
        return numbers


def doubtful(assessments: tuple[Assessment, ...], numbers: Sequence[Number]) -> Iterator[Assessment]:
    """The assessments of which the sums do not show that the rule holds, or lacks a number."""
    for assessment, stated_of, expected_of, holds in _sums(assessments, bytes([n is not UNPRINTED for n in numbers])):
        if stated_of is None or expected_of is None:
            yield assessment
            continue
        stated, expected = stated_of(numbers), expected_of(numbers)
        # Only NaN differs from itself.
        if not holds(stated, expected) and stated == stated and expected == expected:
            yield assessment


@lru_cache(maxsize=256)
def _sums(assessments: tuple[Assessment, ...], printed: bytes) -> tuple[_Sums, ...]:
    """What to add up in reports that print these cells: all of one form print nearly the same, and most of the rules
    are other forms'."""
    found = []
    for assessment in assessments:
        sides = (assessment.stated.sum(printed), assessment.expected.sum(printed))
        if all(side is None or all(printed[at] for at in (*side.plus, *side.minus)) for side in sides):
            stated, expected = [side.compiled() if side else None for side in sides]
            found.append(_Sums(assessment, stated, expected, _HOLDS[assessment.rule.relation]))
    return tuple(found)


def total(addends: Iterable[Addend]) -> Number:
    return sum(addend.term.sign * addend.number for addend in addends)


@lru_cache(maxsize=1)
def compiled() -> Rules:
    """The rules of config/forms/identities.yaml, in its order."""
    taken: dict[tuple[CellPlace, bool], int] = {}
    rules = load_identities()
    identities = tuple(one for rule in rules.identities for one in _assessments(rule, taken))
    across_years = tuple(one for rule in rules.across_years for one in _assessments(rule, taken))
    return Rules(
        identities,
        across_years,
        {place: at for (place, before), at in taken.items() if not before},
        {place: at for (place, before), at in taken.items() if before},
    )


def _assessments(rule: Identity, taken: dict[tuple[CellPlace, bool], int]) -> Iterator[Assessment]:
    for place, label in _places(rule):
        stated, expected = _side(rule, rule.stated, place, taken), _side(rule, rule.expected, place, taken)
        yield Assessment(rule, place, label, stated, expected)


def _places(rule: Identity) -> list[tuple[str, str]]:
    """The columns (or rows) that the rule holds for one by one, with their labels."""
    found: dict[str, str] = {}
    for name in rule.forms:
        shape = load_forms()[name].tables[rule.table]
        labels: Mapping[str, Label] = shape.columns if rule.along == "rows" else shape.rows
        found |= {key: label.label for key, label in labels.items() if key not in found}
    return [(key, label) for key, label in found.items() if rule.within is None or key in rule.within]


def _side(rule: Identity, written: Sequence[str], place: str, taken: dict[tuple[CellPlace, bool], int]) -> Side:
    forms = [tuple(_terms(rule, name, one, place, taken) for one in written) for name in rule.forms]
    sums = [[term for expanded in form for term in expanded] for form in forms]
    every = {term.at for terms_of in sums for term in terms_of if not term.before}
    return Side(tuple(zip(*forms, strict=True)), tuple(dict.fromkeys(_sum(terms_of, every) for terms_of in sums)))


def _sum(of: Sequence[Term], every: set[int]) -> Sum:
    return Sum(
        tuple(term.at for term in of if term.sign > 0),
        tuple(term.at for term in of if term.sign < 0),
        tuple(sorted(every - {term.at for term in of})),
    )


def _terms(
    rule: Identity, form: str, written: str, place: str, taken: dict[tuple[CellPlace, bool], int]
) -> tuple[Term, ...]:
    """What one written term stands for in one form."""
    shape = load_forms()[form].tables[rule.table]
    labels: Mapping[str, Label] = shape.rows if rule.along == "rows" else shape.columns
    found = []
    for key, sign, before in terms(written, tuple(labels)):
        cell = (rule.table, key, place) if rule.along == "rows" else (rule.table, place, key)
        found.append(Term(key, labels[key].label, sign, before, taken.setdefault((cell, before), len(taken))))
    return tuple(found)
