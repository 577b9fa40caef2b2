"""The portal of 青石市, a city that does not exist, described as data.

One paged list (TRS) mixes reports with news and look-alikes; the units have platforms of their own, in other CMS
families (Hanweb's jpage, VSB, UCAP's JSON); the three statutory forms occur as HTML, PDF and Word; one report is
published twice. The numbers of one agency's consecutive years fit each other.
"""

from collections.abc import Sequence
from itertools import pairwise

from tests.kit.portal import Column, Entry, Portal, Unit
from tests.kit.reports.render import docx, html_body, pdf
from tests.kit.reports.sample import SampleReport
from tests.kit.reports.values import follow

CITY = "青石市"
HEALTH = f"{CITY}卫生健康委员会"
FINANCE = f"{CITY}财政局"
EDUCATION = f"{CITY}教育局"
TOWN = f"{CITY}柳河镇人民政府"
CULTURE = f"{CITY}文化和旅游局"


def _report(agency: str, year: int, form: str, **more: object) -> SampleReport:
    return SampleReport.drawn(agency, year, form, **more)


def _chained(*reports: SampleReport) -> tuple[SampleReport, ...]:
    """The reports of one agency, oldest first, each year after the one before it."""
    for before, after in pairwise(reports):
        if after.year == before.year + 1 and before.form != "2014":
            follow(after.values, before.values)
    return reports


GOVERNMENT = _chained(
    *(
        _report(f"{CITY}人民政府", year, form, signed=(year + 1, 3, 20))
        for year, form in (
            (2017, "2014"),
            (2018, "2014"),
            (2019, "2019"),
            (2020, "2019"),
            (2021, "2021"),
            (2022, "2021"),
        )
    )
)
# The printed total of 2022 is one too high in the first column: the agency's own slip, which must be found.
_slip = ("requests", "total", "natural_person")
_health_2022 = _report(HEALTH, 2022, "2021")
_health_2022.printed[_slip] = str(int(_health_2022.values[_slip]) + 1)
HEALTH_REPORTS = (_report(HEALTH, 2018, "2014"), _report(HEALTH, 2020, "2019"), _health_2022)
FINANCE_REPORTS = _chained(
    _report(FINANCE, 2020, "2019"), _report(FINANCE, 2021, "2021"), _report(FINANCE, 2023, "2021")
)
EDUCATION_REPORT = _report(EDUCATION, 2021, "2021")
TOWN_REPORTS = _chained(_report(TOWN, 2022, "2021"), _report(TOWN, 2023, "2021"))
CULTURE_REPORTS = _chained(*(_report(CULTURE, year, "2021") for year in (2021, 2022, 2023)))

REPORTS = (*GOVERNMENT, *HEALTH_REPORTS, *FINANCE_REPORTS, EDUCATION_REPORT, *TOWN_REPORTS, *CULTURE_REPORTS)


def _published(report: SampleReport) -> str:
    year, month, day = report.date
    return f"{year}-{month:02d}-{day + 3:02d}"


def _page(report: SampleReport) -> Entry:
    return Entry(report.title, _published(report), html_body(report).encode(), publisher=report.agency)


def _pages(reports: Sequence[SampleReport]) -> tuple[Entry, ...]:
    """The newest first, as lists show them."""
    return tuple(_page(report) for report in reversed(reports))


def _as_attachment(report: SampleReport, name: str, payload: bytes) -> Entry:
    body = f"<p>　　{report.title}见附件。</p>".encode()
    return Entry(report.title, _published(report), body, attachments=((name, payload),), publisher=report.agency)


def _other(title: str, published: str, text: str = "") -> Entry:
    return Entry(title, published, f"<p>　　{text or title}。</p>".encode() * 6)


_LOOKALIKES = (
    _other(f"{CITY}2022年法治政府建设年度报告", "2023-02-10", "法治政府建设取得新进展"),
    _other(f"{CITY}人民政府网站工作年度报表（2022年度）", "2023-01-28", "网站信息发布情况见报表"),
    _other(f"{CITY}2022年度部门决算公开", "2023-09-01", "收入支出决算总体情况"),
    _other(f"{CITY}召开政务公开工作推进会", "2022-05-12", "会议部署全市政务公开重点任务"),
    _other(f"一图读懂{CITY}2021年政府信息公开工作年度报告", "2022-04-02", "请看图解"),
    _other(f"{CITY}2022年政务公开工作要点", "2022-06-01", "印发政务公开工作要点"),
    _other("春风送岗位暖人心", "2021-02-20", "招聘会在人民广场举行"),
)
_PDF_REPORT = FINANCE_REPORTS[1]
_DOCX_REPORT = FINANCE_REPORTS[2]

_MIXED = tuple(
    sorted(
        (
            *(_page(report) for report in GOVERNMENT),
            _page(FINANCE_REPORTS[0]),
            _as_attachment(_PDF_REPORT, "W020220123_1.pdf", pdf(_PDF_REPORT)),
            _as_attachment(_DOCX_REPORT, "W020240123_1.docx", docx(_DOCX_REPORT)),
            Entry(EDUCATION_REPORT.title, _published(EDUCATION_REPORT), pdf(EDUCATION_REPORT), file="jyj2021.pdf"),
            # The same report again, reposted by the city under another date.
            Entry(
                HEALTH_REPORTS[1].title,
                "2021-04-01",
                html_body(HEALTH_REPORTS[1]).encode(),
                publisher=f"{CITY}人民政府办公室",
            ),
            *_LOOKALIKES,
        ),
        key=lambda entry: entry.published,
        reverse=True,
    )
)

PORTAL = Portal(
    name=f"{CITY}人民政府",
    columns=(Column("政府信息<br>公开年报", "zfxxgknb", _MIXED, per_page=8),),
    units=(
        Unit(
            HEALTH,
            "wsjkw",
            (Column("政府信息公开年报", "nb", _pages(HEALTH_REPORTS), style="hanweb", options={"module": "jpage"}),),
        ),
        Unit(
            f"{CITY}柳河镇",
            "lhz",
            (Column("政府信息公开年度报告", "ndbg", _pages(TOWN_REPORTS), style="vsb", per_page=1),),
        ),
        Unit(
            CULTURE,
            "wlj",
            (
                Column(
                    "政府信息公开年报",
                    "nb",
                    _pages(CULTURE_REPORTS),
                    style="ucap",
                    per_page=2,
                    options={"json": "search_list"},
                ),
            ),
        ),
    ),
    news=(
        Column(
            "新闻动态",
            "xwdt",
            tuple(_other(f"{CITY}推进重点项目建设（第{n}期）", f"2023-0{n}-11") for n in range(1, 8)),
        ),
    ),
)
