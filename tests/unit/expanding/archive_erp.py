"""An ERP whose vouchers are listed by year and without rows, and a connector that reads those rows.

Numbers begin anew each year, so that a voucher is told apart by year and number alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from sluice.connector.spec import Connector
from sluice.model.http import Reply, Request
from tests.unit.connector.scripted import CONNECTOR, query_of, reply, toy

PARENTS = """\
parents:
  path: /year
  records: years
  pagination: {kind: offset, offset: {query: skip}, limit: {query: take}, size: 2, total: {body: count}}
  key: id
  fields: [name]
"""
DETAILS = """\
details:
  path: /voucher/{number}
  path_parameters: {number: {record: number}}
  request: {query: {year: {parent: id}}}
  record: voucher
  concurrency: 2
"""
REST = """\
rows: {path: rows, fields: [number, day], as: voucher, number: row}
schema:
  type: object
  required: [account]
  properties:
    account: {type: integer, sample: {sequence: 1900}}
    name: {type: string, sample: company_name}
    row: {type: integer, sample: {integer: [1, 3]}}
    voucher:
      type: object
      properties:
        number: {type: integer, sample: {integer: [1, 400]}}
        day: {type: string, sample: {date: [-90, -1]}}
    parent:
      type: object
      properties:
        id: {type: integer, sample: {integer: [1, 3]}}
        name: {type: string, sample: {constant: a year}}
"""
LIST = """\
format: 1
stream: thing
title: Rows of vouchers
path: /voucher
request: {query: {year: {parent: id}}}
key: [parent.id, voucher.number, row]
"""
ARCHIVE = LIST + PARENTS + DETAILS + REST


def archive(more: str = "", connector: str = CONNECTOR) -> Connector:
    return toy(connector, ARCHIVE + more)


@dataclass
class ArchiveErp:
    """``years`` holds the accounts of the rows of each voucher of each year.

    ``gone`` are years that are listed, and whose vouchers are not; ``lost`` are (year, voucher) that are
    listed in vain. ``faults`` are met by what was asked for, once each; ``asked`` holds that, in order:
    ``years``, a year, or year and voucher.
    """

    years: dict[int, dict[int, list[int]]]
    gone: set[int] = field(default_factory=set)
    lost: set[tuple[int, int]] = field(default_factory=set)
    faults: dict[object, list[Reply]] = field(default_factory=dict)
    asked: list[object] = field(default_factory=list)
    queries: list[dict[str, str]] = field(default_factory=list)
    before: Callable[[ArchiveErp], None] = lambda _: None

    def __call__(self, request: Request) -> Reply:
        self.before(self)
        path, query = urlsplit(request.url).path.removeprefix("/v1"), query_of(request)
        what: Any = int(query.get("year", 0)) or "years"
        what = (what, int(path.split("/")[2])) if path.startswith("/voucher/") else what
        self.asked.append(what)
        self.queries.append(query)
        if self.faults.get(what):
            return self.faults[what].pop(0)
        if what == "years":
            start = int(query["skip"])
            listed = list(self.years)[start : start + int(query["take"])]
            years = [{"id": year, "name": f"year {year}", "secret": "x"} for year in listed]
            return reply({"years": years, "count": len(self.years)})
        return self._voucher(*what) if isinstance(what, tuple) else self._vouchers(what, query)

    def _vouchers(self, year: int, query: dict[str, str]) -> Reply:
        if year in self.gone or year not in self.years:
            return reply({"message": "no such year"}, 404)
        found, start = list(self.years[year]), int(query["from"])
        items = [{"number": number} for number in found[start : start + int(query["count"])]]
        return reply({"items": items, "total": len(found)})

    def _voucher(self, year: int, number: int) -> Reply:
        accounts = self.years.get(year, {}).get(number)
        if accounts is None or (year, number) in self.lost:
            return reply({"message": "no such voucher"}, 404)
        rows = [{"account": account, "name": f"{year}/{number}/{account}"} for account in accounts]
        return reply({"voucher": {"number": number, "day": f"{year}-01-01", "series": "A", "rows": rows}})
