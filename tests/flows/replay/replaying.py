"""A whole replay on memory adapters: the use cases in the order in which replay.asl.json calls them."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from sluice import errors
from sluice.local.memory_workflow import MemoryWorkflow
from sluice.model.http import Reply, Request
from sluice.ports.sender import Sender
from sluice.registry.overrides import Override, Overrides
from sluice.usecases.deciding.accepting import accept_change
from sluice.usecases.deciding.changes import list_changes
from sluice.usecases.failures import Failure
from sluice.usecases.judge_change import JudgeChange, judge_change
from sluice.usecases.operating.quarantine import list_quarantined
from sluice.usecases.replay.commit_replay import commit_replay
from sluice.usecases.replay.fail_replay import FailReplay, fail_replay
from sluice.usecases.replay.plan import Replay
from sluice.usecases.replay.plan_replay import PlanReplay, plan_replay
from sluice.usecases.replay.starting import replay_quarantine
from sluice.usecases.transform_chunk import HandedOver, transform_chunk
from sluice.usecases.world import iso
from tests.flows.rig import Rig
from tests.flows.toy_erp import MAPPING

_MAX_STEPS = 80
LONG = timedelta(days=365)


@dataclass
class Renaming:
    """A sender whose ERP gives fields of its records other names."""

    inner: Sender
    names: dict[str, str]
    stream: str = "department"

    def send(self, request: Request) -> Reply:
        reply = self.inner.send(request)
        if f"/{self.stream}?" not in request.url:
            return reply
        body = json.loads(reply.body)
        if "values" in body:
            body["values"] = [
                {self.names.get(name, name): value for name, value in record.items()}
                for record in body["values"]
            ]
        return replace(reply, body=json.dumps(body).encode())


def rename(rig: Rig, **names: str) -> None:
    """From now on the ERP gives these fields of its departments other names."""
    rig.world = replace(rig.world, sender=Renaming(rig.erp, names))


def copy_of(made: Rig) -> Rig:
    """Return a rig of its own that stands where ``made`` stands."""
    rig = Rig()
    rig.clock.advance((made.clock.now() - rig.clock.now()).total_seconds())
    rig.number = made.number
    for name in ("connections_table", "state", "runs_table"):
        items = getattr(rig.world, name)._items
        items.clear()
        items.update(getattr(made.world, name)._items)
    rig.world.objects._objects.update(made.world.objects._objects)  # type: ignore[attr-defined]
    _machine(rig)._kept.update({name: copy.copy(kept) for name, kept in _machine(made)._kept.items()})
    rig.erp.rows = {
        name: {key: copy.copy(row) for key, row in rows.items()} for name, rows in made.erp.rows.items()
    }
    if isinstance(made.world.sender, Renaming):
        rename(rig, **made.world.sender.names)
    rig.erp.deleted = list(made.erp.deleted)
    rig.consumer.ids |= made.consumer.ids
    rig.consumer.events += made.consumer.events
    rig.consumer.state |= made.consumer.state
    rig.notices += made.notices
    return rig


def all_replays(rig: Rig) -> list[str]:
    """Return the names of the replays that were ever started, in order."""
    return list(_machine(rig)._kept)


def started(rig: Rig) -> list[str]:
    """Return the names of the replays that were started and have not ended, in order."""
    machine = _machine(rig)
    return [name for name in all_replays(rig) if machine.describe(name).status == "RUNNING"]


def replay_all(rig: Rig) -> list[dict[str, Any]]:
    """Run every replay that was started; return what each came to."""
    return [replay_one(rig, name) for name in started(rig)]


def replay_one(rig: Rig, name: str) -> dict[str, Any]:
    """Run a replay to its end; return what CommitReplay or FailReplay said."""
    asked = _machine(rig).payload(name)
    replay = Replay(name, asked["connection"], asked["stream"], asked["sweep"])
    begun = iso(rig.clock.now())
    judged = False
    try:
        found = _to_its_end(rig, replay, begun)
    except errors.SluiceError as error:
        failure = Failure(type(error).__name__, str(error))
        if isinstance(error, errors.ApiChanged):
            judged = _judged(rig, replay, failure)
        found = rig._tried(lambda: fail_replay(rig.world, FailReplay(replay, begun, failure, judged=judged)))
    failed = found["outcome"] != "replayed"
    _machine(rig).end(name, "FAILED" if failed else "SUCCEEDED", found.get("error"), found.get("cause"))
    rig.clock.advance(60)
    return found


def _to_its_end(rig: Rig, replay: Replay, begun: str) -> dict[str, Any]:
    after = 0
    for _ in range(_MAX_STEPS):
        wanted = PlanReplay(replay, begun, after)
        planned = rig._tried(lambda wanted=wanted: plan_replay(rig.world, wanted))
        after = planned["after"]
        if planned["outcome"] == "busy":
            rig.clock.advance(600)
        elif planned["outcome"] == "held":
            wanted_end = FailReplay(replay, begun, Failure("ApiChanged", planned["note"]), judged=True)
            return rig._tried(lambda wanted=wanted_end: fail_replay(rig.world, wanted))
        elif planned["outcome"] == "done":
            return rig._tried(lambda: commit_replay(rig.world, replay))
        for chunk in planned["chunks"]:
            body = {"connection": planned["connection"], "connector": planned["connector"]}
            body |= {"stream": planned["stream"], "run": replay.run, "sweep": replay.run, "chunk": chunk}
            message = HandedOver.from_json(body)
            rig._tried(lambda message=message: transform_chunk(rig.world, message))
    raise AssertionError(f"{replay.run} took more than {_MAX_STEPS} steps")


def _judged(rig: Rig, replay: Replay, failure: Failure) -> bool:
    wanted = JudgeChange(replay.run, replay.connection, replay.stream, failure, replay.run)
    try:
        rig._tried(lambda: judge_change(rig.world, wanted))
    except errors.SluiceError:
        return False
    return True


def _machine(rig: Rig) -> MemoryWorkflow:
    machine = getattr(rig.world.replays, "_inner", rig.world.replays)
    assert isinstance(machine, MemoryWorkflow)
    return machine


def begun() -> Rig:
    rig = Rig()
    for stream in ("department", "customer"):
        for key in range(1, 26):
            rig.erp.put(stream, key, f"{stream} {key}")
    assert rig.run()["outcome"] == "succeeded"
    return rig


def with_bad(rig: Rig, *bad: tuple[str, int]) -> Rig:
    """These records come without a name in the next run, and are set aside; all others come again, too."""
    for rows in rig.erp.rows.values():
        for row in rows.values():
            row.changed = rig.clock.now() if row.name else row.changed
    for stream, key in bad:
        rig.erp.put(stream, key, None)
    assert rig.run()["counts"]["quarantined"] == len(bad)
    for stream, key in bad:
        # The ERP does not give it again before it is changed again.
        rig.erp.rows[stream][key].changed -= LONG
    return rig


def mend(rig: Rig, stream: str, *, accept: bool = True) -> None:
    """From now on a record without a name is called unnamed, and that is accepted."""
    mended = MAPPING.format(stream=stream).replace("name: name", "name: {first: [name, {value: unnamed}]}")
    Overrides(rig.world.state, "acme").put(stream, Override(mended, "", (), "test", "", ""))
    for change in list_changes(rig.world, "acme"):
        if accept and change.stream == stream and change.state == "open":
            accept_change(rig.world, change.id, "test", "")


def replay(rig: Rig, stream: str | None = None) -> list[dict[str, object]]:
    """Run the replays that were started, or those of the quarantine where there are none."""
    if not started(rig):
        replay_quarantine(rig.world, "acme", stream)
    return replay_all(rig)


def quarantined(rig: Rig) -> list[tuple[str, str | None]]:
    return [(found.stream, found.source_id) for found in list_quarantined(rig.world, "acme")]


def held() -> Rig:
    """A rig whose department was renamed, held, and accepted with its patch: its replay is to come."""
    rig = begun()
    rig.erp.put("department", 7, None)
    rig.run()
    rename(rig, name="title")
    for key in (3, 26):
        rig.erp.put("department", key, f"Ny {key}")
    rig.erp.put("department", 7, "whole again")
    assert rig.run()["results"]["department"]["outcome"] == "held"
    (incident,) = [one for one in list_changes(rig.world) if (one.change or {})["code"] == "D44"]
    accept_change(rig.world, incident.id, "kari", "", patch=True)
    return rig


def check_versions(rig: Rig) -> None:
    versions = [(event["data"]["id"], event["entityversion"]) for event in rig.consumer.events]
    assert len(versions) == len(set(versions)), "one version with two contents"


def check_ended(rig: Rig) -> None:
    for stream in ("department", "customer"):
        truth = {key: row.name or "unnamed" for key, row in rig.erp.rows[stream].items()}
        assert rig.consumer.names(stream) == truth
    check_versions(rig)
    assert all(run.status != "running" for run in rig.world.runs.of("acme"))
