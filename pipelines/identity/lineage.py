"""What a body was called before and after a reform: agencies as entities over the years.

From the vocabulary's `later` alone: 山亭区卫生和计划生育局 was followed by 山亭区卫生健康局. They stay two agencies,
because each published its own reports; the corpus shows them as one line of descent.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from config.sectors import Body, bodies_by_form
from pipelines.identity.name import read_name


@dataclass(frozen=True, slots=True)
class Lineage:
    """The full names that came before and that follow, the nearest first."""

    former: tuple[str, ...]
    later: tuple[str, ...]


def lineage(agency: str) -> Lineage:
    """The line of descent of an agency, by its full official name; empty where the vocabulary knows none."""
    name = read_name(agency)
    if name is None or name.kind != "body" or name.tail or name.head is not None or len(name.options) != 1:
        return Lineage((), ())
    body = name.options[0]
    prefix = agency.removesuffix(name.scope).removesuffix(body.name)
    if prefix == agency:
        return Lineage((), ())
    return Lineage(
        tuple(prefix + one + name.scope for one in _before(body.name)),
        tuple(prefix + one + name.scope for one in _after(body)),
    )


def _after(body: Body) -> Iterable[str]:
    """The bodies that followed, one reform after the other."""
    seen = {body.name}
    following = body.later
    while following is not None and following not in seen:
        seen.add(following)
        yield following
        following = next((one.later for one in bodies_by_form().get(following, ()) if one.name == following), None)


def _before(name: str) -> Iterable[str]:
    """The bodies that were merged into it, the latest reform first."""
    direct = dict.fromkeys(
        body.name
        for options in bodies_by_form().values()
        for body in options
        if body.later == name and body.name != name
    )
    yield from direct
    for earlier in direct:
        yield from (one for one in _before(earlier) if one not in direct)
