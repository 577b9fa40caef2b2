"""What identification gives: whose report it is, of which year, and when it was signed and published."""

from dataclasses import dataclass
from datetime import date

from pipelines.report import Agency, Finding


@dataclass(frozen=True, slots=True)
class Identity:
    """The identity of one document; each part None where it can't be told, with a finding that says why.

    ``year`` is the statistical year, ``title`` the report's own title (an agency line above it included).
    """

    agency: Agency | None
    year: int | None
    title: str | None
    signed: date | None
    published: date | None
    findings: tuple[Finding, ...] = ()
