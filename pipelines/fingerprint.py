"""What today's parser is, stage by stage: a short string that changes when the stage could give something else.

Each is made from the code that the stage may reach (`closure`), the content of the data files, and the versions of the
libraries. Comments, docstrings and formatting don't count, neither in code nor in YAML.
"""

import gc
import hashlib
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import IntEnum
from functools import cache
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import yaml

from config import VERSION
from config.aliases import load_aliases
from config.load import load_sites
from config.site import Site
from pipelines.closure import Piece, closure, dumped


class Stage(IntEnum):
    """The stages of `parse`, in their order; each rests on those before."""

    DOCUMENT = 0
    FORMS = 1
    IDENTITY = 2
    RULES = 3


# Where each stage begins, the way of its results into the corpus included. What joins the stages in `parse` counts from
# the forms on: it gives the document's own stage nothing.
_ENTRIES = {
    Stage.DOCUMENT: (
        Piece("archive.message", "parse_message"),
        Piece("archive.decode", "entity"),
        Piece("archive.decode", "payload"),
        Piece("pipelines.parse", "read"),
        Piece("pipelines.corpus.address", "document_key"),
    ),
    Stage.FORMS: (
        Piece("pipelines.forms", "split_reports"),
        Piece("pipelines.parse", "read_form"),
        Piece("pipelines.corpus.rows", "rows_of"),
    ),
    Stage.IDENTITY: (Piece("pipelines.identity", "identify"), Piece("config.load", "site_for")),
    Stage.RULES: (Piece("pipelines.parse", "_outcome"),),
}
_ASSEMBLY = (Piece("pipelines.corpus.placement", "place_some"), Piece("pipelines.corpus.assemble", "_assemble_groups"))
_ASSEMBLY_RULES = (Piece("pipelines.corpus.checks", "rechecked"), Piece("pipelines.corpus.years", "check_years"))
_JOINT = Piece("pipelines.parse", "parse")
_SELECTION = (Piece("pipelines.stretch", "skip_reason"),)
# They read and check our own data, whose content counts; or where results are stored, not what.
_NO_PART = frozenset(("yaml", "pydantic", "pydantic_core", "sqlalchemy"))


class Parser(NamedTuple):
    """A parser by the fingerprints of its stages; ``name`` is what people are shown."""

    name: str
    document: str
    forms: str
    identity: str
    rules: str

    def __str__(self) -> str:
        return self.name

    def first_changed(self, earlier: "Parser") -> Stage | None:
        """The first stage that differs from ``earlier``'s, from which on a record must be parsed again."""
        return next((stage for stage in Stage if self[1 + stage] != earlier[1 + stage]), None)


_handed: list[Parser] = []


@cache
def parser() -> Parser:
    """Today's parser: the one that was handed over, or else told from the code, which takes half a second."""
    if _handed:
        return _handed[0]
    with _no_collector():
        stages = [_digest(_pieces(stage)) for stage in Stage]
    return Parser(f"nianbao {VERSION} ({_digest(iter(stages))[:12]})", *stages)


def known() -> Parser | None:
    """Today's parser where this process knows it already."""
    return parser() if parser.cache_info().currsize else None


def hand_over(known: Parser) -> None:
    """Let this process take ``known`` for today's parser: the process that started it has told it from the code."""
    _handed[:] = [known]


@contextmanager
def _no_collector() -> Iterator[None]:
    """Source as trees is a hundred thousand objects and no garbage: to search them again and again took as long as all
    the rest."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class Assembly(NamedTuple):
    """What decides about reports from what was read: its ``code``, and the ``rules`` that it asks again."""

    code: str
    rules: str


@cache
def assembly() -> Assembly:
    """Today's assembly."""
    rules = closure(_ASSEMBLY_RULES)
    whole = closure(_ASSEMBLY)
    whole.pieces -= rules.pieces
    return Assembly(_digest(whole.code()), _digest(chain(rules.code(), map(_content, sorted(rules.data)))))


@cache
def selection() -> str:
    """What decides today which records are documents."""
    with _no_collector():
        return _digest(closure(_SELECTION).code())


def _pieces(stage: Stage) -> Iterator[str]:
    yield _installed(stage)
    if stage is Stage.IDENTITY:
        yield from _sites_told(load_sites())
        # They may lie in a folder of the operator's own.
        yield from (repr(alias) for _, lines in sorted(load_aliases().items()) for alias in lines)


@cache
def _installed(stage: Stage) -> str:
    """What of a stage comes with the program, and is the same as long as that runs."""
    return _digest(_installed_pieces(stage))


def _installed_pieces(stage: Stage) -> Iterator[str]:
    found = closure(_ENTRIES[stage])
    yield from found.code()
    for path in sorted(found.data):
        yield from (path.name, _content(path))
    for name in sorted(found.libraries - sys.stdlib_module_names - _NO_PART):
        yield f"{name} {_version(name)}"
    if stage is Stage.DOCUMENT:
        # Tables of characters and regular expressions come with the language.
        yield f"python {sys.version_info.major}.{sys.version_info.minor}"
    elif stage is Stage.FORMS:
        yield from dumped(_JOINT)


def _sites_told(sites: Mapping[str, Site]) -> Iterator[str]:
    """What `site_for` and the identity look at: the sites with a division, and those that may take a page from them."""
    divided = [site for site in sites.values() if site.division]
    for name, site in sorted(sites.items()):
        if any(_overlap(site, other) for other in divided):
            yield f"{name} {site.home} {site.hosts} {site.division}"


def _overlap(one: Site, other: Site) -> bool:
    pairs = ((f".{a}", f".{b}") for a in one.hosts for b in other.hosts)
    return any(a.endswith(b) or b.endswith(a) for a, b in pairs)


def _digest(pieces: Iterator[str]) -> str:
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece.encode("utf-8", "surrogatepass"))
        digest.update(b"\0")
    return digest.hexdigest()[:16]


def _content(path: Path) -> str:
    text = path.read_text(encoding="utf-8", errors="surrogateescape")
    if path.suffix not in (".yaml", ".yml"):
        return text
    return json.dumps(yaml.load(text, yaml.CSafeLoader), ensure_ascii=False, default=str)


def _version(module: str) -> str:
    try:
        return version(module)
    except PackageNotFoundError:
        return " ".join(f"{name} {version(name)}" for name in sorted(set(packages_distributions().get(module, ()))))
