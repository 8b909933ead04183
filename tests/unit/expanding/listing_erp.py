"""An ERP whose list gives ids only, and every record by a request of its own; a connector that reads it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from sluice.connector.outcomes import Outcome
from sluice.connector.reader import StreamReader
from sluice.connector.spec import Connector
from sluice.model.http import Reply, Request
from tests.unit.connector.scripted import CONNECTOR, STREAM, query_of, reply, toy

DETAILS = """\
details:
  path: /thing/{number}
  path_parameters: {number: {record: id}}
  request: {query: %s}
  record: thing
  concurrency: %d
"""


def listing(
    concurrency: int = 1,
    *,
    size: int = 3,
    connector: str = CONNECTOR,
    query: str = "{verbose: true}",
    more: str = "",
) -> Connector:
    connector = connector.replace("size: 2", f"size: {size}")
    return toy(connector, STREAM + DETAILS % (query, concurrency) + more)


@dataclass
class ListingErp:
    """``keys`` is what the list names, ``gone`` what it names in vain; ``faults`` are met by path, once each.

    ``asked`` holds the paths that were asked for, in order.
    """

    keys: list[int]
    gone: set[int] = field(default_factory=set)
    faults: dict[str, list[Reply]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    before: Callable[[str], None] = lambda _: None

    def __call__(self, request: Request) -> Reply:
        path = urlsplit(request.url).path.removeprefix("/v1")
        self.before(path)
        self.asked.append(path)
        if self.faults.get(path):
            return self.faults[path].pop(0)
        if path == "/thing":
            return self._page(request)
        key = int(path.rpartition("/")[2])
        if key in self.gone or key not in self.keys:
            return reply({"message": "no such thing"}, 404)
        return reply({"thing": {"id": key, "name": f"thing {key}"}})

    def _page(self, request: Request) -> Reply:
        query = query_of(request)
        start = int(query["from"])
        page = self.keys[start : start + int(query["count"])]
        return reply({"items": [{"id": key} for key in page], "total": len(self.keys)})

    def times(self, path: str) -> int:
        return self.asked.count(path)


def together(reading: StreamReader, erp: Callable[[Request], Reply | None]) -> Iterator[Outcome]:
    """Yield what came of a reading whose requests are given out and answered many at a time."""
    for _ in range(200):
        requests = reading.next_requests()
        if not requests:
            return
        yield from reading.receive_all([erp(request) for request in requests])
    raise AssertionError("not at the end after 200 turns")


def size_of(position: object) -> int:
    return len(json.dumps(position))
