"""A connection to an ERP with invoices, credit notes and hours, whose lake is what its runs published."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from msgspec.structs import replace

from sluice.lake.database import Contents, Limits, open_lake
from sluice.lake.views import View
from sluice.local.memory_topic import MemoryTopic
from sluice.model.http import Reply, Request
from sluice.registry.catalog import Catalog
from sluice.usecases.data.copying import lake_files
from sluice.usecases.data.reconcile import Progress, Reconciliation, reconcile
from sluice.usecases.data.reconcile_plan import Reconciling, plan_reconcile
from sluice.usecases.data.write_lake import Message, write_lake
from tests.flows.rig import CANONICAL, Rig
from tests.flows.toy_erp import CONNECTOR, reply
from tests.unit.connector.scripted import MemoryDocuments
from tests.unit.lake.small_lake import SCHEMAS

DOCUMENT = """
format: 1
stream: {stream}
title: {stream}
path: /{stream}
key: id
schema:
  type: object
  required: [id]
  properties:
    id: {{type: integer, sample: {{sequence: 1}}}}
    date: {{type: [string, "null"], format: date}}
    currency: {{type: [string, "null"]}}
    net: {{type: [number, "null"]}}
    gross: {{type: [number, "null"]}}
    open: {{type: [number, "null"]}}
    changed: {{type: [string, "null"]}}
"""
INVOICE = """
format: 1
stream: {stream}
entity: invoice
id: {{join: {{of: [{{value: "{stream}"}}, {{text: id}}], with: "-"}}}}
fields:
  type: {{value: "{stream}"}}
  issue_date: date
  currency: currency
  total_excluding_tax: net
  total_including_tax: gross
  outstanding_amount: open
  updated_at: changed
"""
HOURS = """
format: 1
stream: hours
title: Hours
path: /hours
key: id
schema:
  type: object
  required: [id]
  properties:
    id: {type: integer, sample: {sequence: 1}}
    date: {type: string, format: date}
    employee: {type: integer}
    project: {type: [integer, "null"]}
    hours: {type: number}
"""
TIME_ENTRY = """
format: 1
stream: hours
entity: time_entry
id: id
fields:
  date: date
  employee_id: employee
  project_id: project
  hours: hours
"""


@dataclass
class Erp:
    """Serves its rows by stream, ten a page; ``answers`` come first, one a request."""

    rows: dict[str, dict[int, dict[str, Any]]] = field(
        default_factory=lambda: {"invoice": {}, "credit_note": {}, "hours": {}}
    )
    answers: list[Reply] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def send(self, request: Request) -> Reply:
        self.asked.append(request.url)
        if self.answers:
            return self.answers.pop(0)
        split = urlsplit(request.url)
        query = dict(parse_qsl(split.query))
        rows = [{"id": key, **row} for key, row in sorted(self.rows[split.path.strip("/")].items())]
        start, count = int(query["from"]), int(query["count"])
        return reply(200, {"total": len(rows), "values": rows[start : start + count]})

    def invoice(self, key: int, *, stream: str = "invoice", **fields: Any) -> None:
        """Put an invoice of 100.00 NOK, or change fields of one that is there."""
        plain = {"date": "2026-11-02", "currency": "NOK", "net": 80, "gross": 100, "open": 0, "changed": None}
        self.rows[stream][key] = {**self.rows[stream].get(key, plain), **fields}

    def hours(self, key: int, hours: float, project: int | None, date: str = "2026-11-02") -> None:
        row = {"date": date, "employee": 1, "project": project, "hours": hours}
        self.rows["hours"][key] = row


class Books:
    """Connection ``acme`` to the ERP: ``run`` brings what it has to the lake, ``reconcile`` compares."""

    def __init__(self, folder: Path, connector: str = CONNECTOR) -> None:
        self.rig, self.erp, self.folder, self.told = Rig(), Erp(), folder, list[Progress]()
        files: dict[str, str | bytes] = {**CANONICAL, "connectors/toy/connector.yaml": connector}
        for stream in ("invoice", "credit_note"):
            files[f"connectors/toy/{stream}.yaml"] = DOCUMENT.format(stream=stream)
            files[f"transformers/toy/{stream}.yaml"] = INVOICE.format(stream=stream)
        files |= {"connectors/toy/hours.yaml": HOURS, "transformers/toy/hours.yaml": TIME_ENTRY}
        self.rig.world = replace(
            self.rig.world, catalog=Catalog(MemoryDocuments(files)), sender=self.erp
        )  # fmt: skip
        self.published = 0

    def run(self) -> dict[str, Any]:
        """Run, and write what it published to the lake."""
        summary = self.rig.run()
        topic = self.rig.world.information
        assert isinstance(topic, MemoryTopic)
        bodies = [message.body for message in topic.messages[self.published :]]
        self.published = len(topic.messages)
        assert not write_lake(self.rig.world, [Message(str(at), body) for at, body in enumerate(bodies)])
        return summary

    def reconcile(self, **given: Any) -> list[Reconciliation]:
        """Reconcile as the command does."""
        wanted = Reconciling(**given)
        world = self.rig.world
        plan = plan_reconcile(world, wanted)
        schemas = {one.entity: SCHEMAS[one.entity] for one in plan}
        views = [View(entity) for entity in schemas]
        with lake_files(world.objects, self.folder, views) as files:
            opened = open_lake(self.folder, schemas, Contents(views, files), Limits("500MB", 1))
            with closing(opened) as database:
                return [reconcile(world, database, one, wanted, self.told.append) for one in plan]

    def invoices(self, **given: Any) -> Reconciliation:
        """Reconcile the invoices."""
        (found,) = self.reconcile(entity="invoice", **given)
        return found
