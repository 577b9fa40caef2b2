"""Every family: a simulated portal of it is walked from its home page to its last report, within the budget."""

from collections.abc import Mapping

import pytest

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
    ("hanweb_xxgk", "hanweb", {"module": "xxgk", "search": "tree"}),
    ("hanweb_jpaas", "hanweb", {"module": "jpaas"}),
    ("gkmlpt", "gkmlpt", {}),
    ("lonsun", "lonsun", {}),
    ("lonsun", "lonsun", {"rows": "address"}),
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
