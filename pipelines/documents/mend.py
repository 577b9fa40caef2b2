"""Repair of damaged text, for every format: what copying, converting and wrong decoding have done to it.

A repair is made for the whole document where the damage is clear, and is named in `Document.repairs`, because what is
reported as printed is the text after the repairs. No repair creates, changes or removes an ASCII or full-width digit:
one that would is not made.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from html import unescape
from typing import NamedTuple
from unicodedata import normalize

from pipelines.documents.chinese import TRADITIONAL, is_traditional, simplified
from pipelines.documents.model import Document, GridCell, Paragraph, Table
from pipelines.documents.mojibake import SUSPECTS, mend_mojibake
from pipelines.documents.normal import fold_lines

Note = tuple[str, str]

_DIGITS = re.compile(r"[0-9０-９]")
_SEPARATOR = "\x1e"  # between strings that are mended together; scrubbed text never holds it

# 公(gōng)開: a converter's pronunciation behind a character it wrote in the traditional form.
_TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüĀÁǍÀĒÉĚÈŌÓǑÒ"
_ANNOTATION = re.compile(rf"[(（](?<=[\u3400-\u9fff][(（])\s?([a-z{_TONED}\u0300-\u030c]{{1,7}})\s?[)）]", re.I)
_SYLLABLE = re.compile(
    "(?:[bpmfdtnlgkhjqxzcsryw]|[zcs]h)?"
    "(?:i?a(?:o|i|ng?)?|ua(?:i|ng?)?|i?ong|i?e(?:i|ng?|r)?|i(?:ng?|u)?|o(?:u|ng)?|u(?:i|n|o|e)?|ü(?:e|n|an)?|üan|v|ue|uan|iu)"
)
_PLAIN_VOWELS = str.maketrans("āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ", "aaaaeeeeiiiioooouuuuüüüü")
_FEW = 3

# Markup that shows as text, and entities that were escaped twice. Numeric references may stand for digits: left alone.
_TAGS = re.compile(r"</?(?:p|br|div|span|strong|b|font|td|tr|table|tbody|o:p|a|h[1-6])(?:\s[^<>\n]{0,300})?/?>", re.I)
_CUT_END = re.compile(r"\?[！!]\?/p>")  # what the bytes of ``。　</p>`` show when they are read one off (see `shifted`)
_CUT_TAG = re.compile(r"\?/(?:p|span|div|strong)>", re.I)
_ENTITY = re.compile(
    r"&(?:amp;)?(?:nbsp|ensp|emsp|thinsp|quot|ldquo|rdquo|lsquo|rsquo|hellip|mdash|ndash|middot|lt|gt|amp);", re.I
)

# PDF programs write characters that are radicals, too, as the forms in the lists of radicals (⽤ for 用). Unicode
# folds those of Kangxi; of its supplement these are characters in use (EquivalentUnifiedIdeograph.txt).
_RADICAL = "\u2e80-\u2fdf"
_RADICALS = {kangxi: normalize("NFKC", chr(kangxi)) for kangxi in range(0x2F00, 0x2FD6)}
_RADICALS |= dict(zip(map(ord, "⺟⺠⻁⻄⻅⻆⻉⻋⻑⻓⻔⻗⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻨⻩⻬⻮⻰⻳"),
                      "母民虎西见角贝车長长门雨青韦页风飞食马骨鬼鱼鸟麦黄齐齿龙龟", strict=True))  # fmt: skip

# What a text has that any repair may change. Most texts have nothing of it, which shows in a third of the time.
_LETTERS = f"a-zA-Z\u017f\u212a{_TONED.lower()}{_TONED.upper()}\u0300-\u030c"
_SUSPECT = re.compile(f"[{SUSPECTS}{TRADITIONAL}{_RADICAL}&<]")
_ANNOTATED = tuple(re.compile(rf"{bracket}\s?[{_LETTERS}]") for bracket in (r"\(", "（"))


class Mended(NamedTuple):
    """``repairs`` as in `Document.repairs`, ``notes`` as in `Document.notes`."""

    text: str
    repairs: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()


def mend(text: str) -> Mended:
    """The text with every repair that it needs."""
    if not _SUSPECT.search(text) and not any(pattern.search(text) for pattern in _ANNOTATED):
        return Mended(text)
    repairs: list[str] = []
    notes: list[Note] = []
    for name, repair in _REPAIRS:
        mended, note = repair(text)
        if mended != text and _digits(mended) == _digits(text):
            repairs.append(name)
            text = mended
        if note:
            notes.append(note)
    return Mended(text, tuple(repairs), tuple(notes))


def mend_all(texts: Sequence[str]) -> tuple[list[str], tuple[str, ...], tuple[Note, ...]]:
    """The strings of one document, mended together, because the damage shows in their sum; as many come back."""
    mended = mend(_SEPARATOR.join(texts))
    if not mended.repairs:
        return list(texts), (), mended.notes
    parts = mended.text.split(_SEPARATOR)
    if len(parts) != len(texts):
        return list(texts), (), mended.notes
    return parts, mended.repairs, mended.notes


def mend_document(document: Document) -> Document:
    """The document with its titles, fields, paragraphs and cells mended."""
    texts: list[str] = [text for _, text in document.titles]
    texts += [value for _, value in document.fields]
    for block in document.blocks:
        texts += texts_of(block)
    parts, repairs, notes = mend_all(texts)
    if not repairs:
        return replace(document, notes=document.notes + notes) if notes else document
    mended = map(fold_lines, parts)
    return replace(
        document,
        titles=tuple((source, next(mended)) for source, _ in document.titles),
        fields=tuple((label, next(mended)) for label, _ in document.fields),
        blocks=tuple(with_texts(block, mended) for block in document.blocks),
        repairs=tuple(dict.fromkeys(document.repairs + repairs)),
        notes=document.notes + notes,
    )


def texts_of(block: Paragraph | Table) -> list[str]:
    """The strings of the block, in order."""
    return [block.text] if isinstance(block, Paragraph) else [cell.text for cell in block.cells]


def with_texts(block: Paragraph | Table, texts: Iterator[str]) -> Paragraph | Table:
    """The block with the next of ``texts`` in the place of those that `texts_of` gave."""
    if isinstance(block, Paragraph):
        return block._replace(text=next(texts))
    return replace(block, cells=tuple([_mended_cell(cell, next(texts)) for cell in block.cells]))


def _mended_cell(cell: GridCell, text: str) -> GridCell:
    return cell if text == cell.text else cell._replace(text=text)


def _digits(text: str) -> list[str]:
    return _DIGITS.findall(text)


def _without_radicals(text: str) -> tuple[str, Note | None]:
    return text.translate(_RADICALS), None


def _without_markup(text: str) -> tuple[str, Note | None]:
    if "&" not in text and "/" not in text and "<" not in text:
        return text, None
    text = _ENTITY.sub(lambda entity: unescape(unescape(entity[0])).replace("\u00a0", " "), text)
    return _CUT_TAG.sub("", _TAGS.sub("", _CUT_END.sub("。", text))), None


def _without_annotations(text: str) -> tuple[str, Note | None]:
    found = [match[1] for match in _ANNOTATION.finditer(text) if _is_pinyin(match[1])]
    toned = sum(1 for syllable in found if not syllable.isascii())
    if not found or (toned == 0 and len(found) < _FEW and not is_traditional(text)):
        return text, None
    return _ANNOTATION.sub(lambda match: "" if _is_pinyin(match[1]) else match[0], text), None


def _is_pinyin(syllable: str) -> bool:
    plain = normalize("NFC", syllable.lower()).translate(_PLAIN_VOWELS)
    return _SYLLABLE.fullmatch(plain) is not None


def _simplified(text: str) -> tuple[str, Note | None]:
    return (simplified(text) if is_traditional(text) else text), None


_REPAIRS: tuple[tuple[str, Callable[[str], tuple[str, Note | None]]], ...] = (
    ("radicals", _without_radicals),
    ("mojibake", mend_mojibake),
    ("markup_removed", _without_markup),
    ("annotations_removed", _without_annotations),
    ("simplified", _simplified),
)
