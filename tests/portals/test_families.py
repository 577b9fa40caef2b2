"""Every family: a simulated portal of it is walked from its home page to its last report, within the budget."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from tests.kit.portal import Column, Portal, Unit
from tests.portals.sample import portal, reports
from tests.portals.walker import walk_portal

FAMILIES: tuple[tuple[str, str, Mapping[str, str]], ...] = (
    ("trs", "trs", {}),
    ("trs", "trs", {"pager": "countPage"}),
    ("trs", "trs", {"pager": "from_one"}),
    ("trs", "trs", {"pager": "links"}),
    ("ucap_static", "ucap", {}),
    ("ucap_static", "ucap", {"shifted": "yes"}),
    ("ucap", "ucap", {"json": "common_search"}),
    ("ucap", "ucap", {"json": "search_list"}),
    ("ucap", "ucap", {"json": "query_list"}),
    ("ucap", "ucap", {"json": "file_list"}),
    ("ucap", "ucap", {"json": "szinf"}),
    ("vsb", "vsb", {}),
    ("generic", "city", {"city": "nanjing"}),
    ("generic", "city", {"city": "changzhou"}),
    ("generic", "city", {"city": "numbers"}),
    ("generic", "city", {"city": "guess"}),
    ("hanweb_jpage", "hanweb", {"module": "jpage"}),
    ("hanweb_jpage", "hanweb", {"module": "jpage", "proxy": "group"}),
    ("hanweb_jpage", "hanweb", {"module": "jpage", "proxy": "pages"}),
    ("hanweb_xxgk", "hanweb", {"module": "xxgk"}),
    ("hanweb_xxgk", "hanweb", {"module": "xxgk", "tree": "lost"}),
    ("hanweb_xxgk", "hanweb", {"module": "xxgk", "tree": "links"}),
    ("hanweb_xxgk", "hanweb", {"module": "xxgk", "tree": "calls"}),
    ("hanweb_xxgk", "hanweb", {"module": "xxgk", "tree": "nodes"}),
    ("hanweb_jpaas", "hanweb", {"module": "jpaas"}),
    ("gkmlpt", "gkmlpt", {}),
    ("lonsun", "lonsun", {}),
    ("lonsun", "lonsun", {"rows": "address"}),
    ("lonsun", "lonsun", {"rows": "both"}),
    ("meetfine", "meetfine", {}),
    ("epoint", "epoint", {}),
    ("epoint", "epoint", {"wrapped": "yes"}),
    ("epoint", "epoint", {"first": "1"}),
    ("epoint", "epoint", {"first": "both"}),
    ("truecms", "truecms", {}),
    ("truecms", "truecms", {"hidden": "yes"}),
    ("trs_was", "search", {"server": "fjdzapp"}),
    ("trs_was", "search", {"server": "was"}),
    ("cmsweb", "search", {"server": "cmsweb"}),
    ("loaded", "search", {"server": "api"}),
    ("loaded", "search", {"server": "fragment"}),
)


@pytest.mark.parametrize(("family", "style", "options"), FAMILIES, ids=lambda value: str(value))
def test_a_portal_of_the_family_is_walked_to_its_last_report(
    family: str, style: str, options: Mapping[str, str]
) -> None:
    expected = {entry.title for entry in reports(45)}
    walked = walk_portal(portal(style, 45, options, per_page=6))
    assert expected - walked.titles == set()
    assert walked.titles == expected
    assert not [page.url for page in walked.pages if b"<p>other</p>" in page.payload], "a look-alike was fetched"
    assert sum(body == b"%PDF-1.4 report" for body in walked.bodies) == 9
    assert set(walked.walk.found.families) == {family}
    assert len(walked.pages) <= 1.5 * 45 + 100
    assert len(walked.server.asked()) == len({(request.target, request.body) for request in walked.server.requests})


def test_units_of_one_portal_may_each_run_another_family() -> None:
    chosen = {str(options.get("json") or options.get("module") or options.get("server") or style): (style, options)
              for _, style, options in FAMILIES}  # fmt: skip
    units = tuple(
        Unit(
            f"青石市{name}局",
            f"bm{number}",
            (
                Column(
                    "政府信息公开年报",
                    "nb",
                    tuple(replace(entry, title=f"青石市{name}局{entry.title[-17:]}") for entry in reports(7 * 5)[::7]),
                    style=style,
                    per_page=2,
                    options=options,
                ),
            ),
        )
        for number, (name, (style, options)) in enumerate(
            zip("教民财审卫农水林商文体环住交应统", chosen.values(), strict=False)
        )
    )
    walked = walk_portal(Portal("青石市人民政府", units=units, columns=portal("trs", 3).columns))
    missing = {entry.title for unit in units for entry in unit.columns[0].entries} - walked.titles
    assert not missing
    assert len(walked.pages) <= 1.5 * len(walked.titles) + 100
