"""What a script would write into its page: the HTML in its strings, and the names that stand beside addresses."""

import re
from collections.abc import Iterator

_JOIN = re.compile(r"(['\"])\s*\+\s*\1")
# A string literal, or what ends an object, a call, a statement, a tag: a name belongs to an address of the same one.
_TOKEN = re.compile(r"'((?:[^'\\\n]|\\.)*)'|\"((?:[^\"\\\n]|\\.)*)\"|[{}()\[\];<>]")
_ADDRESS = re.compile(
    r"^/(?:[\w.-]+/)+[\w-]+$|^(?:https?:)?/{0,2}[\w.\-:/%?=&#~]*(?:/|\.(?:s?html?|jsp|do|aspx?|php)(?:[?#].*)?|[?=][\w=&-]+)$"
)
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_LONGEST_NAME = 60
_LONGEST_ADDRESS = 300


def markup(code: str) -> str:
    """The HTML that the strings of ``code`` make when they are joined; '' where there is no link in it."""
    text = "".join(literal for group in _groups(code) for literal in group)
    return text if re.search(r"<a(?:rea)?\s", text, re.IGNORECASE) else ""


def named_addresses(code: str) -> Iterator[tuple[str, str]]:
    """(name, address) pairs as in ``{title: '政务公开', id: 3, url: '/zwgk/'}`` or ``add("政务公开", "/zwgk/")``."""
    for group in _groups(code):
        for place, literal in enumerate(group):
            if _is_address(literal):
                # Nearest first; the name mostly stands before its address.
                beside = sorted(range(len(group)), key=lambda at: (abs(at - place), at > place))
                name = next((group[at] for at in beside if _is_name(group[at])), None)
                if name:
                    yield name, literal


def _groups(code: str) -> Iterator[list[str]]:
    """The string literals of ``code``, those of one object, call or statement together."""
    group: list[str] = []
    for token in _TOKEN.finditer(_JOIN.sub("", code)):
        single, double = token.groups()
        if single is None and double is None:
            if group:
                yield group
            group = []
        else:
            group.append(_unescaped(single if single is not None else double))
    if group:
        yield group


def _is_address(literal: str) -> bool:
    return (
        2 <= len(literal) <= _LONGEST_ADDRESS
        and ("/" in literal or "." in literal)
        and not literal.endswith("=")  # something is put behind it
        and bool(_ADDRESS.match(literal))
    )


def _is_name(literal: str) -> bool:
    return len(literal) <= _LONGEST_NAME and "<" not in literal and bool(_CHINESE.search(literal))


def _unescaped(literal: str) -> str:
    """A JavaScript string literal's value."""
    text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda match: chr(int(match[1], 16)), literal)
    return re.sub(r"\\(.)", r"\1", text)
