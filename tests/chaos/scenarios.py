"""What executions can be about: how each begins, what is struck, and what the consumer has in the end."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from copy import copy
from dataclasses import dataclass, field
from typing import Any

from lambdas import fetch_pages
from sluice.aws.client_error import AWS_FAILURES
from sluice.model.connection import Connection
from sluice.ports.topic import PublishFailed
from sluice.usecases.connections import ConnectionDesk
from sluice.usecases.deciding.accepting import accept_change
from sluice.usecases.deciding.changes import list_changes
from sluice.usecases.fetching.standing import CHUNK_EVENTS, HISTORY_EVENTS, STEP_EVENTS, STREAM_EVENTS
from tests.chaos.ledger import chance
from tests.chaos.stage import STREAMS, Stage
from tests.flows.backfill.backfilling import STREAM as DATED_STREAM
from tests.flows.backfill.backfilling import dated_rig
from tests.flows.oauth_erp import OAuthErp, OAuthRig
from tests.flows.rig import Killed, Rig
from tests.flows.toy_erp import ToyErp, reply

Act = Callable[[Stage], None]
RECORDS = 12


def toy() -> Rig:
    """Return a rig of the toy ERP, with small messages."""
    rig = Rig()
    rig.desk.add(Connection("acme", "toy", events_per_message=3), {}, update=True)
    for stream in STREAMS:
        for key in range(1, RECORDS + 1):
            rig.erp.put(stream, key, f"{stream} {key}")
    rig.clock.advance(3600)
    return rig


def dated() -> Rig:
    """Return a rig whose customers are read by days."""
    rig, erp = dated_rig(0)
    settings = {"history_from": "2026-09-15"}
    desk = ConnectionDesk(rig.world, rig.schedules)
    desk.add(Connection("acme", "toy", settings, events_per_message=3), {}, update=True)
    for key in range(258, 318):
        erp.put(DATED_STREAM, key, f"customer {key}")
    return rig


@dataclass(frozen=True, slots=True)
class Scenario:
    """``make`` gives a rig, ``before`` brings it to where ``act`` begins, which is struck.

    ``events`` is what an execution may write into its history. ``patched``: the mapping follows the ERP's
    change, which therefore stays.
    """

    name: str
    act: Act
    before: Act = field(default=lambda stage: None)
    make: Callable[[], Rig] = toy
    events: int = HISTORY_EVENTS
    patched: bool = False

    def prepared(self) -> Stage:
        """Return a stage that stands where the scenario begins."""
        self.enter()
        stage = Stage(self.make(), chance("7"))
        self.before(stage)
        return stage

    def enter(self) -> None:
        """Let functions know how long a history may be."""
        fetch_pages.history_events = lambda: self.events  # type: ignore[assignment]

    def well(self, stage: Stage) -> None:
        """From here on everybody is well: the ERP, whoever works, and who decides."""
        fetch_pages.history_events = lambda: HISTORY_EVENTS  # type: ignore[assignment]
        if not self.patched:
            stage.rig.erp.names.clear()
        stage.heal()
        for rows in stage.rig.erp.rows.values():
            for row in rows.values():
                if row.name is None:
                    row.name, row.changed = "whole again", stage.clock.now()

    def copy_of(self, made: Stage) -> Stage:
        """Return a stage of its own that stands where ``made`` stands."""
        self.enter()
        stage = Stage(self.make(), chance("7"))
        rig, kept = stage.rig, made.rig
        rig.clock.advance((kept.clock.now() - rig.clock.now()).total_seconds())
        for name in ("connections_table", "state", "runs_table"):
            items = getattr(stage.plain, name)._items
            items.clear()
            items.update(getattr(made.plain, name)._items)
        stage.plain.objects._objects.update(made.plain.objects._objects)  # type: ignore[attr-defined]
        stage.plain.secrets._bundles.update(made.plain.secrets._bundles)  # type: ignore[attr-defined]
        _copy_erp(kept.erp, rig.erp)
        if isinstance(kept, OAuthRig) and isinstance(rig, OAuthRig):
            _copy_vendor(kept.vendor, rig.vendor)
        rig.notices += kept.notices
        stage.take_over(made)
        return stage


def _copy_erp(made: ToyErp, erp: ToyErp) -> None:
    erp.rows = {name: {key: copy(row) for key, row in rows.items()} for name, rows in made.rows.items()}
    erp.deleted, erp.faults, erp.key = list(made.deleted), list(made.faults), made.key
    erp.names = dict(made.names)


def _copy_vendor(made: OAuthErp, vendor: OAuthErp) -> None:
    vendor.granted, vendor.refused = made.granted, made.refused
    vendor._before, vendor._spent = dict(made._before), set(made._spent)
    vendor._access = dict(made._access)


def _run(stage: Stage) -> None:
    stage.run()


def _run_on(stage: Stage) -> None:
    stage.run()
    for _ in range(20):
        stage.follow()


def _edited(stage: Stage) -> None:
    stage.run()
    for stream in STREAMS:
        stage.rig.erp.put(stream, 3, "edited")
        stage.rig.erp.put(stream, 20, "added")
    for key in (7, 8):
        stage.rig.erp.remove("department", key)
    stage.clock.advance(3600)


def _deleted(stage: Stage) -> None:
    """Tombstones: of records that are known, and of one never seen."""
    stage.run()
    stage.rig.erp.put("customer", 3, "edited")
    stage.clock.advance(3600)
    for key in (4, 5):
        stage.rig.erp.remove("customer", key)
    stage.rig.erp.put("customer", 23, "never seen")
    stage.rig.erp.remove("customer", 23)
    stage.clock.advance(3600)


def _emptied(stage: Stage) -> None:
    stage.run()
    stage.rig.erp.rows["department"].clear()
    stage.clock.advance(3600)


def _set_aside(stage: Stage) -> None:
    stage.run()
    for row in stage.rig.erp.rows["customer"].values():
        row.changed = stage.clock.now()
    stage.rig.erp.put("customer", 3, None)
    stage.clock.advance(3600)


def _unavailable(stage: Stage) -> None:
    stage.run()
    stage.rig.erp.put("customer", 3, "edited")
    stage.rig.erp.faults += [reply(503, {})] * 3
    stage.clock.advance(3600)


def _renamed(stage: Stage) -> None:
    stage.run()
    stage.rig.erp.names["department"] = "title"
    stage.rig.erp.put("department", 3, "edited")
    stage.rig.erp.put("department", 20, "added")
    stage.clock.advance(3600)


def _held(stage: Stage) -> None:
    _renamed(stage)
    stage.run()
    stage.clock.advance(60)


def _accepted(stage: Stage) -> None:
    _held(stage)
    (change,) = [one for one in list_changes(stage.plain) if (one.change or {})["code"] == "D44"]
    accept_change(stage.plain, change.id, "kari", "", patch=True)


def _accept(stage: Stage) -> None:
    """A person accepts, and again as long as it does not seem to have worked; the replay runs."""
    (change,) = [one for one in list_changes(stage.plain) if (one.change or {})["code"] == "D44"]
    for _ in range(8):
        # A person's command is part of no execution: it goes on, whatever has ended meanwhile.
        stage.injector.ended = False
        stage.injector.new_worker()
        with suppress(Killed, PublishFailed, *AWS_FAILURES):
            accept_change(stage.world, change.id, "kari", "", patch=True)
            break
    stage.injector.ended = stage.injector.dead = False
    stage.follow()


def _follow(stage: Stage) -> None:
    stage.follow()


def _fill(stage: Stage) -> None:
    stage.run("backfill", "backfill", stream=DATED_STREAM, days=30)


def _expired(stage: Stage) -> None:
    """The access token has expired since the last run."""
    stage.run()
    stage.rig.erp.put("customer", 3, "edited")
    stage.clock.advance(3600)


ONE_PAGE = STREAM_EVENTS + STEP_EVENTS + 3 * CHUNK_EVENTS

SCENARIOS = (
    Scenario("first run", _run),
    Scenario("incremental run", _run, _edited),
    Scenario("deletion sweep", _run, _deleted),
    Scenario("sudden emptiness", _run, _emptied),
    Scenario("records set aside", _run, _set_aside),
    Scenario("ERP unavailable", _run, _unavailable),
    Scenario("drift held", _run, _renamed),
    Scenario("drift accepted", _accept, _held, patched=True),
    Scenario("replay", _follow, _accepted, patched=True),
    Scenario("backfill in windows", _fill, make=dated),
    Scenario("history full, goes on", _run_on, events=2 * ONE_PAGE),
    Scenario("refresh token rotates", _run, _expired, OAuthRig),
)


def gone(stage: Stage) -> set[Any]:
    """Return the ids of all events that were taken."""
    return set(stage.ledger.taken.ids)


__all__ = ["SCENARIOS", "Scenario", "gone"]
