"""Bytes to text. Declarations lie: GBK pages say UTF-8, UTF-8 pages say gb2312, many say nothing.

The order: byte order mark, UTF-16 by its zero bytes, strict UTF-8, the declared encodings (header, then meta; gb2312
and gbk read as gb18030, which contains both), gb18030, big5. What decodes without an error must also read as Chinese
before it is believed. Nothing fits: the reading that loses least, with a note.
"""

import codecs
import re
from dataclasses import dataclass

from pipelines.documents.normal import scrub

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_ALIASES = {"gb2312": "gb18030", "gbk": "gb18030", "cp936": "gb18030", "x-gbk": "gb18030", "gb_2312-80": "gb18030"}
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:+-]{2,40})", re.I)
_META = re.compile(
    rb"<meta[^>]{0,400}?charset\s*=\s*[\"']?\s*([\w.:+-]{2,40})|<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([\w.-]{2,40})",
    re.I,
)
_META_WINDOW = 8192
_HAN = re.compile("[\u3400-\u9fff]")
# The commonest characters of official prose, simplified and traditional: about a third of real text, and by chance
# one in fifty of text that was decoded wrongly.
_COMMON = re.compile(
    "[的一是在不了有和人这中大为上个国以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行"
    "政府信息公开机关部门报告情况年度申请办理数量本其他总计结果市县区局室委会人民第条项组织内容处理行政复议诉讼"
    "這國時來們對會發動過說產種後開報機關門請辦數計結縣區條項組織內處議訴訟]"
)
_MIN_COMMON = 0.15
_SAMPLE = 60_000
_FEW_ERRORS = 0.02
_CONTROL_BYTES = bytes(code for code in (*range(0x20), 0x7F) if chr(code) not in "\t\n\r\f")


@dataclass(frozen=True, slots=True)
class Decoded:
    """``encoding`` is the codec that was used, ``notes`` (code, sentence) pairs as in `Document.notes`; ``verbatim``
    says that the payload is the text in UTF-8, byte by byte."""

    text: str
    encoding: str
    notes: tuple[tuple[str, str], ...] = ()
    verbatim: bool = False


def decode(payload: bytes, content_type: str | None = None) -> Decoded:
    """Decode a text or HTML payload; never raises. ``content_type`` is the HTTP header's value.

    The text is scrubbed: no NULs, no surrogates, no C1 controls.
    """
    text, encoding, notes = _decode(payload, content_type)
    text = text.removeprefix("\ufeff")
    if encoding == "utf-8" and _is_clean(payload, text):
        return Decoded(text, encoding, notes, verbatim=not payload.startswith(codecs.BOM_UTF8))
    return Decoded(scrub(text), encoding, notes)


def _is_clean(payload: bytes, text: str) -> bool:
    """Whether UTF-8 holds nothing to scrub, as the bytes tell many times faster than the text: no C0 control, no lead
    byte of the C1 controls, none of the plane's last code points."""
    if b"\xc2" in payload or "\ufffe" in text or "\uffff" in text:
        return False
    return len(payload.translate(None, _CONTROL_BYTES)) == len(payload)


def _decode(payload: bytes, content_type: str | None) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    for mark, name in _BOMS:
        if payload.startswith(mark) and (text := _strict(payload[len(mark) :], name)) is not None:
            return text, name, ()
    if wide := _wide(payload):
        return wide[0], wide[1], ()
    if (text := _strict(payload, "utf-8")) is not None:
        return text, "utf-8", _contradiction("utf-8", declared_encodings(payload, content_type))
    return _legacy(payload, declared_encodings(payload, content_type))


def declared_encodings(payload: bytes, content_type: str | None) -> tuple[str, ...]:
    """The codecs that header and document declare, in this order, as Python names; unknown ones left out."""
    declared = [match[1] for match in [_CHARSET.search(content_type or "")] if match]
    if match := _META.search(payload, 0, _META_WINDOW):
        declared.append((match[1] or match[2]).decode("ascii", "replace"))
    names = [name for label in declared if (name := _codec_name(label))]
    return tuple(dict.fromkeys(names))


def _codec_name(label: str) -> str | None:
    label = label.strip().lower()
    if label in _ALIASES:
        return _ALIASES[label]
    try:
        "".encode(label)  # refuses the codecs that are none of characters: hex, zip, rot13
        name = codecs.lookup(label).name
    except (LookupError, ValueError):
        return None
    return _ALIASES.get(name, name)


def _legacy(payload: bytes, declared: tuple[str, ...]) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    """Not UTF-8 throughout: the first encoding that decodes the payload and reads as Chinese, else the least loss."""
    nearly = _nearly_utf8(payload)
    if nearly is None:
        candidates = [name for name in declared if name not in ("utf-8", "ascii")]
        # Latin codecs accept every byte: they are only believed after those that can say no.
        ranked = [name for name in candidates if not _accepts_anything(name)]
        for name in dict.fromkeys([*ranked, "gb18030", "big5"]):
            text = _strict(payload, name)
            if text is not None and _reads_well(text):
                return text, name, _contradiction(name, declared)
        for name in candidates:
            text = _strict(payload, name)
            if text is not None and not _HAN.search(_lossy(payload, "gb18030")):
                return text, name, ()
    text, name = min(
        ((_lossy(payload, name), name) for name in ("utf-8", "gb18030", *declared)),
        key=lambda reading: (reading[0].count("\ufffd"), -common_share(reading[0])),
    )
    if nearly is not None:
        text, name = nearly, "utf-8"
    lost = text.count("\ufffd")
    notes = _contradiction(name, declared)
    if lost:
        notes += (("encoding_lossy", f"{lost} places could not be decoded as {name} and show as \ufffd"),)
    return text, name, notes


def _nearly_utf8(payload: bytes) -> str | None:
    """The text where the payload is UTF-8 with a few broken sequences (a CMS cut it in the middle of a character)."""
    text = _lossy(payload, "utf-8")
    wide = sum(1 for character in text[:_SAMPLE] if character > "\u07ff")
    broken = text[:_SAMPLE].count("\ufffd")
    return text if wide and broken <= max(2, wide * _FEW_ERRORS) and wide > 2 * broken else None


def _contradiction(used: str, declared: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    if not declared or used in declared or set(declared) == {"ascii"}:
        return ()
    return (("encoding_declared", f"declared as {' and '.join(declared)}, but the bytes are {used}"),)


def _wide(payload: bytes) -> tuple[str, str] | None:
    """UTF-16 without a byte order mark: zero bytes on one side of the pairs, and text that reads well only so."""
    head = payload[:4096]
    if len(head) < 8 or b"\0" not in head:
        return None
    even, odd = head[0::2].count(0), head[1::2].count(0)
    for name, here, there in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        text = _strict(payload[: len(payload) & ~1], name)
        if text is not None and (_reads_well(text) or (here > len(head) // 4 and here > 8 * there)):
            return text, name
    return None


def _strict(payload: bytes, name: str) -> str | None:
    try:
        return payload.decode(name)
    except (UnicodeError, ValueError):
        return None


def _lossy(payload: bytes, name: str) -> str:
    return payload.decode(name, "replace")


def _accepts_anything(name: str) -> bool:
    return _strict(bytes(range(0xA0, 0x100)), name) is not None


def _reads_well(text: str) -> bool:
    """Text with Han characters whose common ones are as frequent as in prose; text without any is not judged here."""
    return bool(_HAN.search(text)) and common_share(text) >= _MIN_COMMON


def common_share(text: str) -> float:
    """The share of the commonest characters of official prose among the text's Han characters (0 without any)."""
    sample = text[:_SAMPLE]
    han = len(_HAN.findall(sample))
    return len(_COMMON.findall(sample)) / han if han else 0.0
