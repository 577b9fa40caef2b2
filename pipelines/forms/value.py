"""What one printed cell says: a number, nothing, a mark, or something that must not be guessed at."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from config.forms import Kind
from pipelines.report import State

# Full-width ASCII only. NFKC would turn ① into 1 and 1² into 12.
_ASCII = {full: full - 0xFEE0 for full in range(0xFF01, 0xFF5F)}
_SIGNS = dict.fromkeys(map(ord, "−﹣‐‑"), "-")
_BLANK = re.compile(r"[\s\u00ad\u180e\u200b-\u200f\u2060-\u2064\u3164\ufeff\uffa0]+")
# Thin spaces group digits; an ordinary space may as well part two numbers, and stays.
_THIN = re.compile(r"(?<=[0-9])[\u2008\u2009\u202f](?=[0-9]{3}(?![0-9]))")

_MARKS = re.compile(r"[-/\\|—–―─━－╱╲／＼*＊×✕_~.…·、。]+|[xX]")
_MARK_WORDS = frozenset(
    (
        "无",
        "空",
        "暂无",
        "没有",
        "未发生",
        "无数据",
        "无增减",
        "无变化",
        "不变",
        "持平",
        "不涉及",
        "不适用",
        "N/A",
        "NA",
        "n/a",
    )
)
_DIGITS = r"[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+"
_NUMBER = re.compile(rf"(?P<sign>[-+]?)(?P<whole>{_DIGITS})(?P<fraction>\.[0-9]+)?(?P<rest>\D*)")
_CHINESE = re.compile(r"(?P<digits>[零〇一二两三四五六七八九十百千]+)(?P<rest>\D*)")
_DIRECTION = re.compile(r"(增加|增长|新增|上升|增|↑|减少|下降|减|↓)了?(?=[0-9零〇一二两三四五六七八九十百千])")
_DOWN = frozenset(("减少", "下降", "减", "↓"))
# Where a change can be meant, a long dash before a number is its sign.
_DASHED = re.compile(r"^[—–](?=[0-9])")
_CURRENCY = re.compile(r"^(?:人民币|￥|¥)|人民币$")
_TRAILING = re.compile(r"[.。、,;；:：]$")

COUNT_UNITS = frozenset(
    (
        "件",
        "条",
        "次",
        "个",
        "项",
        "份",
        "篇",
        "人",
        "人次",
        "宗",
        "起",
        "例",
        "家",
        "户",
        "部",
        "期",
        "场",
        "班",
        "件次",
        "项次",
    )
)
# How many 万元 one of the unit is.
AMOUNT_UNITS = {
    "元": Decimal("0.0001"),
    "百元": Decimal("0.01"),
    "千元": Decimal("0.1"),
    "万": Decimal(1),
    "万元": Decimal(1),
    "萬": Decimal(1),
    "萬元": Decimal(1),
    "百万元": Decimal(100),
    "千万元": Decimal(1000),
    "亿": Decimal(10_000),
    "亿元": Decimal(10_000),
    "億元": Decimal(10_000),
}
_NUMERALS = "零一二三四五六七八九"
_PLACES = re.compile(
    r"(?:([一-九])千)?零?(?:([一-九])百)?零?(?:([一-九])十)?零?([一-九零])?".replace("一-九", _NUMERALS[1:])
)
MAX_LENGTH = 40


@dataclass(frozen=True, slots=True)
class Value:
    """``number`` is set for the state ``number`` alone (amounts in 万元); ``unit`` is the unit printed in the cell."""

    state: State
    number: int | float | None = None
    unit: str | None = None
    reason: str | None = None


BLANK = Value("blank")
MARK = Value("mark")


@lru_cache(maxsize=8192)
def read_value(text: str, kind: Kind = "count", unit: str | None = None) -> Value:
    """What ``text`` says in a cell of this ``kind``. ``unit`` is the unit of an amount that the header prints
    (None: 万元); a unit in the cell itself goes before it.

    A number is read only where nothing else can be meant: approximate numbers (约20), ranges, two numbers in one cell,
    numbers with a remark and letters that look like digits are ``unreadable``.
    """
    if len(text) > MAX_LENGTH:
        return _unreadable("it is a text, not a number")
    plain = _THIN.sub("", text.strip()).translate(_ASCII).translate(_SIGNS)
    plain = _BLANK.sub(" ", plain).strip()
    if not plain:
        return BLANK
    if plain.strip("()。.,、;") in _MARK_WORDS or _MARKS.fullmatch(plain.replace(" ", "")):
        return MARK
    return _read_number(plain, kind, unit)


def _read_number(plain: str, kind: Kind, unit: str | None) -> Value:
    if re.search(r"[0-9] +[0-9]", plain):
        return _unreadable("two numbers stand in one cell, or one is broken by a space")
    plain = _CURRENCY.sub("", plain.replace(" ", ""))
    if kind == "change":
        plain = _DASHED.sub("-", plain)
    direction = _DIRECTION.match(plain)
    if direction:
        if kind != "change":
            return _unreadable("it is a change, not a number of things")
        plain = plain[direction.end() :]
    amount, rest = _leading_number(plain)
    if amount is None:
        return _unreadable("it is not a plain number")
    if plain.startswith("+") and kind != "change":
        return _unreadable("it is a change, not a number of things")
    if direction and direction.group(1) in _DOWN:
        amount = -amount
    return _with_unit(amount, _TRAILING.sub("", rest), kind, unit)


def _leading_number(plain: str) -> tuple[Decimal | None, str]:
    """The number at the start and what follows it; None where the text is anything but one number and words."""
    found = _NUMBER.fullmatch(plain)
    if found:
        number = Decimal(found["whole"].replace(",", "") + (found["fraction"] or ""))
        return (-number if found["sign"] == "-" else number), found["rest"]
    found = _CHINESE.fullmatch(plain)
    if not found:
        return None, plain
    count = chinese_number(found["digits"])
    return (None if count is None else Decimal(count)), found["rest"]


def _with_unit(amount: Decimal, rest: str, kind: Kind, header_unit: str | None) -> Value:
    rest = rest[1:-1] if rest.startswith("(") and rest.endswith(")") else rest
    if kind == "amount":
        scale = AMOUNT_UNITS.get(rest or header_unit or "万元")
        if scale is None:
            return _unreadable(f"{rest!r} is not a unit of money")
        return Value("number", _plain_number(amount * scale), rest or None)
    if rest in ("万", "万件", "万条", "万次", "万人", "万人次", "万篇"):
        return Value("number", _plain_number(amount * 10_000), rest)
    if rest and rest not in COUNT_UNITS:
        return _unreadable(f"{rest!r} stands after the number")
    return Value("number", _plain_number(amount), rest or None)


def _plain_number(amount: Decimal) -> int | float:
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def _unreadable(reason: str) -> Value:
    return Value("unreadable", reason=reason)


def chinese_number(digits: str) -> int | None:
    """``一百二十`` → 120; None for what is not a well-formed number below 10 000 (一百二, 二〇, 一二)."""
    plain = digits.replace("两", "二").replace("〇", "零")
    plain = f"一{plain}" if plain.startswith("十") else plain
    found = _PLACES.fullmatch(plain)
    if found is None:
        return None
    number = sum(
        _NUMERALS.index(digit) * power
        for digit, power in zip(found.groups(default="零"), (1000, 100, 10, 1), strict=True)
    )
    return number if in_chinese(number) == plain else None


def is_in_words(text: str) -> bool:
    """Whether the text is a number in Chinese numerals, and not the stroke alone (一) that dashes are typed as."""
    plain = text.strip()
    return plain != "一" and chinese_number(plain) is not None


def in_chinese(number: int) -> str:
    """The one careful way to write a number below 10 000: 一百零二, 一十二."""
    text, gap = "", False
    for power, sign in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // power % 10
        if digit:
            text += ("零" if gap and text else "") + _NUMERALS[digit] + sign
        gap = not digit
    return text or "零"
