"""A whole backfill on memory adapters: the use cases in the order in which backfill.asl.json calls them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
from msgspec.structs import replace

from sluice import errors
from sluice.model.http import Reply, Request
from sluice.registry.catalog import Catalog
from sluice.usecases.backfill.plan import plan_backfill
from sluice.usecases.backfill.start import asked
from sluice.usecases.backfill.sum_windows import SumWindows, sum_windows
from sluice.usecases.backfill.window import ReadWindow, close_window, read_window
from sluice.usecases.commit_cursor import CommitCursor, commit_cursor
from sluice.usecases.contracts.noted_changes import remembering_changes
from sluice.usecases.failures import Failure
from sluice.usecases.judge_change import GOES_ON, JudgeChange, judge_change
from sluice.usecases.record_failure import RecordFailure, record_failure
from sluice.usecases.summarise_run import SummariseRun, summarise_run
from sluice.usecases.transform_chunk import HandedOver, transform_chunk
from sluice.usecases.world import iso
from tests.flows.rig import CANONICAL, Rig
from tests.flows.toy_erp import CONNECTOR, ToyDocuments, ToyErp, reply

FIRST = date(2026, 1, 1)
STREAM = "customer"
DATED = """
format: 1
stream: customer
title: Customers
path: /customer
key: id
windows:
  query: {dateFrom: {window: from, as: date}, dateTo: {window: to, as: date}}
  from: {setting: history_from}
  days: 30
  check: day
schema:
  type: object
  required: [id]
  properties:
    id: {type: integer, sample: {sequence: 1}}
    name: {type: string, sample: company_name}
    day: {type: string, format: date, sample: {date: [-300, 0]}}
"""
_SETTINGS = 'base_url: {type: string, default: "https://erp.example"}'


class DatedDocuments(ToyDocuments):
    """The toy with customers that are read by the day on which they came."""

    def __init__(self) -> None:
        super().__init__(CANONICAL)
        history = 'history_from: {type: string, format: date, default: "2026-01-01"}'
        connector = CONNECTOR.replace(_SETTINGS, f"{_SETTINGS}\n    {history}")
        self._files["connectors/toy/connector.yaml"] = connector.encode()
        self._files["connectors/toy/customer.yaml"] = DATED.encode()


@dataclass
class DatedErp(ToyErp):
    """Customer N came on day N of the history; ``broken`` days have an error, ``spans`` were asked for."""

    broken: set[str] = field(default_factory=set)
    spans: list[tuple[str, str]] = field(default_factory=list)

    def _page(self, request: Request) -> Reply:
        query = {name: values[0] for name, values in parse_qs(urlsplit(request.url).query).items()}
        if "dateFrom" not in query:
            return super()._page(request)
        since, until = query["dateFrom"], query["dateTo"]
        self.spans.append((since, until))
        if any(since <= day < until for day in self.broken):
            return reply(503, {"message": "down"})
        name = self.names.get(STREAM, "name")
        rows = [(key, day_of(key), row) for key, row in sorted(self.rows[STREAM].items())]
        found = [{"id": key, name: row.name, "day": day} for key, day, row in rows if since <= day < until]
        start, count = int(query["from"]), int(query["count"])
        return reply(200, {"total": len(found), "values": found[start : start + count]})


def day_of(key: int) -> str:
    """Return the day on which a customer came."""
    return (FIRST + timedelta(days=key)).isoformat()


def dated_rig(customers: int = 300) -> tuple[Rig, DatedErp]:
    """Return a rig whose ERP has so many customers, one a day."""
    rig = Rig()
    erp = DatedErp(rig.clock)
    rig.erp = erp
    rig.world = replace(rig.world, sender=erp, catalog=Catalog(DatedDocuments()))
    for key in range(customers):
        erp.put(STREAM, key, f"Firma {key}")
    return rig, erp


@dataclass
class Filling:
    """A backfill of the rig's customers; ``windows`` were read, ``failed`` ended in an error."""

    rig: Rig
    run: str = "fill-1"
    given: dict[str, Any] = field(default_factory=dict)
    windows: list[int] = field(default_factory=list)
    failed: list[int] = field(default_factory=list)

    def plan(self) -> dict[str, Any]:
        """Plan it, as the first state does."""
        given = {"connection": "acme", "stream": STREAM, **self.given}
        wanted = asked(given, self.run, iso(self.rig.clock.now()))
        return self.rig._tried(lambda: plan_backfill(self.rig.world, wanted))

    def __call__(self, **given: Any) -> dict[str, Any]:
        """Do all of it; return the summary with ``ended``, the stream's result."""
        self.given |= given
        started, world = iso(self.rig.clock.now()), self.rig.world
        plan = self.plan()
        for item in orjson.loads(world.objects.get(plan["items"]["key"])):
            try:
                self.window(plan, item)
                self.windows.append(item["window"])
            except errors.SluiceError:
                self.failed.append(item["window"])
        ended = self._ended(plan["sweep"])
        wanted = SummariseRun(self.run, "acme", started, (ended,))
        summary = self.rig._tried(lambda: summarise_run(world, wanted))
        self.rig.clock.advance(60)
        return {**summary, "ended": ended, "sweep": plan["sweep"]}

    def window(self, plan: dict[str, Any], item: dict[str, Any], position: Any = None) -> None:
        """Read one window to its end, as a child execution does."""
        for _ in range(20):
            wanted = self._wanted(plan, item, position)
            fetched = self.rig._tried(lambda wanted=wanted: self._read(wanted))
            position = fetched["position"]
            for chunk in fetched["chunks"]:
                self._hand_over(plan["sweep"], chunk)
            if fetched["outcome"] == "throttled":
                wait = datetime.fromisoformat(fetched["resume_at"]) - self.rig.clock.now()
                self.rig.clock.advance(max(0.0, wait.total_seconds()))
            if fetched["outcome"] == "done":
                break
        else:
            raise AssertionError("a window took more than 20 steps")
        close = self._wanted(plan, item, position)
        self.rig._tried(lambda: close_window(self.rig.world, close))

    def _wanted(self, plan: dict[str, Any], item: dict[str, Any], position: Any) -> ReadWindow:
        where = (self.run, "acme", STREAM, plan["sweep"], item["window"], item["span"])
        return ReadWindow(*where, position, 60)

    def _read(self, wanted: ReadWindow) -> dict[str, Any]:
        with remembering_changes(self.rig.world, STREAM, self.run):
            return read_window(self.rig.world, wanted)

    def _hand_over(self, sweep: str, chunk: dict[str, Any]) -> None:
        body = {"connection": "acme", "connector": "toy", "stream": STREAM, "run": self.run, "sweep": sweep}
        message = HandedOver.from_json({**body, "chunk": chunk})
        self.rig._tried(lambda: transform_chunk(self.rig.world, message))

    def _ended(self, sweep: str) -> dict[str, Any]:
        world, run = self.rig.world, self.run
        summed = self.rig._tried(lambda: sum_windows(world, SumWindows(run, "acme", STREAM, sweep)))
        failure = Failure(**{name.lower(): text for name, text in summed["failure"].items()})
        if summed["outcome"] == "part":
            return dict(summed["ended"])
        if summed["outcome"] == "incomplete":
            return record_failure(world, RecordFailure(run, "acme", STREAM, failure, None))
        if summed["outcome"] == "changed":
            return judge_change(world, JudgeChange(run, "acme", STREAM, failure, sweep))
        wanted = CommitCursor(run, "acme", STREAM, summed["position"])
        try:
            return self.rig._tried(lambda: commit_cursor(world, wanted))
        except errors.ApiChanged as changed:
            failure = Failure("ApiChanged", str(changed))
            judging = JudgeChange(run, "acme", STREAM, failure, sweep, may_go_on=True)
            judged = self.rig._tried(lambda: judge_change(world, judging))
            if judged["outcome"] not in GOES_ON.values():
                return judged
            return commit_cursor(world, replace(wanted, accepted=tuple(judged["accepted"])))
