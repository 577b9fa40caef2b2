"""Whose report it is: all witnesses weighed, the agency that the report names, and what disagrees."""

import re

from config import divisions
from config.aliases import aliases
from config.hosts import host_of
from config.sectors import sector_of
from config.site import Site
from pipelines.documents.model import Document
from pipelines.identity.folding import folded
from pipelines.identity.name import Name
from pipelines.identity.resolve import Hints, agrees, resolve
from pipelines.identity.witness import Witness
from pipelines.report import Agency, Finding

# The report names its agency in the title; where it doesn't, in this order. A publisher line can name the office
# that uploaded the page or a successor body, so it comes after everything that the report says itself.
_ORDER = (
    "title",
    "signature",
    "compiled",
    "called",
    "unread",
    "publisher",
    "headline",
    "contact",
    "opening",
    "uploader",
    "site",
)
_NAMES_ZH = {
    "title": "标题",
    "headline": "标题上方",
    "unread": "标题",
    "signature": "落款",
    "compiled": "编制说明",
    "called": "正文简称说明",
    "contact": "联系方式",
    "publisher": "发布机构",
    "opening": "正文开头",
    "uploader": "发布机构",
    "site": "网站名称",
}
# Sources that speak of the report's own agency and should agree with the title.
_FIRM = ("signature", "compiled", "called", "publisher", "uploader")
_OWN = ("title", "signature", "compiled", "called")
_WEAK = ("publisher", "contact", "opening", "uploader", "site")
# Sources that may speak of others: they only help where the report's own words and the address are silent.
_HEARD = ("contact", "opening", "uploader", "site")
# A public body's 统一社会信用代码 (GB 32100): 11 to 19, then the division where it is registered.
_CREDIT_CODE = re.compile(r"(?<![0-9A-Z])1[1-9](\d{6})[0-9A-Z]{10}(?![0-9A-Z])")


def find_agency(
    document: Document, found: tuple[Witness, ...], *, url: str, site: Site | None, text: str, year: int | None
) -> tuple[Agency | None, tuple[Finding, ...]]:
    """The agency and the findings ``identity.agency``; None with a finding where it can't be told."""
    ranked = sorted(found, key=lambda witness: _ORDER.index(witness.source))
    hints = Hints(
        _division_codes(document, found, url, site),
        tuple(witness.name for witness in ranked if witness.source not in _HEARD),
        tuple(witness.name for witness in ranked if witness.source in _HEARD),
        text,
        year,
    )
    ranked = _with_department_first(ranked)
    named: Name | None = None
    for witness in ranked:
        agency = _corrected(witness.name, resolve(witness.name, hints), hints)
        if agency is None and named is None and witness.source in _OWN and witness.name.kind != "unknown":
            named = witness.name
        # Where the report's own name can't be completed, another body's is not taken for it.
        if agency is not None and _may_decide(witness) and (named is None or agrees(named, witness.name)):
            return agency, (
                *_open_division(witness.name, agency),
                *_disagreements(witness, agency, ranked, hints),
                *_weakness(witness, ranked),
            )
    if not ranked:
        return None, (_unknown("no title, signature or publisher names an agency", "标题、落款和发布机构均未写明单位"),)
    name = named or ranked[0].name
    bodies = [body.name for body in name.options if year is None or body.stood_in(year)]
    several, several_zh = (f": {', '.join(bodies)}", "、".join(bodies)) if len(bodies) > 1 else ("", "")
    return None, (
        _unknown(
            f"{name.written} could be one of several, and nothing says which{several}",
            f"“{name.written}”可指多个单位{several_zh and f'（{several_zh}）'}，无从判断是哪一个",
        ),
    )


def _corrected(name: Name, agency: Agency | None, hints: Hints) -> Agency | None:
    """The agency after the operator's aliases, which hold for the name as printed or for the full name made of it."""
    for written in (folded(name.written), agency.name if agency else ""):
        alias = next((one for one in aliases().get(written, ()) if one.holds(hints.codes, hints.year)), None)
        if alias is not None:
            division = divisions.division(alias.division) if alias.division else None
            sector = agency.sector if agency else sector_of(alias.name)
            return Agency(alias.name, name.written, alias.division, division.level if division else None, sector)
    return agency


def _division_codes(document: Document, found: tuple[Witness, ...], url: str, site: Site | None) -> tuple[str, ...]:
    """The divisions that the page belongs to, the most reliable source first: the site's file, the credit code that
    begins the 索引号 or stands in the address, the table of portals, the SiteIDCode (its first six digits), the owner
    of the site.
    """
    codes = [site.division if site else None]
    marked = [value for label, value in document.fields if label.startswith("索引")]
    codes += [match[1] for text in (*marked, url) if (match := _CREDIT_CODE.search(text)) is not None]
    codes.append(divisions.division_of_host(host_of(url)))
    codes += [value[:6] for key, value in document.meta if key == "siteidcode" and value[:6].isdigit()]
    codes += [
        witness.name.divisions[0].code
        for witness in found
        if witness.source == "site" and len(witness.name.divisions) == 1
    ]
    return tuple(dict.fromkeys(code for code in codes if code and divisions.division(code)))


def _with_department_first(ranked: list[Witness]) -> list[Witness]:
    """A title that names a division alone means its government, unless it has a department in brackets, or two of
    signature, text and publisher name one.
    """
    if not ranked or ranked[0].source != "title" or ranked[0].name.kind != "region":
        return ranked
    region = ranked[0].name
    beside = [w for w in ranked if w.source == "title" and w.name.kind == "body" and not w.name.is_government]
    if beside:
        return [*beside, *(witness for witness in ranked if witness not in beside)]
    speaking = [w for w in ranked if w.source in _OWN[1:] and w.name.kind == "body"]
    departments = [w for w in speaking if not w.name.is_government and _same_place(w.name, region)]
    beside = [w for w in ranked if w.source in ("publisher", "opening") and departments]
    second = len(departments) > 1 or any(agrees(departments[0].name, w.name) for w in beside)
    if not second or len(departments) < len(speaking):
        return ranked
    return [*departments, *(witness for witness in ranked if witness not in departments)]


def _same_place(name: Name, region: Name) -> bool:
    return not name.divisions or bool({one.code for one in name.divisions} & {one.code for one in region.divisions})


def _may_decide(witness: Witness) -> bool:
    """Whether the witness alone is enough: a portal's owner is not (every department publishes there), nor the
    government's office as the address for questions, nor a body without any place as the subject of a sentence.
    """
    name = witness.name
    if witness.source == "site":
        return name.kind == "body" and not name.is_government
    if witness.source == "contact":
        return not name.is_government
    if witness.source == "opening":
        return name.is_placed
    return True


def _open_division(name: Name, agency: Agency) -> tuple[Finding, ...]:
    if name.unlisted:
        return (
            Finding(
                "identity.agency",
                "note",
                f"The table of divisions has no {name.unlisted}; the agency is named as printed, without a code.",
                f"行政区划表中没有“{name.unlisted}”；单位名称照录，无区划代码。",
                stated=name.unlisted,
            ),
        )
    if agency.division is not None or agency.level is None or agency.level == "national":
        return ()
    return (
        _finding(
            f"Several divisions bear the name in {agency.name}; nothing says which is meant.",
            f"“{agency.name}”中的地名有多处同名，无从判断是哪一处。",
        ),
    )


def _weakness(winner: Witness, ranked: list[Witness]) -> tuple[Finding, ...]:
    """A note where a single weak source names the agency and nothing else speaks for it."""
    others = (witness for witness in ranked if witness.source != winner.source)
    if winner.source not in _WEAK or any(agrees(winner.name, other.name) for other in others):
        return ()
    return (
        Finding(
            "identity.agency",
            "note",
            f"Only the {winner.source} names the agency: {winner.name.written}.",
            f"仅{_NAMES_ZH[winner.source]}写明单位：{winner.name.written}。",
            stated=winner.name.written,
        ),
    )


def _disagreements(winner: Witness, agency: Agency, ranked: list[Witness], hints: Hints) -> tuple[Finding, ...]:
    """One finding for the first firm witness that names another agency."""
    for witness in ranked:
        # Who acts in the text is the report's own word against an office that put it up.
        firm = witness.source in _FIRM or (witness.source == "opening" and winner.source in ("publisher", "uploader"))
        if not firm or witness.source == winner.source or agrees(winner.name, witness.name):
            continue
        other = _corrected(witness.name, resolve(witness.name, hints), hints)
        if other is None or (other.name, other.division) == (agency.name, agency.division):
            continue
        if winner.name.is_government and witness.name.is_government and other.division == agency.division:
            # A government's report is signed and published by its office: no disagreement.
            continue
        return (_disagreement(winner, agency, witness, other),)
    return ()


def _disagreement(winner: Witness, agency: Agency, witness: Witness, other: Agency) -> Finding:
    later = {body.later for body in winner.name.options}
    successor = any(body.name in later for body in witness.name.options)
    office = witness.source == "uploader"
    reason = " (its successor)" if successor else " (the office that publishes for others)" if office else ""
    reason_zh = "（机构改革后的单位）" if successor else "（代为发布的单位）" if office else ""
    return Finding(
        "identity.agency",
        "note" if successor or office else "warning",
        f"The {winner.source} names {agency.name}, the {witness.source} {other.name}{reason}; {agency.name} is taken.",
        f"{_NAMES_ZH[winner.source]}写的是{agency.name}，{_NAMES_ZH[witness.source]}写的是{other.name}{reason_zh}；"
        f"以前者为准。",
        stated=other.name,
        expected=agency.name,
    )


def _unknown(reason: str, reason_zh: str) -> Finding:
    return _finding(f"The agency can't be told: {reason}.", f"无法判断单位：{reason_zh}。")


def _finding(message: str, message_zh: str) -> Finding:
    return Finding("identity.agency", "warning", message, message_zh)
