"""Folding of written text: the short way that most lines take says what the long one says."""

from unicodedata import normalize

from pipelines.identity.folding import folded

_BRACKETS = str.maketrans("()[]{}〈〉﹙﹚", "（）【】【】《》（）")
_PLANE = [chr(code) for code in range(1, 0x10000) if not 0xD800 <= code < 0xE000]
_BLANK = [mark for mark in _PLANE if mark.isspace() or mark in "\u200b\u200c\u200d\u200e\u200f\ufeff\xad"]


def test_every_character_is_folded_by_the_standard_and_the_brackets():
    for mark in set(_PLANE) - set(_BLANK):
        spelled = "".join(normalize("NFKC", mark).split()).translate(_BRACKETS)
        assert folded(mark) == spelled, hex(ord(mark))
        assert folded(f"，一{mark}：") == f",一{spelled}:", hex(ord(mark))


def test_blanks_go_and_the_zero_of_years_stays():
    assert folded("".join(_BLANK)) == ""
    assert folded("二〇一九") == "二〇一九"
