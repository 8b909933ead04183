"""The handlers of `replay` on the events that the state machine gives them."""

from __future__ import annotations

import gzip
import importlib
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sluice.local.memory_workflow import MemoryWorkflow, Succeeded
from sluice.usecases.operating.quarantine import list_quarantined
from tests.flows.rig import Rig

EVENTS = Path(__file__).parent / "events"
HANDLERS = ("plan_replay", "commit_replay", "fail_replay", "transform", "judge_change")


@pytest.fixture
def rig(monkeypatch: pytest.MonkeyPatch) -> Rig:
    monkeypatch.setenv("POWERTOOLS_TRACE_DISABLED", "true")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "sluice")
    rig = Rig()
    entries = [{"source_id": str(key), "faults": [], "record": {"id": key, "name": "x"}} for key in (1, 2)]
    data = gzip.compress(b"\n".join(json.dumps(entry).encode() for entry in entries))
    rig.world.objects.put("quarantine/acme/department/run-0001/000000.jsonl.gz", data)
    for name in HANDLERS:
        monkeypatch.setattr(importlib.import_module(f"lambdas.{name}"), "world", lambda: rig.world)
    return rig


def _event(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text())
    return found


def _call(name: str, event: dict[str, Any] | None = None) -> Any:
    context = SimpleNamespace(
        get_remaining_time_in_millis=lambda: 60_000,
        function_name=name,
        memory_limit_in_mb=128,
        invoked_function_arn=f"arn:aws:lambda:eu-north-1:1:function:{name}",
        aws_request_id="1",
        tenant_id=None,
    )
    handler = importlib.import_module(f"lambdas.{name}").handler
    return json.loads(json.dumps(handler(event or _event(name), context)))


def test_a_replay_goes_through_the_handlers(rig: Rig) -> None:
    planned = _call("plan_replay")
    assert (planned["outcome"], planned["after"]) == ("page", 1)
    (chunk,) = planned["chunks"]
    assert (chunk["records"], chunk["released"]) == (2, True)
    run = _event("plan_replay")["run"]
    event = _event("transform")
    body = {name: planned[name] for name in ("connection", "connector", "stream")}
    body |= {"run": run, "sweep": run, "chunk": chunk, "task_token": "token-1"}
    event["Records"][0]["body"] = json.dumps(body)
    workflow = rig.world.workflow
    assert isinstance(workflow, MemoryWorkflow)
    workflow.wait_for("token-1")
    assert _call("transform", event) == {"batchItemFailures": []}
    assert isinstance(workflow.answers["token-1"], Succeeded)
    again = _event("plan_replay")
    again["state"]["planned"] = {"after": planned["after"]}
    assert _call("plan_replay", again)["outcome"] == "done"
    committed = _call("commit_replay")
    assert (committed["outcome"], committed["counts"]["published"]) == ("replayed", 2)
    assert list(list_quarantined(rig.world, "acme")) == []


def test_a_replay_that_failed_is_told_and_frees_the_connection(rig: Rig) -> None:
    _call("plan_replay")
    failed = _call("fail_replay")
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
    event = _event("fail_replay")
    event["state"] = {"connection": "acme", "stream": "department", **state}
    found = _call("fail_replay", event)
    assert (found["outcome"], found["error"]) == (outcome, error)
    assert len(rig.notices) == told
