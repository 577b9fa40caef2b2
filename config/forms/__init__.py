"""The statutory report forms: their rows, columns, labels and identities, as data."""

from config.forms.load import load_forms, load_headings, load_identities, load_lookalikes, terms
from config.forms.model import Column, Deadline, Form, Identities, Identity, Kind, Label, Lookalike, Row, TableForm

__all__ = [
    "Column",
    "Deadline",
    "Form",
    "Identities",
    "Identity",
    "Kind",
    "Label",
    "Lookalike",
    "Row",
    "TableForm",
    "load_forms",
    "load_headings",
    "load_identities",
    "load_lookalikes",
    "terms",
]
