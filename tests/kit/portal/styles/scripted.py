"""Lists that exist only after scripts ran, from an interface that nobody knows.

Options: ``articles``: ``script`` fills the articles' pages in the same way; ``rows``: ``route`` makes them routes of
the one page (``#/detail/5``), ``click`` and ``inside`` give them no address: a click leads to another page, or shows
the article inside the one page.
"""

import json

from tests.kit.portal.builder import Builder, Place
from tests.kit.portal.model import Entry
from tests.kit.portal.server import Reply, Request

# The token is made by the script: without running it there is nothing to ask with.
_SCRIPT = """
var page = 1, size = %(size)d, total = 0;
function token(n) { var s = 7; for (var i = 0; i < 5; i++) s = (s * 31 + n) %% 9973; return s; }
function ask(what, done) {
  var x = new XMLHttpRequest();
  x.open('POST', '%(api)s'); x.setRequestHeader('Content-Type', 'application/json'); x.setRequestHeader('X-Sign', 'k1');
  x.onload = function () { done(JSON.parse(x.responseText)); };
  x.send(JSON.stringify(what));
}
function element(name, text, parent) {
  var one = document.createElement(name); one.textContent = text || ''; parent.appendChild(one); return one;
}
function open_(row) { location.href = row.p; }
function list() {
  ask({n: page, k: token(page)}, function (answer) {
    total = answer.t;
    var app = document.getElementById('app'); app.innerHTML = '';
    var rows = element('ul', '', app);
    answer.d.forEach(function (row) {
      var li = element('li', '', rows), a = element('%(tag)s', row.n, li);
      if ('%(tag)s' == 'a') a.href = row.p; else a.onclick = function () { open_(row); };
      element('span', row.w, li);
    });
    var pager = element('div', '', app);
    ['上一页', page, '下一页'].forEach(function (text) {
      var b = element('button', text, pager);
      b.disabled = (text == '下一页' && page * size >= total) || (text == '上一页' && page == 1);
      if (text == '下一页') b.onclick = function () { page++; setTimeout(list, 50); };
    });
  });
}
function show() {
  var route = location.hash.match(/^#\\/detail\\/(\\d+)$/);
  if (!route) { list(); return; }
  ask({id: route[1]}, function (answer) {
    var app = document.getElementById('app'); app.innerHTML = '';
    element('h1', answer.title, app); var text = element('div', '', app); text.innerHTML = answer.body;
  });
}
window.onhashchange = show; show();
"""


def mount(builder: Builder, place: Place) -> None:
    """Put the column's shell, its script, the interface behind it, articles and files into the builder."""
    options, path, size = place.column.options, place.path, place.column.per_page
    rows = options.get("rows", "links")
    pairs = builder.entries(place, lambda entry, number: f"{path}{number}.html")
    api = f"{path}gateway/q"
    script = _SCRIPT % {"size": size, "api": api, "tag": "a" if rows in ("links", "route") else "div"}
    builder.text(f"{path}static/app.3f9c.js", script, "application/javascript")
    shell = f'<div id="app"></div><script src="{path}static/app.3f9c.js"></script>'
    builder.column_page(place, shell, path)
    if options.get("articles") == "script":
        for number, (entry, address) in enumerate(pairs):
            builder.text(address, _article(entry, f"{path}gateway/a?i={number}"))
            builder.text(f"{path}gateway/a?i={number}", entry.body.decode())

    def answer(request: Request) -> Reply:
        asked = json.loads(request.body or b"{}")
        if request.method != "POST" or request.headers.get("x-sign") != "k1":
            return Reply(b'{"e":401}', "application/json", status=401)
        if "id" in asked:
            entry = pairs[int(asked["id"])][0]
            return _json({"title": entry.title, "body": entry.body.decode()})
        if asked.get("k") != _token(asked["n"]):
            return Reply(b'{"e":401}', "application/json", status=401)
        first = (asked["n"] - 1) * size
        listed = [
            {
                "n": entry.title,
                "w": entry.published,
                "p": f"#/detail/{first + at}" if rows in ("route", "inside") else address,
            }
            for at, (entry, address) in enumerate(pairs[first : first + size])
        ]
        return _json({"t": len(pairs), "d": listed})

    builder.routes[api] = answer


def _article(entry: Entry, source: str) -> str:
    return (
        f"<html><head><title>{entry.title}</title></head><body><div id='app'></div><script>fetch('{source}')"
        ".then(r => r.text()).then(t => document.getElementById('app').innerHTML = t);</script></body></html>"
    )


def _token(number: int) -> int:
    value = 7
    for _ in range(5):
        value = (value * 31 + number) % 9973
    return value


def _json(value: object) -> Reply:
    return Reply(json.dumps(value, ensure_ascii=False).encode(), "application/json", validators=False)
