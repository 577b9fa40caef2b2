"""Values out of the scripts of a page: the parameters that its own requests would carry."""

import ast
import json
import re
from collections.abc import Mapping
from typing import Any

_PAIR = re.compile(r"['\"]?([A-Za-z_]\w*(?:\[\])?)['\"]?\s*[:=]\s*(?:'([^'\n]*)'|\"([^\"\n]*)\"|(-?\w[\w.-]*))")


def value(code: str, *names: str) -> str | None:
    """What ``name: 'x'``, ``name = x`` or ``name="x"`` gives for the first of ``names`` that stands in ``code``."""
    for name in names:
        match = re.search(
            rf"(?<![\w.]){re.escape(name)}['\"]?\s*[:=]\s*(?:'([^'\n]*)'|\"([^\"\n]*)\"|(-?\w[\w.-]*))", code
        )
        found = next((group for group in match.groups() if group), None) if match else None
        if found and found not in ("null", "undefined", "true", "false"):
            return found
    return None


def whole(text: str | None, otherwise: int) -> int:
    """``text`` as a whole number, ``otherwise`` where it is none."""
    return int(text) if text and text.isascii() and text.isdecimal() else otherwise


def pairs(code: str) -> dict[str, str]:
    """All ``name: value`` pairs of an object literal's inside; the first of a name counts."""
    found: dict[str, str] = {}
    for name, single, double, bare in _PAIR.findall(code):
        found.setdefault(name, single or double or bare)
    return found


def resolved(inside: str, code: str) -> dict[str, str]:
    """The pairs of an object literal, where a bare name stands for the variable of that name in ``code``.

    What a variable holds can't always be seen: then the pair is left out.
    """
    found: dict[str, str] = {}
    for name, single, double, bare in _PAIR.findall(inside):
        known = single or double
        if not known and bare:
            known = bare if re.fullmatch(r"-?\d+|true|false", bare) else (_variable(code, bare) or "")
        if known or not bare:
            found.setdefault(name, known)
    return found


def _variable(code: str, name: str) -> str | None:
    match = re.search(rf"(?<![\w.'\"]){re.escape(name)}\s*=\s*(?:'([^'\n]*)'|\"([^\"\n]*)\"|(\d+)\s*[;,\n])", code)
    return next((group for group in match.groups() if group is not None), None) if match else None


def block(code: str, start: int) -> str:
    """The inside of the bracket that opens at or after ``start``, to its matching end; '' where it does not close."""
    match = re.compile(r"[\[{]").search(code, start)
    if not match:
        return ""
    depth, quote, at = 0, "", match.start()
    while at < len(code):
        letter = code[at]
        if quote:
            if letter == "\\":
                at += 1
            elif letter == quote:
                quote = ""
        elif letter in "'\"":
            quote = letter
        elif letter in "[{":
            depth += 1
        elif letter in "]}":
            depth -= 1
            if depth == 0:
                return code[match.start() : at + 1]
        at += 1
    return ""


def around(code: str, place: int) -> str:
    """The innermost ``{…}`` around ``place``; '' where there is none."""
    depth = 0
    for at in range(place, -1, -1):
        if code[at] == "}" and at != place:
            depth += 1
        elif code[at] == "{":
            if depth == 0:
                return block(code, at)
            depth -= 1
    return ""


def literal(text: str) -> Mapping[str, Any]:
    """An object written with single or double quotes; empty where it can't be read."""
    for read in (json.loads, ast.literal_eval):
        try:
            found = read(text.strip())
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            continue
        if isinstance(found, Mapping):
            return found
    return pairs(text)
