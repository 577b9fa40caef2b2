"""What an item's page turns out to be: an article, a report, or a list after all."""

from crawler.portals.anchors import links
from crawler.portals.attachments import attachments
from crawler.portals.page import Page, squash
from crawler.portals.rows import rows
from crawler.portals.select import YEAR, judge, reads_like_report


def has_sections(page: Page) -> bool:
    """Whether the page's text has the sections of an annual report."""
    return reads_like_report(squash(str(page.tree.text_content())))


def is_article(page: Page) -> bool:
    """Whether a page is one article: it says so, reads like a report, or carries files and leads to no reports."""
    if page.meta("ArticleTitle") or has_sections(page):
        return True
    return bool(attachments(page)) and not leads_to_reports(page)


def is_report(page: Page) -> bool:
    """Whether the page that a column's, year's or unit's link led to is the report itself."""
    title = page.meta("ArticleTitle")
    named = bool(title) and judge(title, column=True).take
    return (named or has_sections(page)) and not leads_to_reports(page)


def leads_to_reports(page: Page) -> bool:
    """Whether a page links several single reports, or years."""
    titles = {link.text for link in links(page) if YEAR.search(link.text) and judge(link.text, column=True).take}
    return len(titles) >= 2


def lists_rows(page: Page) -> bool:
    """Whether a page has several dated rows, as the list of a year."""
    return sum(bool(item.date) for item in rows(page.tree, page.base)) >= 2
