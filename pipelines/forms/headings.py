"""Which of the sections that every report has a heading names."""

from functools import lru_cache

from config.forms import load_headings
from pipelines.forms.label import canonical


@lru_cache(maxsize=4096)
def standard_heading(heading: str) -> str | None:
    """Which of the six sections of the forms of 2019 and 2021 it is, by its wording; None for another."""
    return _find(heading, "standard")


@lru_cache(maxsize=4096)
def known_heading(heading: str) -> str | None:
    """The same, and also for the sections of older reports."""
    return _find(heading, "standard") or _find(heading, "old")


def _find(heading: str, kind: str) -> str | None:
    plain = canonical(heading)
    return next((key for key, words in _wordings(kind) if any(word in plain for word in words)), None)


@lru_cache(maxsize=2)
def _wordings(kind: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    headings = load_headings()
    chosen = headings.standard if kind == "standard" else headings.old
    return tuple((key, tuple(canonical(word) for word in words)) for key, words in chosen.items())
