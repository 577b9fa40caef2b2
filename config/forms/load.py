"""The forms and identities of this folder, read and validated once."""

from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from config.errors import ConfigurationError
from config.forms.model import Form, Headings, Identities, Identity, Lookalikes, TableForm

FOLDER = Path(__file__).parent
Model = TypeVar("Model", bound=BaseModel)

NEWEST_FIRST = ("2021.yaml", "2019.yaml", "2014.yaml")


@lru_cache(maxsize=1)
def load_forms() -> dict[str, Form]:
    """The forms by name, the newest first. Raises ConfigurationError naming file, line and key."""
    forms = {}
    for path in (FOLDER / name for name in NEWEST_FIRST):
        form = _read(path, Form)
        if form.form != path.stem:
            raise ConfigurationError(f"{path}: form: {form.form!r} must be {path.stem!r}, the name of the file")
        forms[form.form] = form
    return forms


@lru_cache(maxsize=1)
def load_identities() -> Identities:
    """The identities. Raises ConfigurationError where one names a form, table, row or column that does not exist."""
    path = FOLDER / "identities.yaml"
    found = _read(path, Identities)
    for identity in (*found.identities, *found.across_years):
        for name in identity.forms:
            table = load_forms()[name].tables.get(identity.table) if name in load_forms() else None
            if table is None:
                raise ConfigurationError(f"{path}: {identity.rule}: form {name} has no table {identity.table}")
            _check_terms(path, identity, table)
    return found


@lru_cache(maxsize=1)
def load_headings() -> Headings:
    """The wordings of section headings. Raises ConfigurationError."""
    return _read(FOLDER / "headings.yaml", Headings)


@lru_cache(maxsize=1)
def load_lookalikes() -> Lookalikes:
    """The words by which pages are told from reports. Raises ConfigurationError."""
    return _read(FOLDER / "lookalikes.yaml", Lookalikes)


def _read(path: Path, model: type[Model]) -> Model:
    """The file as ``model``. Raises ConfigurationError with file, key and what is wrong."""
    try:
        return model.model_validate(yaml.load(path.read_text("utf-8"), yaml.CSafeLoader))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigurationError(f"{path}: {' '.join(str(error).split())}") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise ConfigurationError(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error


def terms(written: str, known: tuple[str, ...]) -> tuple[tuple[str, int, bool], ...]:
    """What a term of an identity means: (row or column key, +1 or -1, whether it is last year's), ``*`` expanded."""
    sign = -1 if written.startswith("-") else 1
    name = written.removeprefix("-")
    before = name.startswith("@")
    name = name.removeprefix("@")
    if not name.endswith("*"):
        return ((name, sign, before),)
    return tuple((key, sign, before) for key in known if key.startswith(name[:-1]))


def _check_terms(path: Path, identity: Identity, table: TableForm) -> None:
    known = tuple(table.columns if identity.along == "columns" else table.rows)
    across = tuple(table.rows if identity.along == "columns" else table.columns)
    for written in (*identity.stated, *identity.expected):
        found = terms(written, known)
        if not found or any(key not in known for key, _, _ in found):
            raise ConfigurationError(f"{path}: {identity.rule}: {written} is not among {', '.join(known)}")
    for key in identity.within or ():
        if key not in across:
            raise ConfigurationError(f"{path}: {identity.rule}: within: {key} is not among {', '.join(across)}")
