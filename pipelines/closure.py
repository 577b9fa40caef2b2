"""The code that a function rests on: every definition of ours that it may reach, the data files that these name, and
the libraries that they import.

Told from the source, definition by definition, never by running it. Names are followed wherever they stand, so that
rather too much is taken than too little; tests hold that nothing runs, and no file is read, that was not found.
"""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
_OURS = ("archive", "config", "crawler", "pipelines")
_DATA = (".csv", ".yaml")
# Instead of a name: all that a module defines, and its statements that define nothing, but may do something.
_ALL = "*"
_UNNAMED = ""


class Piece(NamedTuple):
    """A top-level name of a module."""

    module: str
    name: str


@dataclass(slots=True)
class Closure:
    """``data`` are files, ``libraries`` the names under which they are imported."""

    pieces: set[Piece] = field(default_factory=set)
    data: set[Path] = field(default_factory=set)
    libraries: set[str] = field(default_factory=set)

    def code(self) -> Iterator[str]:
        """The pieces as text in which comments, docstrings and formatting make no difference, in a fixed order."""
        for piece in sorted(self.pieces):
            yield " ".join(piece)
            yield from dumped(piece)


def closure(entries: Iterable[Piece]) -> Closure:
    """Everything that ``entries`` rest on, themselves included."""
    found = Closure()
    seen: set[Piece] = set()
    waiting = list(entries)
    while waiting:
        piece = waiting.pop()
        if piece in seen:
            continue
        seen.add(piece)
        if not _is_ours(piece.module):
            found.libraries.add(piece.module.partition(".")[0])
            continue
        module = _module(piece.module)
        if piece.name in module.defined:
            found.pieces.add(piece)
            mentioned, files = module.mentioned(piece.name)
            found.data |= files
            waiting += [Piece(piece.module, _UNNAMED), *mentioned]
        else:
            waiting += module.origins(piece.name)
    return found


def dumped(piece: Piece) -> Iterator[str]:
    """The statements of one piece, and where the names in them are imported from, without what they rest on."""
    module = _module(piece.module)
    yield from (ast.dump(statement) for statement in module.defined[piece.name])
    yield from (f"{name}: {' '.join(module.imported[name])}" for name in module.used(piece.name))


class _Module:
    """One module's source: ``defined`` statements by the name that they define, ``imported`` names by their origin."""

    def __init__(self, name: str, path: Path) -> None:
        self.name = name
        self.defined: dict[str, list[ast.stmt]] = {}
        self.imported: dict[str, Piece] = {}
        self._mentioned: dict[str, tuple[list[Piece], set[Path], list[str]]] = {}
        self._folder = path.parent
        self._package = name if path.name == "__init__.py" else name.rpartition(".")[0]
        tree = ast.parse(path.read_bytes())
        _strip(tree)
        for statement in tree.body:
            if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                self.imported |= self._imports(ast.walk(statement))
            if not isinstance(statement, ast.Import | ast.ImportFrom):
                for bound in set(_bound(statement)) or {_UNNAMED}:
                    self.defined.setdefault(bound, []).append(statement)

    def mentioned(self, name: str) -> tuple[list[Piece], set[Path]]:
        """What the statements that define ``name`` mention: names, and files beside the module."""
        return self._looked_through(name)[:2]

    def used(self, name: str) -> list[str]:
        """The names that the module imports, and the statements that define ``name`` mention, sorted."""
        return self._looked_through(name)[2]

    def _looked_through(self, name: str) -> tuple[list[Piece], set[Path], list[str]]:
        if name not in self._mentioned:
            found: list[Piece] = []
            texts: list[str] = []
            used: set[str] = set()
            for statement in self.defined[name]:
                nodes = list(ast.walk(statement))
                inner = self._imports(nodes)
                found += inner.values()
                found += self._names(nodes, self.imported | inner)
                used |= {node.id for node in nodes if isinstance(node, ast.Name) and node.id in self.imported}
                texts += (
                    node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)
                )
            files = {self._folder / text for text in texts if text.endswith(_DATA)}
            self._mentioned[name] = found, {path for path in files if path.is_file()}, sorted(used)
        return self._mentioned[name]

    def _names(self, nodes: Iterable[ast.AST], known: dict[str, Piece]) -> Iterator[Piece]:
        for node in nodes:
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                module = _module_meant(known.get(node.value.id))
                if module is not None:
                    yield Piece(module, node.attr)
            elif isinstance(node, ast.Name):
                # A name that is neither imported nor defined here is a local one, or Python's own.
                if node.id in known:
                    if _module_meant(known[node.id]) is None:
                        yield known[node.id]
                elif node.id in self.defined:
                    yield Piece(self.name, node.id)

    def origins(self, name: str) -> list[Piece]:
        """Where a name comes from that is not defined here."""
        if name == _UNNAMED:
            return []
        if name in self.imported:
            return [self.imported[name]]
        if name != _ALL and _file(f"{self.name}.{name}") is not None:
            return [Piece(f"{self.name}.{name}", _ALL)]
        # All of the module, or made in a way that can't be read here: then all of it may be what makes it.
        return [Piece(self.name, every) for every in self.defined]

    def _imports(self, nodes: Iterable[ast.AST]) -> dict[str, Piece]:
        """The names that the imports among ``nodes`` bring, by where they come from."""
        found: dict[str, Piece] = {}
        for node in nodes:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    found[alias.asname or alias.name.partition(".")[0]] = Piece(alias.name, _ALL)
            elif isinstance(node, ast.ImportFrom):
                above = self._package.split(".")
                above = above[: len(above) - node.level + 1] if node.level else []
                module = ".".join([*above, *([node.module] if node.module else [])])
                found |= {alias.asname or alias.name: Piece(module, alias.name) for alias in node.names}
        return found


@cache
def _module(name: str) -> _Module:
    path = _file(name)
    if path is None:
        raise AssertionError(f"{name} is imported and is no module of ours")
    return _Module(name, path)


@cache
def _file(module: str) -> Path | None:
    place = ROOT.joinpath(*module.split("."))
    return next((path for path in (place.with_suffix(".py"), place / "__init__.py") if path.is_file()), None)


def _is_ours(module: str) -> bool:
    return module.partition(".")[0] in _OURS


def _module_meant(origin: Piece | None) -> str | None:
    """The module of ours that an imported name stands for; None where it stands for something else."""
    if origin is None or not _is_ours(origin.module):
        return None
    if origin.name == _ALL:
        return origin.module
    defined = _module(origin.module)
    inner = f"{origin.module}.{origin.name}"
    return inner if origin.name not in defined.defined | defined.imported and _file(inner) else None


def _bound(statement: ast.stmt) -> Iterator[str]:
    """The names that a statement of a module defines."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield statement.name
    elif isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        yield from (node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name))
    else:
        for inner in ast.iter_child_nodes(statement):
            parts = inner.body if isinstance(inner, ast.ExceptHandler) else [inner]
            yield from (name for part in parts if isinstance(part, ast.stmt) for name in _bound(part))


def _strip(node: ast.AST) -> None:
    """Take out statements that are a constant alone: docstrings, and what stands for one behind a variable."""
    for name in ("body", "orelse", "finalbody", "handlers", "cases"):
        inner = getattr(node, name, None)
        if isinstance(inner, list):
            inner[:] = [one for one in inner if not _is_constant(one)]
            for one in inner:
                _strip(one)


def _is_constant(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
