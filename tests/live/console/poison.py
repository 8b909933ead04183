"""A situation in which all that can be a vendor's text is markup: records, fields, refusals, connectors."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from sluice.bootstrap.deployment import Deployment
from sluice.model.connection import Connection
from sluice.model.secret import Secret
from sluice.usecases.deciding.changes import list_changes
from sluice.usecases.deciding.registering import Wanted, register
from sluice.usecases.operating.quarantine import Quarantined, list_quarantined
from tests.live.console.situation import Customer, Start, connect, run_side_by_side

HOSTILE = """"><script>window.__xss=1</script><img src=x onerror="window.__xss=1">javascript:window.__xss=1"""
FIELD = "<img src=x onerror=window.__xss=1>"
"""What a vendor calls a field; a form of it is short enough for every title."""
NAME = "giftig"
LINKS = "javascript:window.__xss=1", "data:text/html,<script>window.__xss=1</script>", "//evil.example/x"
NOTES = "# Notes\n\n" + HOSTILE + "\n\n" + "\n\n".join(f"[{FIELD}]({link})" for link in LINKS)
CONNECTOR: dict[str, Any] = {
    "format": 1,
    "name": NAME,
    "title": FIELD,
    "description": HOSTILE,
    "base_url": {"setting": "base_url"},
    "settings": {
        "type": "object",
        "properties": {
            "base_url": {"type": "string", "default": "https://erp.example"},
            "firm": {"type": "string", "title": FIELD, "description": HOSTILE, "examples": [HOSTILE]},
        },
        "additionalProperties": False,
    },
    "secrets": {"key": {"title": FIELD, "description": HOSTILE}},
    "auth": {"kind": "api_key", "attach": {"headers": {"X-Key": {"secret": "key"}}}},
    "records": "values",
    "pagination": {"kind": "single"},
}
STREAM: dict[str, Any] = {
    "format": 1,
    "stream": "department",
    "title": FIELD,
    "description": HOSTILE,
    "path": "/department",
    "key": "id",
    "schema": {
        "type": "object",
        "required": ["id"],
        "properties": {"id": {"type": "integer", "sample": {"sequence": 1}}, FIELD: {"type": "string"}},
    },
}
MAPPING = {
    "format": 1,
    "stream": "department",
    "entity": "department",
    "id": "id",
    "fields": {"name": f'"{FIELD}"'},
}
FILES = {
    f"connectors/{NAME}/connector.yaml": json.dumps(CONNECTOR).encode(),
    f"connectors/{NAME}/department.yaml": json.dumps(STREAM).encode(),
    f"connectors/{NAME}/NOTES.md": NOTES.encode(),
    f"transformers/{NAME}/department.yaml": json.dumps(MAPPING).encode(),
}
"""A connector whose files are as hostile as registering lets them be; JSON is YAML."""


MESSAGE = {
    "type": FIELD,
    "subject": HOSTILE,
    "time": "2026-11-21T08:00:00Z",
    "connection": "forgiftet",
    "data": {"id": "forgiftet/customer/0", "name": HOSTILE},
}
"""An event as any producer might put it on a queue."""


@dataclass(frozen=True)
class Poisoned:
    """What there is to look at: runs that read and that were refused, an API change, a record set aside."""

    run: str
    refused: str
    change: str
    aside: Quarantined


@contextmanager
def refusing() -> Iterator[str]:
    """Serve an ERP that refuses everything in words of its own; yield its address."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            said = json.dumps({"status": 400, "message": HOSTILE, "developerMessage": HOSTILE}).encode()
            self.send_response(400)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_GET = do_POST = do_PUT = answer  # noqa: N815 - as http.server calls them

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as http.server wants it
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v2"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def poison(deployment: Deployment, start: Start, refusing_at: str) -> Poisoned:
    """Bring it about. The customers of one ERP are read twice: before they are called so, and after."""
    world = deployment.world
    register(world, FILES, Wanted(NAME, FIELD, HOSTILE))
    # Among its dead letters it is the only one: on the queue itself all that was published waits.
    deployment.queue("information_dead_letter").send(json.dumps([MESSAGE]), {"type": FIELD})
    refused = Connection("avvist", "tripletex", {"base_url": refusing_at}, streams=("department",))
    deployment.desk.add(refused, {"consumer_token": Secret("x"), "employee_token": Secret("x")})
    named = {"base_url": "http://127.0.0.1:9", "database": HOSTILE, "user": HOSTILE}
    deployment.desk.add(Connection("poisoned", "tryton", named), {"password": Secret(HOSTILE)})

    sizes = {"customer": 5, "department": 8, "project": 30}
    erp = start("tripletex", records=sizes)
    before = connect(deployment, erp, "uskyldig", streams=("customer",))
    customer = connect(deployment, erp, "forgiftet", streams=tuple(sizes))
    run_side_by_side(before, customer)
    customer.order("change", stream="customer", count=5, set={"name": HOSTILE})
    customer.order("change", stream="project", count=2, set={"startDate": HOSTILE})
    customer.order("change", stream="project", id="30000000", set={"currency": {"code": HOSTILE}})
    customer.order("mutate", mutation=f"D44:department.name={FIELD}")
    told = Customer("avvist", erp, deployment)
    views = run_side_by_side(customer, told)
    names = [view.execution.name for view in views if view.execution]
    (change,) = [one for one in list_changes(world, customer.name) if one.stream == "department"]
    (aside,) = [one for one in list_quarantined(world, customer.name) if one.source_id == "30000000"]
    return Poisoned(names[0], names[1], change.id, aside)
