"""From a document to what its statutory tables say: cells, sections, findings, and whether it is a report at all."""

from pipelines.forms.checks import check, check_years
from pipelines.forms.copied import copied_text, wording
from pipelines.forms.judge import judge
from pipelines.forms.reading import Reading, read_forms
from pipelines.forms.sections import read_sections
from pipelines.forms.split import split_reports

__all__ = [
    "Reading",
    "check",
    "check_years",
    "copied_text",
    "judge",
    "read_forms",
    "read_sections",
    "split_reports",
    "wording",
]
