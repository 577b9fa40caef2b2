"""What a simulated portal is made of, as data: a portal has columns and units, a column has entries."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from tests.kit.portal.server import Route

Menu = Literal["anchors", "script", "script_file", "frames", "images", "onclick", "area"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a list, and what it leads to.

    ``body`` is the article's inner HTML in UTF-8; the kit puts it into a page with the standard meta tags. With
    ``file`` (a name such as ``report.pdf``) the row links that file itself and ``body`` is its bytes.
    ``attachments`` are (file name, bytes) that lie beside the article and are linked below its text.
    ``published`` is ISO 8601. ``path`` overrides the address; then one article can stand in two lists.
    """

    title: str
    published: str
    body: bytes = b""
    file: str | None = None
    attachments: tuple[tuple[str, bytes], ...] = ()
    publisher: str = ""
    path: str | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A list of entries, rendered and paged in the way of ``style`` (a module of tests/kit/portal/styles).

    ``slug`` is its path part. ``name`` is the anchor's text, in which ``<br>`` and white space may stand.
    ``children`` are columns below it (years, kinds of unit, units): then the column's page lists them.
    ``options`` go to the style.
    """

    name: str
    slug: str
    entries: tuple[Entry, ...] = ()
    style: str = "trs"
    per_page: int = 10
    children: tuple["Column", ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unit:
    """A department or township with a platform of its own inside the portal."""

    name: str
    slug: str
    columns: tuple[Column, ...] = ()


@dataclass(frozen=True, slots=True)
class Quirks:
    """How the portal misbehaves.

    ``encoding`` of all its HTML; ``declared`` the charset that the Content-Type claims (the real one where None);
    ``soft_404`` answers unknown addresses with 200 and a page that says so, ``home_404`` with the home page;
    ``wrong_media_type`` serves HTML as text/plain and files as text/html; ``delay`` seconds before each answer;
    ``robots`` is the text of robots.txt (404 where None).
    """

    encoding: str = "utf-8"
    declared: str | None = None
    soft_404: bool = False
    home_404: bool = False
    wrong_media_type: bool = False
    delay: float = 0.0
    robots: str | None = None


@dataclass(frozen=True, slots=True)
class Portal:
    """Everything a simulated portal is; `tests.kit.portal.serve` serves it.

    The home page's menu leads to the disclosure platform at ``platform`` (a path; named ``platform_name``), whose
    menu holds ``columns``; ``units`` are listed on the platform. ``menu`` is how both menus are written.
    ``news`` are columns of the home page that have nothing to do with reports. ``pages`` are further answers by
    path, fixed ones or functions of the request, and win over what the kit builds.
    """

    name: str
    columns: tuple[Column, ...]
    units: tuple[Unit, ...] = ()
    news: tuple[Column, ...] = ()
    code: str = "3799000001"
    platform: str = "/zfxxgk/"
    platform_name: str = "政府信息公开"
    menu: Menu = "anchors"
    quirks: Quirks = Quirks()
    pages: Mapping[str, Route] = field(default_factory=dict)
