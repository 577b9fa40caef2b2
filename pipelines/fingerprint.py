"""What today's parser is, as a short string: it changes when a document could come out differently, and only then."""

import ast
import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path

from config import VERSION
from config.load import load_sites

_ROOT = Path(__file__).parents[1]
_CODE = ("pipelines/documents", "pipelines/forms", "pipelines/identity", "config")
_MODULES = ("pipelines/parse.py", "pipelines/report.py")
_DATA = ("config/forms/*.yaml", "config/sectors.yaml", "config/aliases.yaml", "config/*.csv")
# The libraries that a document passes through on its way to a report.
_LIBRARIES = ("lxml", "trafilatura", "pypdfium2", "python-calamine", "opencc", "tldextract")


@cache
def parser() -> str:
    """The parser's version and a fingerprint of its code, its data, its sites' divisions and its libraries.

    Comments, docstrings and formatting don't count. Stored with every result; `nianbao reparse` reads again what
    carries another one.
    """
    digest = hashlib.sha256()
    for piece in _pieces():
        digest.update(piece)
        digest.update(b"\0")
    return f"nianbao {VERSION} ({digest.hexdigest()[:12]})"


def _pieces() -> Iterator[bytes]:
    folders = sorted(path for folder in _CODE for path in (_ROOT / folder).rglob("*.py"))
    for path in (*folders, *(_ROOT / module for module in _MODULES)):
        yield path.relative_to(_ROOT).as_posix().encode()
        yield ast.dump(_without_docstrings(ast.parse(path.read_bytes()))).encode()
    for path in sorted(path for pattern in _DATA for path in _ROOT.glob(pattern)):
        yield path.relative_to(_ROOT).as_posix().encode()
        yield path.read_bytes()
    for name, site in sorted(load_sites().items()):
        yield f"{name} {site.hosts} {site.division}".encode()
    for library in _LIBRARIES:
        yield f"{library} {version(library)}".encode()


def _without_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        first = node.body[0] if node.body else None
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
            del node.body[0]
    return tree
