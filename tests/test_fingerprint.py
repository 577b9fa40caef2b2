"""The fingerprints of the parser's stages: the same for the same parser, others from the first stage on that other code
or data can touch, blind to comments; and nothing runs in a stage that its fingerprint does not see."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from config.site import Site
from pipelines import closure as closure_module
from pipelines import fingerprint
from pipelines.closure import ROOT, Piece, closure
from pipelines.fingerprint import _ENTRIES, Parser, Stage, parser

PROJECT = Path(__file__).parents[1]


class Copy:
    """A copy of the project, and the fingerprint that this process takes of it."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        for name in ("config", "archive", "pipelines"):
            shutil.copytree(PROJECT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        patch.setattr(closure_module, "ROOT", folder)
        self._read: dict[tuple[str, bytes], closure_module._Module] = {}
        patch.setattr(closure_module, "_Module", partial(self._module, closure_module._Module))

    def _module(self, make: type[closure_module._Module], name: str, path: Path) -> closure_module._Module:
        """The module, read once for each content that its file has."""
        key = name, path.read_bytes()
        if key not in self._read:
            self._read[key] = make(name, path)
        return self._read[key]

    def parser(self) -> Parser:
        forget()
        return parser()

    def edit(self, file: str, change: Callable[[str], str]) -> None:
        path = self.folder / file
        before = path.read_text(encoding="utf-8")
        after = change(before)
        assert after != before, f"nothing to change in {file}"
        path.write_text(after, encoding="utf-8")


def forget() -> None:
    closure_module._module.cache_clear()
    closure_module._file.cache_clear()
    closure_module._data.cache_clear()
    fingerprint._installed.cache_clear()
    parser.cache_clear()


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Copy]:
    yield Copy(tmp_path, monkeypatch)
    forget()


def add(text: str) -> Callable[[str], str]:
    return lambda before: before + text


def replace(old: str, new: str) -> Callable[[str], str]:
    return lambda before: before.replace(old, new, 1)


def test_another_process_takes_the_same() -> None:
    code = "import json; from pipelines import fingerprint; print(json.dumps(fingerprint.parser()))"
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert Parser(*json.loads(done.stdout)) == parser()


def test_comments_docstrings_and_formatting_do_not_count(copy: Copy) -> None:
    before = copy.parser()
    copy.edit("pipelines/forms/value.py", add("\n# a comment\n"))
    copy.edit("pipelines/documents/normal.py", replace('"""', '"""Another sentence. '))
    copy.edit("pipelines/identity/year.py", replace("_FIRST = 2000", "_FIRST = (\n    2000\n)"))
    copy.edit("pipelines/identity/title.py", replace("import re\n", 'import re\n\n"""What follows."""\n'))
    copy.edit("config/aliases.yaml", add("\n# one more line\n"))
    copy.edit("config/forms/2021.yaml", replace("\n", "\n\n# why it is so\n"))
    assert copy.parser() == before


# The first stage that may give something else after each of these.
CHANGES = [
    ("pipelines/documents/html/reader.py", add("\ndef nobody_calls_this() -> None: ...\n"), None),
    ("pipelines/forms/sections.py", replace("LONGEST_HEADING = 50", "LONGEST_HEADING = 51"), Stage.FORMS),
    ("config/forms/2019.yaml", replace("label: ", "label: 又"), Stage.FORMS),
    ("pipelines/identity/year.py", replace("_FIRST = 2000", "_FIRST = 2001"), Stage.IDENTITY),
    ("config/divisions.csv", add("999999,某某市,,\n"), Stage.IDENTITY),
    ("pipelines/forms/dates.py", replace("date(year, 12, 31)", "date(year, 12, 30)"), Stage.RULES),
    ("config/forms/identities.yaml", replace("severity: error", "severity: warning"), Stage.RULES),
    ("pipelines/corpus/packing.py", replace("_LEVEL = 6", "_LEVEL = 5"), Stage.FORMS),
    ("pipelines/parsed.py", replace("SECONDS = 120.0", "SECONDS = 60.0"), None),
    ("archive/decode.py", replace('"binary",', '"binary",\n    "none at all",'), Stage.DOCUMENT),
    # The same name, for something else.
    (
        "pipelines/documents/html/tree.py",
        replace("from lxml import etree", "from lxml import html as etree"),
        Stage.DOCUMENT,
    ),
    ("pipelines/identity/dates.py", replace("import re\n", "import sre_compile as re\n"), Stage.IDENTITY),
    (
        "config/load.py",
        replace("host, path = host_of(url), _path(url)", 'host, path = host_of(url), "/"'),
        Stage.IDENTITY,
    ),
]


def test_change_touches_the_first_stage_that_can_reach_it(copy: Copy) -> None:
    before = copy.parser()
    for file, change, stage in CHANGES:
        kept = (copy.folder / file).read_text(encoding="utf-8")
        copy.edit(file, change)
        assert copy.parser().first_changed(before) is stage, file
        (copy.folder / file).write_text(kept, encoding="utf-8")


def test_sites_count_where_they_say_whose_page_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def told(*sites: dict[str, object]) -> Parser:
        made = {str(one["name"]): Site(**one) for one in sites}  # type: ignore[arg-type]
        monkeypatch.setattr(fingerprint, "load_sites", lambda: made)
        parser.cache_clear()
        return parser()

    town: dict[str, object] = {
        "name": "a",
        "home": "http://www.a.gov.cn/x/",
        "scope": ("a.gov.cn",),
        "division": "370200",
    }
    before = told(town)
    assert told(town | {"delay": 9.0}) == before
    assert told(town, {"name": "b", "home": "http://www.b.gov.cn/"}) == before
    for others in (
        [town | {"division": "370300"}],
        [town | {"home": "http://www.a.gov.cn/y/"}],  # of two on one host, the nearer home counts
        [town, {"name": "b", "home": "http://b.a.gov.cn/", "scope": ("b.a.gov.cn",)}],  # it takes pages away
    ):
        assert told(*others).first_changed(before) is Stage.IDENTITY
    parser.cache_clear()


def test_definition_belongs_to_the_stage_that_uses_it_wherever_it_stands(copy: Copy) -> None:
    before = copy.parser()
    copy.edit("pipelines/documents/normal.py", add("\n\ndef halved(number: int) -> int:\n    return number // 2\n"))
    assert copy.parser() == before
    copy.edit(
        "pipelines/forms/dates.py",
        lambda text: text.replace(
            "import re\n", "import re\nfrom pipelines.documents.normal import halved\n", 1
        ).replace("date(year, 12, 31)", "date(year, halved(24), 31)", 1),
    )
    used = copy.parser()
    assert used.first_changed(before) is Stage.RULES
    copy.edit("pipelines/documents/normal.py", replace("number // 2", "number >> 1"))
    assert copy.parser().first_changed(used) is Stage.RULES


# How one module may reach another, or a data file, or what it has itself: its code, and the other files; 1 becomes 2.
WAYS = {
    "module handed on": (
        "from pipelines import b\ndef entry(): return [m.f() for m in (b,)]",
        {"b.py": "def f(): return 1"},
    ),
    "getattr": ("from pipelines import b\ndef entry(): return getattr(b, 'f')()", {"b.py": "def f(): return 1"}),
    "renamed": ("import pipelines.b as b\n_M = b\ndef entry(): return _M.f()", {"b.py": "def f(): return 1"}),
    "one of two of a package": (
        "import pipelines.b\nimport pipelines.c\ndef entry(): return pipelines.b.f()",
        {"b.py": "def f(): return 1", "c.py": ""},
    ),
    "entered by a decorator": (
        "R = []\ndef rule(f):\n    R.append(f)\n@rule\ndef _one(): return 1\ndef entry(): return R",
        {},
    ),
    "imported for its effect": (
        "from pipelines import b\nfrom pipelines.c import R\ndef entry(): return R",
        {"b.py": "from pipelines.c import R\ndef _f(): return 1\nR.append(_f)", "c.py": "R = []"},
    ),
    "every name": ("from pipelines.b import *\ndef entry(): return f()", {"b.py": "def f(): return 1"}),
    "file in a folder": ("X = Path(__file__).parent / 'd' / 'x.yaml'\ndef entry(): return X", {"d/x.yaml": "a: 1"}),
    "file named in parts": ("def entry(name): return open(f'{name}.yaml')", {"x.yaml": "a: 1"}),
    "file like the module": ("X = Path(__file__).with_suffix('.txt')\ndef entry(): return X", {"a.txt": "1"}),
    "files by a pattern": ("def entry(): return FOLDER.glob('*.json')", {"x.json": "[1]"}),
    "name of a block": ("with made(1) as w:\n    z = 0\nif (v := 1):\n    u = 0\ndef entry(): return v", {}),
    "set by a function": ("_w = 0\ndef _set():\n    global _w\n    _w = 1\ndef entry(): return _w", {}),
}


@pytest.mark.parametrize("way", WAYS)
def test_what_is_reached_in_another_way_is_seen(way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code, others = WAYS[way]
    monkeypatch.setattr(closure_module, "ROOT", tmp_path)
    told = []
    for number in "12":
        for name, content in {"__init__.py": "", "a.py": code, **others}.items():
            path = tmp_path / "pipelines" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content.replace("1", number), encoding="utf-8")
        forget()
        found = closure([Piece("pipelines.a", "entry")])
        told.append([*found.code(), *map(fingerprint._content, sorted(found.data))])
    assert told[0] != told[1]
    forget()


def test_stages_from_the_first_change_on_are_named(copy: Copy) -> None:
    one = Parser("a", "1", "1", "1", "1")
    assert one.first_changed(one) is None
    assert one.first_changed(Parser("b", "1", "1", "2", "1")) is Stage.IDENTITY
    assert one.first_changed(Parser("b", "2", "1", "2", "1")) is Stage.DOCUMENT


def test_nothing_runs_or_is_read_that_the_fingerprint_does_not_see() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.kit.stage_trace"], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    traced = json.loads(done.stdout)
    pieces: set[Piece] = set()
    files: set[str] = set()
    for stage in Stage:
        found = closure(_ENTRIES[stage])
        pieces |= found.pieces
        files |= {path.relative_to(ROOT).as_posix() for path in found.data}
        ran = {Piece(*piece) for piece in traced["ran"][stage.name]}
        assert len(ran) > 5 and ran <= pieces
        assert set(traced["read"].get(stage.name, ())) <= files
    assert "config/forms/identities.yaml" in traced["read"]["RULES"]
