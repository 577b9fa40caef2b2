"""What a page in the browser looks like: the scripts that read it and turn its pages, and what is kept of each look."""

import re
from collections.abc import Mapping
from typing import Any

from crawler.portals.select import judge

# Whether the page has loaded, and how much it is: two looks that are alike mean that nothing moves any more.
LOOK = """() => document.readyState == 'loading' ? null
  : [document.documentElement.outerHTML.length, (document.body || {innerText: ''}).innerText.length, location.href]"""

# The innermost elements with just these words, and those without an address among them.
_NAMED = """
  const squash = one => one.textContent.replace(/\\s+/g, '');
  const named = (root, wanted) => [...root.querySelectorAll('body *')].filter(one =>
    wanted(squash(one)) && ![...one.children].some(inner => squash(inner) == squash(one)));
  const real = one => !/^\\s*(#?|javascript:.*)$/i.test(one.getAttribute('href'));
  const linked = one => [one.closest('a[href]'), ...one.querySelectorAll('a[href]')].some(link => link && real(link));
"""

# The words of what may be rows of a list that lead somewhere only when they are clicked.
UNLINKED = f"""() => {{ {_NAMED}
  const rows = named(document, text => text.length > 4 && text.length < 80 && /公开|年报|报告|20\\d\\d/.test(text));
  const alone = rows.filter(one => !rows.some(other => other !== one && one.contains(other)));
  return [...new Set(alone.filter(one => !linked(one) && one.getClientRects().length).map(squash))];
}}"""

# Click the element with these words; a window that it would open is only noted.
CLICK = f"""text => {{ {_NAMED}
  window.__opened = null;
  window.open = url => {{ window.__opened = new URL(url, location.href).href; return null; }};
  const found = named(document, words => words == text).filter(one => !linked(one));
  if (found.length) found[0].click();
  return found.length > 0;
}}"""
OPENED = "() => window.__opened || location.href"

# The DOM with absolute addresses, also those that only a click told, and the words of its rows.
READ = f"""told => {{ {_NAMED}
  const whole = document.documentElement.cloneNode(true);
  for (const one of named(whole, text => Object.hasOwn(told, text)).filter(one => !linked(one))) {{
    const link = document.createElement('a');
    link.href = told[squash(one)];
    link.append(...one.childNodes);
    one.append(link);
  }}
  for (const link of whole.querySelectorAll('a[href], area[href]')) {{
    const written = link.getAttribute('href');
    if (!/^\\s*(#([^\\/!]|$)|javascript:|mailto:|tel:)/i.test(written)) link.setAttribute('href', link.href);
  }}
  for (const one of whole.querySelectorAll('iframe[src], frame[src], embed[src]')) one.setAttribute('src', one.src);
  const rows = [...document.querySelectorAll('a, li, tr, [onclick]')].map(row => row.textContent.replace(/\\s+/g, ''));
  return {{
    html: '<!DOCTYPE html>' + whole.outerHTML,
    body: (whole.querySelector('body') || whole).innerHTML,
    rows: [...new Set(rows)].filter(text => text.length > 3 && text.length < 200),
  }};
}}"""

# Click what leads to the next page of a list and has no address of its own; whether there was such a thing.
TURN = """() => {
  const words = /^(下一?[页頁]|后一?页|next|next\\s*page|[>›»＞]|下一页\\s*[>›»＞]+)$/i;
  const names = /(^|[-_\\s])((btn|page|pager|pagination|laypage|p)[-_]next|next[-_]page|next)($|[-_\\s])/i;
  const any = classes => classes.map(name => `[class*="${name}"]`).join();
  const dead = '[disabled], [aria-disabled=true], .disabled, ' + any(['is-disabled', '-disabled', '_disabled']);
  const slides = any(['swiper', 'slick', 'carousel', 'slide', 'banner', 'calendar']);
  const found = [...document.querySelectorAll('a, button, li, span, i, div, td')].filter(one => {
    const text = one.textContent.trim();
    if (text.length > 12 || !(words.test(text) || names.test(String(one.className)))) return false;
    if (one.closest(dead) || one.querySelector('[disabled]') || one.closest(slides)) return false;
    const link = one.closest('a[href]') || one.querySelector('a[href]');
    if (link && !/^\\s*(#|javascript:|$)/i.test(link.getAttribute('href'))) return false;
    return one.getClientRects().length > 0;
  });
  const inner = found.filter(one => !found.some(other => other !== one && one.contains(other)));
  if (!inner.length) return false;
  inner[inner.length - 1].click();
  return true;
}"""

_MOST_VIEWS = 30
_REPORTS = frozenset({"report", "column"})
_PATIENCE = 2  # views in a row without a report
_DATE = re.compile(r"20\d\d[-./年]\d{1,2}[-./月]\d{1,2}日?")


class Views:
    """The looks that were taken of one page, one below the other: ``number`` so far. ``turn`` says whether more
    than one is wanted."""

    def __init__(self, *, turn: bool) -> None:
        self.html = ""
        self._turn = turn
        self.number = 0
        self._barren = 0
        self._rows: set[str] = set()

    def unlinked(self, rows: object) -> list[str]:
        """Those of the words of ``rows`` that name reports."""
        return [row for row in rows if judge(row, column=True).rule in _REPORTS] if isinstance(rows, list) else []

    def add(self, view: Mapping[str, Any]) -> bool:
        """Keep what a look brought; whether another one is worth its requests: a list ends where nothing is new."""
        fresh = set(view["rows"]) - self._rows
        if self.number and not fresh:
            return False
        self.number += 1
        self._rows |= fresh
        if self.number == 1:
            self.html = view["html"]
        else:
            self._append(f'<div data-view="{self.number}">{view["body"]}</div>')
        reports = any(judge(_DATE.sub("", row), column=True).rule in _REPORTS for row in fresh)
        self._barren = 0 if reports else self._barren + 1
        return self._turn and self.number < _MOST_VIEWS and self._barren < _PATIENCE

    def _append(self, markup: str) -> None:
        before, end, after = self.html.rpartition("</body>")
        self.html = f"{before}{markup}{end}{after}" if end else self.html + markup
