"""Characters that are the wrong reading of the right bytes, read again where the bytes still tell what they were.

Three kinds of damage are known from real pages: UTF-8 read as windows-1252 (``æ”¿åºœ``), UTF-8 read as GBK
(``鏀垮簻``), and runs of GBK read one byte off, after one byte was lost (``?ㄎ澹┙⒔∪畔⒐_`` for
``（五）建立健全信息公开``). A run is replaced only where the new reading is made of known words or frequent characters;
the rest is counted and noted.
"""

import re
from functools import lru_cache

from pipelines.documents.chinese import is_traditional, traditional
from pipelines.documents.encoding import common_share
from pipelines.documents.lexicon import WORDS
from pipelines.documents.shifted import read_shifted

Note = tuple[str, str]

# A character of UTF-8 read as windows-1252 or latin-1: the letter of its lead byte, the signs of two trail bytes.
_SIGNS = "\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122"
_LATIN_LEADS = "äåæçèé"
_LATIN = re.compile(f"[\u00e2-\u00ef][{_SIGNS}]{{2}}|\u00c2\u00a0")
# UTF-8 read as GBK: 锛 and 銆 begin nearly every punctuation mark, the others the commonest characters.
_GBK_LETTERS = "锛銆鐨鏀鍏涓鍥瀹鎭淇骞绗浜"
_GBK_SIGNS = re.compile(f"[{_GBK_LETTERS}]")
_FEWEST_SIGNS = 3
SUSPECTS = f"{_LATIN_LEADS}{_GBK_LETTERS}?\ufffd"  # a text without any of these is not damaged in any of the ways
_WIDE_RUN = re.compile("[^\x00-\x7f\x1e\ufffd]{3,}")
# GBK read one byte off: the mark of the lost byte, the run, and the single byte at which reading falls in step again.
# Marks that were full-width may have been folded to ASCII since.
_SHIFTED = re.compile("([?\ufffd])((?:[^\x00-\x7f\x1e\ufffd]|[!,:;()]){1,80}?)([@-~€?\ufffd])")
# What such a run shows and prose does not: bopomofo, kana, box drawing, dotted list numbers, mathematical signs.
_ODD = re.compile("[\u3105-\u3129\u3041-\u30fe\u2500-\u257f\u2488-\u249b\u2220-\u22a5\u0391-\u03c9\u0410-\u0451€]")
_DAMAGED = re.compile(f"[?\ufffd](?=[^\x00-\x7f\x1e]{{0,12}}?{_ODD.pattern})|\ufffd")
_MOST_RUNS = 60  # each takes up to a twentieth of a second
_CONTEXT = 4


def mend_mojibake(text: str) -> tuple[str, Note | None]:
    """The text with what could be read again, and a note that counts the runs that could not."""
    if text.isascii():
        return text, None
    text = read_as_latin(text)
    if len(_GBK_SIGNS.findall(text)) >= _FEWEST_SIGNS:
        text = _WIDE_RUN.sub(_from_gbk, text)
    if "?" not in text and "\ufffd" not in text:
        return text, None
    if _DAMAGED.search(text) or _SHIFTED.search(text):
        text = _in_step(text)
    left = len(_DAMAGED.findall(text))
    if not left:
        return text, None
    return text, ("mojibake", f"{left} runs of wrongly decoded characters could not be mended")


def read_as_latin(text: str) -> str:
    """The text without UTF-8 that was read as windows-1252. For markup this has to be asked before it is parsed: some
    of the bytes are control characters, which do not live long."""
    # Every Chinese character that was read so begins with one of these letters; looking for them is all but free.
    if not any(letter in text for letter in _LATIN_LEADS) or len(_LATIN.findall(text)) < _FEWEST_SIGNS:
        return text
    return _LATIN.sub(_from_latin, text)


def _from_latin(character: re.Match[str]) -> str:
    try:
        return b"".join(map(_latin_byte, character[0])).decode("utf-8")
    except UnicodeError:
        return character[0]


def _latin_byte(character: str) -> bytes:
    try:
        return character.encode("cp1252")
    except UnicodeEncodeError:
        return character.encode("latin-1")


def _from_gbk(run: re.Match[str]) -> str:
    """The run read as UTF-8, if all but its last character can be, and if that is better Chinese."""
    try:
        source = run[0].encode("gb18030")
        mended = source.decode("utf-8", "replace")
    except UnicodeError:
        return run[0]
    if "\ufffd" in mended[:-1] or common_share(mended) < max(0.3, 2 * common_share(run[0])):
        return run[0]
    return mended


def _in_step(text: str) -> str:
    """Read the runs again that are one byte out of step."""
    words = _words(is_traditional(text))
    pieces: list[str] = []
    position = 0
    for _ in range(_MOST_RUNS):
        run = _SHIFTED.search(text, position)
        if run is None:
            break
        before = text[max(position, run.start() - _CONTEXT) : run.start()]
        after = text[run.end() : run.end() + _CONTEXT]
        reading = read_shifted(run[2], run[3], before, after, words) if _is_odd(run[2]) else None
        if reading is None:
            pieces.append(text[position : run.start() + 1])
            position = run.start() + 1
            continue
        pieces += [text[position : run.start()], reading]
        position = run.end()
    return "".join(pieces) + text[position:]


def _is_odd(run: str) -> bool:
    """Whether the run is none of the prose that may stand behind a question mark."""
    return len(run) > 1 and common_share(run) < 0.5


@lru_cache(maxsize=2)
def _words(in_traditional: bool) -> frozenset[str]:
    return frozenset(map(traditional, WORDS)) if in_traditional else WORDS
