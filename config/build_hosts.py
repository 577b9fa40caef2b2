"""Build config/hosts.csv, which division runs which host, from a table of portals.

    python -m config.build_hosts PORTALS.csv

The table has the columns ``path`` (江苏省/南京市/鼓楼区) and ``url``. A host is written without ``www.``; where
several divisions share one, the division that contains all the others has it, and nobody where there is none.
Rows whose path is no division of divisions.csv (development zones, the production corps) and raw addresses are left
out and named on standard error.
"""

import argparse
import csv
import logging
from collections import Counter
from pathlib import Path

from config import divisions
from config.hosts import host_of, is_address, registered_domain

log = logging.getLogger(__name__)

# Portals that a table lists under another name than the division's: 济源 is run as a demonstration zone.
RENAMED = {"济源示范区": "济源市"}
# Domains of departments beside the portal's own, which the table does not name: scjgj.sh.gov.cn.
SECOND = {"sh.gov.cn": "310000"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("table", type=Path)
    parser.add_argument("--output", type=Path, default=Path(__file__).with_name("hosts.csv"))
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    with arguments.table.open(encoding="utf-8-sig", newline="") as file:
        table = [dict(row) for row in csv.DictReader(file)]
    owners = _owners(table)
    with arguments.output.open("w", encoding="utf-8", newline="") as file:
        file.write("# Which division's government runs a host and its subdomains; made by config/build_hosts.py.\n")
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("domain", "division"))
        writer.writerows((host, code) for code, host in sorted((code, host) for host, code in owners.items()))


def _owners(table: list[dict[str, str]]) -> dict[str, str]:
    """Host → division code."""
    claims: dict[str, set[str]] = {}
    for row in table:
        host = host_of(row["url"]).removeprefix("www.").removeprefix("wap.")
        code = _code(row["path"].split("/"))
        if code is None or not host or is_address(host):
            log.warning("left out: %s %s", row["path"], row["url"])
            continue
        claims.setdefault(host, set()).add(code)
    owners = {host: _common(codes) for host, codes in _widened(claims).items()}
    for host, codes in claims.items():
        if _common(codes) is None:
            log.warning("left out: %s belongs to %s", host, ", ".join(sorted(codes)))
    return SECOND | {host: owner for host, owner in owners.items() if owner is not None}


def _widened(claims: dict[str, set[str]]) -> dict[str, set[str]]:
    """A host that stands alone on its registered domain (public.zhengzhou.gov.cn) speaks for the whole domain."""
    neighbours = Counter(registered_domain(host) for host in claims)
    return {
        registered_domain(host) if neighbours[registered_domain(host)] == 1 else host: claims[host] for host in claims
    }


def _code(path: list[str]) -> str | None:
    """The code of the last name of the path that lies under all the names before it."""
    within: str | None = None
    for name in (RENAMED.get(name, name) for name in path):
        found = [one for one in divisions.named(name, within=within) if one.name == name and one.code != within]
        if not found and name == RENAMED.get(path[-1], path[-1]):
            return None
        if found:
            within = found[0].code
    return within


def _common(codes: set[str]) -> str | None:
    """The one of ``codes`` that contains all the others."""
    return next((code for code in sorted(codes) if all(divisions.contains(code, other) for other in codes)), None)


if __name__ == "__main__":
    main()
