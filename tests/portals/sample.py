"""What the simulated portals of these tests list: reports among news and look-alikes, some with attachments."""

from collections.abc import Mapping

from tests.kit.portal import Column, Entry, Portal, Reply

REPORT = (
    "<p>根据《中华人民共和国政府信息公开条例》的规定，现公布本年度报告。</p><p>一、总体情况</p><p>二、主动公开政府信息情况</p>"
    "<p>三、收到和处理政府信息公开申请情况</p><p>四、政府信息公开行政复议、行政诉讼情况</p><p>五、存在的主要问题及改进情况</p>"
    "<p>六、其他需要报告的事项</p><p>编号 {number}</p>"
)
BODIES = (
    "青石市人民政府",
    "青石市教育局",
    "青石市民政局",
    "青石市审计局",
    "白河镇人民政府",
    "云台街道办事处",
    "青石市统计局",
)


def reports(count: int, *, attachment_every: int = 5) -> tuple[Entry, ...]:
    """``count`` reports of different bodies and years, every fifth with a file."""
    return tuple(
        Entry(
            f"{BODIES[number % 7]}{2012 + number // 7}年政府信息公开工作年度报告",
            f"{2013 + number // 7}-01-{number % 28 + 1:02d}",
            REPORT.format(number=number).encode(),
            attachments=((f"W0{number}.pdf", b"%PDF-1.4 report"),) if number % attachment_every == 0 else (),
        )
        for number in range(count)
    )


def lookalikes(count: int) -> tuple[Entry, ...]:
    """News and what only looks like a report."""
    names = (
        "青石市召开第{n}次全市工作会议",
        "青石市召开政务公开工作推进会",
        "青石市20{n:02d}年法治政府建设年度报告",
        "青石市20{n:02d}年度部门决算公开",
        "20{n:02d}年政府网站工作年度报表",
        "一图读懂青石市20{n:02d}年政府信息公开工作年度报告",
        "关于做好20{n:02d}年政府信息公开工作年度报告编制工作的通知",
    )
    return tuple(
        Entry(names[number % len(names)].format(n=number + 1), f"2021-03-{number % 28 + 1:02d}", b"<p>other</p>")
        for number in range(count)
    )


def mixed(count: int, others: int = 12) -> tuple[Entry, ...]:
    """Reports with the look-alikes strewn between."""
    rows = list(reports(count))
    for number, entry in enumerate(lookalikes(others)):
        rows.insert(min(number * 3, len(rows)), entry)
    return tuple(rows)


def portal(style: str, count: int = 24, options: Mapping[str, str] | None = None, per_page: int = 10) -> Portal:
    """A portal whose annual-report column is of ``style``."""
    column = Column(
        "政府信息<br>\n公开年报", "zfxxgknb", mixed(count), style=style, per_page=per_page, options=options or {}
    )
    news = Column("要闻动态", "ywdt", tuple(Entry(f"青石市第{n}期要闻", "2024-05-01", b"<p>x</p>") for n in range(30)))
    return Portal("青石市人民政府", (column,), news=(news,))


def page(body: str, title: str = "页面") -> Reply:
    """A page written by hand."""
    return Reply(f"<html><head><title>{title}</title></head><body>{body}</body></html>".encode())


def article(title: str, body: str = "") -> Reply:
    """An article's page; the text of a report where no ``body`` is given."""
    text = body or REPORT.format(number=1)
    return Reply(
        f'<html><head><title>{title}</title><meta name="ArticleTitle" content="{title}"></head>'
        f"<body><h1>{title}</h1>{text}</body></html>".encode()
    )
