"""Damaged pages of every family are walked without an error: what can't be read brings nothing."""

import random
from itertools import product

import pytest

from crawler.portals.page import Fetch, Page
from crawler.portals.walk import Walk
from tests.kit.portal import serve
from tests.portals.sample import portal
from tests.portals.test_families import FAMILIES
from tests.portals.walker import Walked, walk_server

CONTEXTS = ({}, {"column": "named"}, {"rule": "ambiguous", "name": "甲", "found_on": ""})


def damaged(payload: bytes, dice: random.Random) -> bytes:
    """``payload`` with bytes changed, cut out and doubled."""
    body = bytearray(payload)
    for _ in range(dice.randint(1, 25)):
        place = dice.randrange(len(body) or 1)
        kind = dice.random()
        if kind < 0.4 and body:
            body[place] = dice.randrange(256)
        elif kind < 0.7:
            del body[place : place + dice.randint(1, 60)]
        else:
            body[place:place] = body[max(0, place - 80) : place]
    return bytes(body)


def walked_once(style: str, options: dict[str, str]) -> Walked:
    with serve(portal(style, 9, options, per_page=4)) as server:
        return walk_server(server)


@pytest.mark.parametrize("style", sorted({style for _, style, _ in FAMILIES}))
def test_damaged_pages_raise_nothing(style: str) -> None:
    dice = random.Random(style)
    options = next(dict(options) for _, name, options in FAMILIES if name == style)
    known = walked_once(style, options)
    pages = [page for page in known.pages if page.fetch.role != "attachment"]
    for page, context in product(pages[:14], CONTEXTS):
        walk = Walk(known.walk.site)
        assert walk.next() is not None
        fetch: Fetch = page.fetch.told(**context)
        walk.visit(Page(page.url, page.status, damaged(page.payload, dice), fetch, page.headers))
        assert len(walk.found.lists) <= 1
