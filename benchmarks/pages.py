"""Pages as portals serve them, for the benchmarks: about 35 KB, half of them annual reports, half other notices."""

from random import Random

from benchmarks.accuracy.layouts import as_printed, broken_labels, declared, page
from tests.kit.reports.sample import SampleReport

_TABLES = (as_printed, broken_labels)
_FORMS = (("2021", 2022), ("2019", 2020), ("2021", 2022), ("2014", 2016))
_PLACES = "东西南北中上下新"
_KINDS = ("财政局", "教育局", "民政局", "卫生健康委员会", "交通运输局", "水利局", "审计局", "统计局")
_WORDS = "各部门要进一步提高认识加强领导落实责任完善制度推进政务服务改革优化营商环境保障民生做好工作通知如下请认真执行"


def portal_page(number: int) -> bytes:
    """The page ``number``: every second one is a report, with an agency, numbers and links of its own."""
    rng = Random(number)
    text = _report(number, rng) if number % 2 == 0 else _notice(number, rng)
    return declared(text, "utf-8").replace("<body>", f"<body><ul>{_navigation(rng)}</ul>", 1).encode()


def _report(number: int, rng: Random) -> str:
    form, year = _FORMS[number // 2 % len(_FORMS)]
    report = SampleReport.drawn(f"{_place(number)}{rng.choice(_KINDS)}", year, form, number, length=4)
    return page(report, lambda rows: rng.choice(_TABLES)(rows, rng))


def _notice(number: int, rng: Random) -> str:
    title = f"{_place(number)}人民政府办公室关于做好第{number}号有关工作的通知"
    paragraphs = "".join(f"<p>　　{''.join(rng.choices(_WORDS, k=150))}。</p>" for _ in range(40))
    return f"<html><head><title>{title}</title></head><body><h1>{title}</h1><div>{paragraphs}</div></body></html>"


def _place(number: int) -> str:
    return "".join(_PLACES[number >> shift & 7] for shift in (0, 3, 6, 9)) + "市"


def _navigation(rng: Random) -> str:
    """What a portal's template puts around the article; the CMS draws the addresses."""
    return "".join(
        f'<li><a href="/art/{rng.getrandbits(64):016x}/index.html" target="_blank">政务公开栏目{number}</a></li>'
        for number in range(90)
    )
