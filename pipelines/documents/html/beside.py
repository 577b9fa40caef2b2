"""Text in a line that is not to be read as the text beside it: marks are set where it begins and where it ends, and
taken out again when the line is whole."""

import re
from functools import lru_cache

from pipelines.documents.html import tags as does
from pipelines.documents.html.look import shows_nothing_yet
from pipelines.documents.normal import LOWERED, RAISED

# No scrubbed text holds them, and no reference stands for them.
_STRUCK, _RAISED, _LOWERED, _WHITE, _APART, _TURNED = "\x02", "\x03", "\x04", "\x05", "\x06", "\x07"
_WRITTEN, _COUNTING = "\x08", "\x0e"
_SIGNS = {
    does.STRUCK: _STRUCK,
    does.RAISED: _RAISED,
    does.LOWERED: _LOWERED,
    does.WHITE: _WHITE,
    does.APART: _APART,
    does.TURNED: _TURNED,
    does.WRITTEN: _WRITTEN,
    does.COUNTING: _COUNTING,
}
_ALL = "".join(_SIGNS.values())
_RUN = re.compile(f"[{_ALL}]+")
_NOTHING = re.compile(rf"([{_STRUCK}{_RAISED}{_LOWERED}{_COUNTING}])(\s*)\1")
_BEFORE = re.compile(r"\d[.,]?\Z")
_AFTER = re.compile(r"[.,]?\d")


@lru_cache(maxsize=256)
def signs(effects: int) -> str:
    """What is set where an element of these effects begins, and where it ends."""
    return "".join(sign for effect, sign in _SIGNS.items() if effects & effect)


def without_signs(text: str) -> str:
    """The line as it is read. Struck text stands between ``~~``. The others leave a trace only where they would change
    a number: raised and lowered digits come as ``¹`` and ``₁``, ``~~`` parts white digits from others, a space what is
    set apart, ``<script>`` stands before a number that a script or a style sheet writes or counts up."""
    text = _NOTHING.sub(r"\2", text)
    for sign, digits in ((_RAISED, RAISED), (_LOWERED, LOWERED)):
        if sign in text:
            text = _shifted(text, sign, digits)
    if _COUNTING in text:
        runs = text.split(_COUNTING)
        runs[1::2] = [f"<script>{run}" if run and shows_nothing_yet(_RUN.sub("", run)) else run for run in runs[1::2]]
        text = "".join(runs)
    return _RUN.sub(_read, text)


def _shifted(text: str, sign: str, digits: dict[int, str]) -> str:
    runs = text.split(sign)
    for at in range(1, len(runs) - 1, 2):
        before, after = runs[at - 1].rstrip(_ALL)[-1:], runs[at + 1].lstrip(_ALL)[:1]
        if before.isdecimal() or after.isdecimal():
            runs[at] = runs[at].translate(digits)
    return "".join(runs)


def _read(run: re.Match[str]) -> str:
    text, start, end = run.string, run.start(), run.end()
    before, after = _BEFORE.search(text, max(0, start - 2), start), _AFTER.match(text, end)
    amid = before is not None and after is not None
    read = "~~" * run[0].count(_STRUCK) or ("~~" * amid if run[0].count(_WHITE) % 2 else "")
    if _TURNED in run[0]:
        read += "\u202e"  # right to left from here
    if _WRITTEN in run[0] and (before or after):
        read += "<script>"
    return read or (" " if amid and _APART in run[0] else "")
