"""A toy ERP whose departments are a list of ids, each with a request of its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from urllib.parse import parse_qsl, urlsplit

from msgspec.structs import replace

from sluice.model.http import Reply, Request
from sluice.registry.catalog import Catalog
from tests.flows.rig import CANONICAL, Rig
from tests.flows.toy_erp import ToyDocuments, ToyErp, reply

DETAILS = """
details:
  path: /department/{number}
  path_parameters: {number: {record: id}}
  concurrency: 1
"""


class ListingDocuments(ToyDocuments):
    """The toy's documents; departments are read one by one."""

    def __init__(self) -> None:
        super().__init__(CANONICAL)
        self._files["connectors/toy/department.yaml"] += DETAILS.encode()


@cache
def _catalog(documents: Callable[[], ToyDocuments]) -> Catalog:
    return Catalog(documents())


class ListingErp(ToyErp):
    """The toy ERP; its list of departments holds nothing but ids. A request takes ``seconds``.

    ``lost``: no department is found any more.
    """

    seconds: float = 25
    lost: bool = False

    def send(self, request: Request) -> Reply:
        self.clock.sleep(self.seconds)
        return super().send(request)

    def _page(self, request: Request) -> Reply:
        path = urlsplit(request.url).path
        if path.startswith("/department/"):
            key = int(path.rpartition("/")[2])
            row = None if self.lost else self.rows["department"].get(key)
            return reply(200, {"id": key, "name": row.name}) if row else reply(404, {"message": "not there"})
        page = super()._page(request)
        return shortened(page) if path == "/department" else page


def shortened(page: Reply) -> Reply:
    body = json.loads(page.body)
    return reply(page.status, {**body, "values": [{"id": row["id"]} for row in body["values"]]})


def listing_rig() -> Rig:
    """Return a rig whose ERP is this one, with the chart of twelve departments and as many customers."""
    rig = Rig()
    rig.erp = ListingErp(rig.clock)
    rig.world = replace(rig.world, catalog=_catalog(ListingDocuments), sender=rig.erp)
    for key in range(1, 13):
        rig.erp.put("department", key, f"department {key}")
        rig.erp.put("customer", key, f"customer {key}")
    return rig


class FamilyErp(ListingErp):
    """The toy ERP; its departments are listed by their hundreds only, which are its parents."""

    def _page(self, request: Request) -> Reply:
        path, query = urlsplit(request.url).path, dict(parse_qsl(urlsplit(request.url).query))
        if path == "/hundred":
            return reply(200, {"values": [{"hundred": number} for number in range(4)]})
        if not path.startswith("/hundred/"):
            return ToyErp._page(self, request)
        hundred, start = int(path.split("/")[2]), int(query["from"])
        rows = sorted((key, row) for key, row in self.rows["department"].items() if key // 100 == hundred)
        values = [{"id": key, "name": row.name} for key, row in rows[start : start + int(query["count"])]]
        return reply(404, {}) if self.lost else reply(200, {"total": len(rows), "values": values})


FAMILY = """
    parent: {type: object, properties: {hundred: {type: integer, sample: {integer: [0, 3]}}}}
"""
PARENTS = """
parents: {path: /hundred, pagination: {kind: single}, key: hundred}
path_parameters: {hundred: {parent: hundred}}
"""


class FamilyDocuments(ToyDocuments):
    """The toy's documents; departments are read below their hundreds."""

    def __init__(self) -> None:
        super().__init__(CANONICAL)
        path = "connectors/toy/department.yaml"
        text = self._files[path].decode().replace("path: /department", "path: /hundred/{hundred}/department")
        self._files[path] = (text.rstrip() + FAMILY + PARENTS).encode()


def family_rig() -> Rig:
    """Return a rig whose departments are below parents, twelve of them in all."""
    rig = Rig()
    rig.erp = FamilyErp(rig.clock)
    rig.world = replace(rig.world, catalog=_catalog(FamilyDocuments), sender=rig.erp)
    for number in range(12):
        rig.erp.put("department", 100 * (number // 5) + number, f"department {number}")
        rig.erp.put("customer", number, f"customer {number}")
    return rig


class DocumentsErp(ListingErp):
    """The toy ERP; its departments are the rows of their hundreds, which are listed as documents."""

    def _page(self, request: Request) -> Reply:
        if urlsplit(request.url).path != "/hundred":
            return ToyErp._page(self, request)
        query = dict(parse_qsl(urlsplit(request.url).query))
        hundreds: dict[int, list[dict[str, object]]] = {number: [] for number in range(4)}
        for key, row in sorted(self.rows["department"].items()):
            hundreds[key // 100].append({"id": key, "name": row.name})
        values = [{"hundred": number, "members": rows} for number, rows in hundreds.items()]
        start = int(query["from"])
        return reply(200, {"total": 4, "values": values[start : start + min(2, int(query["count"]))]})


ROWS = """
    of: {type: object, properties: {hundred: {type: integer, sample: {sequence: 1}}}}
rows: {path: members, fields: [hundred], as: of}
"""


class DocumentsDocuments(ToyDocuments):
    """The toy's documents; departments are rows of their hundreds."""

    def __init__(self) -> None:
        super().__init__(CANONICAL)
        path = "connectors/toy/department.yaml"
        text = self._files[path].decode().replace("path: /department", "path: /hundred")
        self._files[path] = (text.rstrip() + ROWS).encode()


def documents_rig() -> Rig:
    """Return a rig whose departments are rows of documents, twelve of them in all."""
    rig = family_rig()
    erp = DocumentsErp(rig.clock)
    erp.rows = rig.erp.rows
    rig.erp = erp
    rig.world = replace(rig.world, catalog=_catalog(DocumentsDocuments), sender=erp)
    return rig


class BoxesErp(DocumentsErp):
    """The toy ERP; its departments are rows of boxes of two, which are listed by their hundreds, and empty.

    Their numbers begin anew in each hundred.
    """

    def _page(self, request: Request) -> Reply:
        path, query = urlsplit(request.url).path, dict(parse_qsl(urlsplit(request.url).query))
        if path == "/hundred":
            return reply(200, {"values": [{"hundred": number} for number in range(4)]})
        if not path.startswith("/box"):
            return ToyErp._page(self, request)
        boxes: dict[int, list[dict[str, object]]] = {}
        for key, row in sorted(self.rows["department"].items()):
            if key // 100 == int(query["hundred"]):
                boxes.setdefault(key % 100 // 2, []).append({"id": key, "name": row.name})
        if path == "/box":
            start = int(query["from"])
            values = [{"box": box} for box in boxes][start : start + min(2, int(query["count"]))]
            return reply(200, {"total": len(boxes), "values": values})
        box = int(path.rpartition("/")[2])
        return reply(200, {"box": box, "members": boxes[box]}) if box in boxes else reply(404, {})


BOXES = """
    of: {type: object, properties: {box: {type: integer, sample: {sequence: 1}}}}
details:
  path: /box/{box}
  path_parameters: {box: {record: box}}
  request: {query: {hundred: {parent: hundred}}}
  concurrency: 2
rows: {path: members, fields: [box], as: of}
request: {query: {hundred: {parent: hundred}}}
parents: {path: /hundred, pagination: {kind: single}, key: hundred}
"""


class BoxesDocuments(ToyDocuments):
    """The toy's documents; departments are rows of boxes below their hundreds, each with its own request."""

    def __init__(self) -> None:
        super().__init__(CANONICAL)
        path = "connectors/toy/department.yaml"
        text = self._files[path].decode().replace("path: /department", "path: /box")
        self._files[path] = (text.rstrip() + FAMILY.rstrip() + BOXES).encode()


def boxes_rig() -> Rig:
    """Return a rig whose twelve departments are rows of boxes, fetched one by one below parents."""
    rig = family_rig()
    erp = BoxesErp(rig.clock)
    erp.rows = rig.erp.rows
    rig.erp = erp
    rig.world = replace(rig.world, catalog=_catalog(BoxesDocuments), sender=erp)
    return rig
