"""An ERP whose journals hold their lines, and a connector whose stream has the lines as records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from sluice.connector.spec import Connector
from sluice.model.http import Reply, Request
from tests.unit.connector.scripted import CONNECTOR, query_of, reply, toy

ROWS = """\
format: 1
stream: thing
title: Lines of journals
path: /journal
key: [journal.number, line]
rows: {path: lines, fields: [number, day, by.name], as: journal, number: line}
schema:
  type: object
  required: [id]
  properties:
    id: {type: integer, sample: {sequence: 1}}
    name: {type: string, sample: company_name}
    line: {type: integer, sample: {integer: [1, 3]}}
    journal:
      type: object
      properties:
        number: {type: integer, sample: {sequence: 501}}
        day: {type: string, sample: {date: [-90, -1]}}
        by: {type: object, properties: {name: {type: string, sample: company_name}}}
"""

DETAILS = (
    "details: {path: '/journal/{number}', path_parameters: {number: {record: number}}, record: journal}\n"
)


def ledger(more: str = "", connector: str = CONNECTOR) -> Connector:
    return toy(connector, ROWS + more)


def journal(number: int, ids: Sequence[int], day: str = "2026-01-01") -> dict[str, Any]:
    lines = [{"id": one, "name": f"line {one}"} for one in ids]
    return {"number": number, "day": day, "by": {"name": "B", "id": 9}, "secret": "x", "lines": lines}


@dataclass
class LedgerErp:
    """``journals`` by number; with ``short`` the list holds their numbers alone. ``asked`` are the paths."""

    journals: dict[int, dict[str, Any]]
    short: bool = False
    asked: list[str] = field(default_factory=list)

    def __call__(self, request: Request) -> Reply:
        path = urlsplit(request.url).path.removeprefix("/v1")
        self.asked.append(path)
        if path != "/journal":
            return reply({"journal": self.journals[int(path.split("/")[2])]})
        query, whole = query_of(request), list(self.journals.values())
        start = int(query["from"])
        listed = whole[start : start + int(query["count"])]
        items = [{"number": one["number"]} for one in listed] if self.short else listed
        return reply({"items": items, "total": len(whole)})
