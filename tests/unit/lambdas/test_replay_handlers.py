"""The handlers of `replay` on the events that the state machine gives them."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from sluice.local.memory_workflow import MemoryWorkflow, Succeeded
from sluice.usecases.operating.quarantine import list_quarantined
from tests.flows.rig import Rig
from tests.unit.lambdas.calling import call, event_of, put_into

HANDLERS = ("plan_replay", "commit_replay", "fail_replay", "transform", "judge_change")


@pytest.fixture
def rig(monkeypatch: pytest.MonkeyPatch) -> Rig:
    rig = Rig()
    entries = [{"source_id": str(key), "faults": [], "record": {"id": key, "name": "x"}} for key in (1, 2)]
    data = gzip.compress(b"\n".join(json.dumps(entry).encode() for entry in entries))
    rig.world.objects.put("quarantine/acme/department/run-0001/000000.jsonl.gz", data)
    put_into(monkeypatch, HANDLERS, lambda: rig.world)
    return rig


def test_a_replay_goes_through_the_handlers(rig: Rig) -> None:
    planned = call("plan_replay")
    assert (planned["outcome"], planned["after"]) == ("page", 1)
    (chunk,) = planned["chunks"]
    assert (chunk["records"], chunk["released"]) == (2, True)
    run = event_of("plan_replay")["run"]
    event = event_of("transform")
    body = {name: planned[name] for name in ("connection", "connector", "stream")}
    body |= {"run": run, "sweep": run, "chunk": chunk, "task_token": "token-1"}
    event["Records"][0]["body"] = json.dumps(body)
    workflow = rig.world.workflow
    assert isinstance(workflow, MemoryWorkflow)
    workflow.wait_for("token-1")
    assert call("transform", **event) == {"batchItemFailures": []}
    assert isinstance(workflow.answers["token-1"], Succeeded)
    again = event_of("plan_replay")
    again["state"]["planned"] = {"after": planned["after"]}
    assert call("plan_replay", **again)["outcome"] == "done"
    committed = call("commit_replay")
    assert (committed["outcome"], committed["counts"]["published"]) == ("replayed", 2)
    assert list(list_quarantined(rig.world, "acme")) == []


def test_a_replay_that_failed_is_told_and_frees_the_connection(rig: Rig) -> None:
    call("plan_replay")
    failed = call("fail_replay")
    assert (failed["outcome"], failed["error"]) == ("failed", "Lambda.Unknown")
    assert [notice["data"]["error"] for notice in rig.notices] == ["Lambda.Unknown"]
    assert rig.world.leases.take("acme", "another", rig.clock.now()) == 2


@pytest.mark.parametrize(
    ("state", "outcome", "error", "told"),
    [
        (
            {"failure": {"Error": "ApiChanged", "Cause": "x"}, "judged": {"outcome": "held"}},
            "held",
            "ApiChanged",
            0,
        ),
        ({"failure": {"Error": "ApiChanged", "Cause": "x"}, "unjudged": {}}, "held", "ApiChanged", 1),
        ({"planned": {"outcome": "held", "note": "by another"}}, "held", "ApiChanged", 0),
        ({"planned": {"outcome": "odd"}}, "failed", "OutcomeUnknown", 1),
    ],
)
def test_what_stopped_a_replay_is_told_once(
    rig: Rig, state: dict[str, Any], outcome: str, error: str, told: int
) -> None:
    event = event_of("fail_replay")
    event["state"] = {"connection": "acme", "stream": "department", **state}
    found = call("fail_replay", **event)
    assert (found["outcome"], found["error"]) == (outcome, error)
    assert len(rig.notices) == told
