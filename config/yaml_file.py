"""A YAML file that a person edits: read with the line of every key, checked against a pydantic model.

A mistake is one line of text: file, line, key, what is wrong and what would be right.
"""

import difflib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar, get_args

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from config.errors import ConfigurationError

# Ours are a few kilobytes; what is larger is another file, and would only be slow to complain about.
MAX_BYTES = 1_000_000

Place = tuple[str | int, ...]
Model = TypeVar("Model", bound=BaseModel)


class MistakesFound(ConfigurationError):
    """All mistakes of one file, joined to one line; ``mistakes`` has them apart."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("; ".join(mistakes))
        self.mistakes = mistakes

    def __reduce__(self) -> tuple[type["MistakesFound"], tuple[list[str]]]:
        return (type(self), (self.mistakes,))


class _Loader(yaml.composer.Composer, yaml.CSafeLoader):
    """YAML without dates (they are text to us, and JSON has none) and without aliases (nobody needs one here, and
    they can blow up). The text is taken apart by libyaml: the vocabulary alone took Python half a second.
    """

    def __init__(self, text: str) -> None:
        yaml.CSafeLoader.__init__(self, text)
        yaml.composer.Composer.__init__(self)

    yaml_implicit_resolvers = {  # noqa: RUF012 - the name and shape are PyYAML's
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            event: Any = self.peek_event()
            raise yaml.composer.ComposerError(
                None, None, "aliases (*name) are not allowed; write the value out", event.start_mark
            )
        return super().compose_node(parent, index)


@dataclass(frozen=True, slots=True)
class YamlFile:
    """The content of one file and the line (from 1) of every key and list item by its place.

    ``repeated`` are mistakes of the text itself: keys that stand twice, of which YAML would keep the last in silence.
    """

    path: Path
    data: dict[Any, Any]
    lines: Mapping[Place, int]
    repeated: tuple[str, ...] = ()

    def line(self, place: Place) -> int:
        """The line of ``place``, or of the nearest thing around it."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def mistake(self, place: Place, text: str) -> str:
        """One line that names file, line and key."""
        key = ".".join(f"item {part + 1}" if isinstance(part, int) else part for part in place)
        return f"{self.path}, line {self.line(place)}, {key}: {text}"


def read_yaml(path: Path) -> YamlFile:
    """The file's content. Raises MistakesFound where it can't be read, is no UTF-8, no YAML or no mapping."""
    text = _text(path)
    try:
        node = _Loader(text).get_single_node()
        if node is None:
            raise MistakesFound([f"{path}: the file is empty; write `key: value` lines into it"])
        if not isinstance(node, yaml.MappingNode):
            line = node.start_mark.line + 1
            raise MistakesFound([f"{path}, line {line}: holds no keys; write `key: value` lines"])
        data = _Loader("").construct_document(node)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{path}, line {mark.line + 1}" if mark else str(path)
        raise MistakesFound([f"{where}: not valid YAML: {_one_line(error.problem or error.context)}"]) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise MistakesFound([f"{path}: not valid YAML: {_one_line(error)}"]) from error
    lines: dict[Place, int] = {}
    repeated = tuple(
        f"{path}, line {line}, {place[-1]}: stands twice, first in line {lines[place]}; keep one"
        for place, line in _places(node, (), lines)
    )
    return YamlFile(path, data, lines, repeated)


def checked(file: YamlFile, model: type[Model], hints: Mapping[str, str] = MappingProxyType({}), **given: str) -> Model:
    """The file as ``model``, with the fields ``given`` beside those that stand in it.

    ``hints`` say for a key what would be right. Raises MistakesFound with all mistakes of the file.
    """
    mistakes = list(file.repeated)
    if not all(isinstance(key, str) for key in file.data):
        odd = next(key for key in file.data if not isinstance(key, str))
        raise MistakesFound(
            [*mistakes, f"{file.path}, {odd!r}: a key must be a word; {near(str(odd), model.model_fields)}"]
        )
    try:
        # Through JSON for pydantic's strict mode, which takes lists for tuples there: `delay: true` is a mistake.
        parsed = model.model_validate_json(json.dumps({**given, **file.data}, default=repr), strict=True)
    except ValidationError as error:
        found = sorted(error.errors(), key=lambda detail: file.line(detail["loc"]))
        raise MistakesFound([*mistakes, *(_explain(file, model, hints, detail) for detail in found)]) from error
    if mistakes:
        raise MistakesFound(mistakes)
    return parsed


def near(word: str, known: Iterable[str]) -> str:
    """What may have been meant by ``word``: `did you mean …?`, or the list of what is known."""
    known = sorted(known)
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return f"did you mean {close[0]}?" if close else f"known are {', '.join(known)}"


def _explain(file: YamlFile, model: type[BaseModel], hints: Mapping[str, str], detail: ErrorDetails) -> str:
    """A pydantic error as one line for a person."""
    place = detail["loc"]
    hint = hints.get(str(place[0])) if place else None
    key = str(place[-1]) if place else ""
    if detail["type"] == "missing":
        what = f"{key} is missing; write `{key}: …`{f', {hint}' if hint else ''}"
        return f"{file.path}: {what}" if len(place) == 1 else file.mistake(place[:-1], what)
    if detail["type"] == "extra_forbidden":
        return file.mistake(place, f"unknown key; {near(key, _keys_at(model, place))}")
    if detail["type"] == "string_type" and isinstance(detail["input"], int | float):
        return file.mistake(place, f'must be text; write it in quotes: {key}: "{detail["input"]}"')
    problem = _one_line(detail["msg"].removeprefix("Value error, ").removeprefix("Input "))
    shown = "" if detail["type"] == "value_error" else f", not {_shown(detail['input'])}"
    return file.mistake(place, f"{problem}{shown}{f'; right is {hint}' if hint else ''}")


def _keys_at(model: type[BaseModel], place: Place) -> list[str]:
    """The keys that may stand where ``place`` does, by the models that the fields on the way there hold."""
    for part in place[:-1]:
        if isinstance(part, str) and part in model.model_fields:
            model = next(_models(model.model_fields[part].annotation), model)
    return list(model.model_fields)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models in a type such as dict[str, tuple[Entry, ...]]."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise MistakesFound([f"{path}: can't be read: {error.strerror or error}"]) from error
    if len(content) > MAX_BYTES:
        raise MistakesFound([f"{path}: larger than {MAX_BYTES:,} bytes; this is no configuration file"])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise MistakesFound([f"{path}, line {line}: not UTF-8 (byte {error.start + 1}); save it as UTF-8"]) from error


def _places(node: yaml.Node, place: Place, lines: dict[Place, int]) -> list[tuple[Place, int]]:
    """Fill ``lines``; return the places that stand twice, with the line of the second."""
    repeated: list[tuple[Place, int]] = []
    if isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            lines[*place, number] = item.start_mark.line + 1
            repeated += _places(item, (*place, number), lines)
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            own = (*place, str(key.value))
            if own in lines:
                repeated.append((own, key.start_mark.line + 1))
                continue
            lines[own] = key.start_mark.line + 1
            repeated += _places(value, own, lines)
    return repeated


def _one_line(text: object) -> str:
    return " ".join(str(text).split())


def _shown(value: object) -> str:
    """The value as a person wrote it, cut to a length that fits a line."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:57] + "…"
