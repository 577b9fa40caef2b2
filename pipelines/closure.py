"""The code that a function rests on: every definition of ours that it may reach, the data files that these name, and
the libraries that they import.

Told from the source, definition by definition, never by running it. Names are followed wherever they stand, so that
rather too much is taken than too little; tests hold that nothing runs, and no file is read, that was not found.
"""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path, PurePath
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
_OURS = ("archive", "config", "crawler", "pipelines")
_CODE = frozenset((".py", ".pyc"))
_DEFINITION = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
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
            waiting += [Piece(piece.module, _UNNAMED), *mentioned, *module.for_effect()]
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
        self._nodes = {statement: _walked(statement) for statement in tree.body}
        self._names_used = {node.id for nodes in self._nodes.values() for node in nodes if isinstance(node, ast.Name)}
        for statement, nodes in self._nodes.items():
            is_definition = isinstance(statement, _DEFINITION)
            if not is_definition:
                self.imported |= self._imports(nodes)
            if not isinstance(statement, ast.Import | ast.ImportFrom):
                for bound in set(_bound(statement, nodes)) or {_UNNAMED}:
                    self.defined.setdefault(bound, []).append(statement)
            if is_definition and self._may_enter_itself(statement):
                self.defined.setdefault(_UNNAMED, []).append(statement)

    def _may_enter_itself(self, statement: ast.stmt) -> bool:
        """Whether a decorator of ours may put a definition where it is found without its name."""
        named = {
            node.id
            for one in getattr(statement, "decorator_list", ())
            for node in ast.walk(one)
            if isinstance(node, ast.Name)
        }
        return any(
            name in self.defined or (name in self.imported and _is_ours(self.imported[name].module)) for name in named
        )

    def for_effect(self) -> list[Piece]:
        """The modules of ours that are imported whole and not named again: for what they do, or for all their names."""
        unused = (origin for name, origin in self.imported.items() if name not in self._names_used or "." in name)
        return [Piece(meant, _ALL) for origin in unused if (meant := _module_meant(origin)) is not None]

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
                nodes = self._nodes[statement]
                inner = self._imports(nodes)
                found += inner.values()
                found += self._names(nodes, self.imported | inner)
                used |= {node.id for node in nodes if isinstance(node, ast.Name) and node.id in self.imported}
                texts += (
                    node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)
                )
            self._mentioned[name] = found, {path for text in texts for path in self._files(text)}, sorted(used)
        return self._mentioned[name]

    def _files(self, text: str) -> Iterator[Path]:
        """The data files that a text names: in full, wherever they are; by a pattern or suffix, below this folder."""
        name = text.replace("/", " ").split(" ")[-1]
        if "*" in name or name.startswith("."):
            yield from (path for path in _data().get(PurePath("x" + name).suffix, ()) if self._folder in path.parents)
        else:
            yield from (path for path in _data().get(PurePath(name).suffix, ()) if path.name == name)

    def _names(self, nodes: Iterable[ast.AST], known: dict[str, Piece]) -> Iterator[Piece]:
        of_modules = set()
        for node in nodes:
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                module = _module_meant(known.get(node.value.id))
                if module is not None:
                    of_modules.add(node.value)
                    yield Piece(module, node.attr)
            elif isinstance(node, ast.Name) and node not in of_modules:
                # A name that is neither imported nor defined here is a local one, or Python's own.
                if node.id in known:
                    module = _module_meant(known[node.id])
                    # A module that is handed on may be asked for anything.
                    yield known[node.id] if module is None else Piece(module, _ALL)
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
                    # Several may be found under the name of one package.
                    for name in {alias.asname} if alias.asname else {alias.name.partition(".")[0], alias.name}:
                        found[name] = Piece(alias.name, _ALL)
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
def _data() -> dict[str, list[Path]]:
    """The files of ours that are no code, by their suffix."""
    found: dict[str, list[Path]] = defaultdict(list)
    for path in (path for ours in _OURS for path in sorted((ROOT / ours).rglob("*.*"))):
        if path.suffix not in _CODE and path.is_file():
            found[path.suffix].append(path)
    return found


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


def _walked(node: ast.AST) -> list[ast.AST]:
    """The node and all below it; half a million of them, for which `ast.walk` takes three times as long."""
    nodes = [node]
    for one in nodes:
        for value in vars(one).values():
            if isinstance(value, ast.AST):
                nodes.append(value)
            elif isinstance(value, list):
                nodes += (inner for inner in value if isinstance(inner, ast.AST))
    return nodes


def _bound(statement: ast.stmt, nodes: list[ast.AST]) -> Iterator[str]:
    """The names that a statement of a module defines, or sets when it is called."""
    if isinstance(statement, _DEFINITION):
        yield statement.name
    else:
        yield from (node.name for node in nodes if isinstance(node, _DEFINITION))
        yield from (node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))
        # What an item or attribute of is set.
        targets = (
            node
            for node in nodes
            if isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store)
        )
        yield from (node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name))
    yield from (name for node in nodes if isinstance(node, ast.Global) for name in node.names)


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
