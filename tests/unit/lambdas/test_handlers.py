"""Every handler on the event that the state machine, the queue or EventBridge gives it."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sluice.errors import ApiChanged
from sluice.local.memory_workflow import Failed, MemoryWorkflow, Succeeded
from sluice.usecases.deciding.changes import list_changes
from tests.flows.rig import Rig
from tests.flows.toy_erp import reply

EVENTS = Path(__file__).parent / "events"
RUN = "acme-20261121T080000Z-a1b2"


@pytest.fixture
def rig(monkeypatch: pytest.MonkeyPatch) -> Rig:
    monkeypatch.setenv("POWERTOOLS_TRACE_DISABLED", "true")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "sluice")
    rig = Rig()
    for key in range(1, 13):
        rig.erp.put("department", key, f"Avdeling {key}")
    for file in EVENTS.glob("*.json"):
        module = importlib.import_module(f"lambdas.{file.stem}")
        monkeypatch.setattr(module, "world", lambda: rig.world, raising=False)
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


def _message(fetched: dict[str, Any], token: str) -> dict[str, Any]:
    event = _event("transform")
    body = {"connection": "acme", "connector": "toy", "stream": "department", "run": RUN}
    body |= {"sweep": fetched["sweep"], "chunk": fetched["chunks"][0], "task_token": token}
    event["Records"][0]["body"] = json.dumps(body)
    return event


def test_every_handler_has_an_event_and_every_event_a_handler() -> None:
    handlers = {file.stem for file in Path("lambdas").glob("*.py")} - {"__init__", "powers"}
    assert handlers == {file.stem for file in EVENTS.glob("*.json")}


def test_a_stream_goes_through_the_handlers(rig: Rig) -> None:
    plan = _call("plan_run")
    assert plan["outcome"] == "planned"
    assert {job["stream"] for job in plan["jobs"]} == {"department", "customer"}
    fetched = _call("fetch_pages")
    assert fetched["outcome"] == "done"
    assert [chunk["records"] for chunk in fetched["chunks"]] == [12]
    workflow = rig.world.workflow
    assert isinstance(workflow, MemoryWorkflow)
    workflow.wait_for("token-1")
    assert _call("transform", _message(fetched, "token-1")) == {"batchItemFailures": []}
    assert isinstance(workflow.answers["token-1"], Succeeded)
    event = {**_event("commit_cursor"), "position": fetched["position"]}
    committed = _call("commit_cursor", event)
    assert committed["outcome"] == "synced"
    assert committed["counts"]["published"] == 12
    summary = _call("summarise_run", {**_event("summarise_run"), "state": {"results": [committed]}})
    assert summary["outcome"] == "succeeded"


def test_a_chunk_that_shows_a_change_fails_its_token_by_name_and_is_done_with(rig: Rig) -> None:
    for key in range(1, 13):
        rig.erp.put("department", key, None)
    _call("plan_run")
    fetched = _call("fetch_pages")
    workflow = rig.world.workflow
    assert isinstance(workflow, MemoryWorkflow)
    workflow.wait_for("token-1")
    assert _call("transform", _message(fetched, "token-1")) == {"batchItemFailures": []}
    answer = workflow.answers["token-1"]
    assert isinstance(answer, Failed)
    assert answer.error == "ApiChanged"
    event = {**_event("judge_change"), "position": fetched["position"]}
    assert _call("judge_change", event)["outcome"] == "held"
    assert list_changes(rig.world)[0].change is not None


def test_a_message_that_cannot_be_worked_on_is_given_back_and_at_last_told(rig: Rig) -> None:
    _call("plan_run")
    fetched = _call("fetch_pages")
    rig.world.objects.put(fetched["chunks"][0]["key"], b"damaged")
    event = _message(fetched, "token-1")
    workflow = rig.world.workflow
    assert isinstance(workflow, MemoryWorkflow)
    workflow.wait_for("token-1")
    given_back = {"batchItemFailures": [{"itemIdentifier": event["Records"][0]["messageId"]}]}
    assert _call("transform", event) == given_back
    assert "token-1" not in workflow.answers
    event["Records"][0]["attributes"]["ApproximateReceiveCount"] = "5"
    assert _call("transform", event) == given_back
    assert isinstance(workflow.answers["token-1"], Failed)


def test_a_change_noted_by_fetch_pages_is_found_by_judge_change(rig: Rig) -> None:
    _call("plan_run")
    rig.erp.faults = [reply(410, {})]
    with pytest.raises(ApiChanged):
        _call("fetch_pages")
    judged = _call("judge_change")
    assert (judged["outcome"], judged["error"]) == ("held", "ApiChanged")
    [incident] = list_changes(rig.world)
    assert incident.change is not None
    assert incident.change["code"] == "D01"


def test_a_dead_worker_is_recorded_in_words(rig: Rig) -> None:
    _call("plan_run")
    recorded = _call("record_failure")
    assert (recorded["stream"], recorded["outcome"], recorded["error"]) == (
        "department",
        "failed",
        "Lambda.Unknown",
    )
    assert recorded["cause"].startswith("the worker died")
    assert len(rig.notices) == 1


def test_an_aborted_execution_is_told_once_and_frees_the_connection(rig: Rig) -> None:
    _call("plan_run")
    assert _call("report_ended_run") == {"told": True}
    assert _call("report_ended_run") == {"told": False}
    assert [notice["data"]["error"] for notice in rig.notices] == ["RunAborted"]
    assert _call("plan_run", {**_event("plan_run"), "run": "acme-next"})["outcome"] == "planned"


def test_a_batch_for_the_lake_is_written_and_what_is_no_event_is_given_back(rig: Rig) -> None:
    event = _event("write_lake")
    bad = event["Records"][1]["messageId"]
    assert _call("write_lake", event) == {"batchItemFailures": [{"itemIdentifier": bad}]}
    [key] = rig.world.objects.keys("lake/")
    assert key.startswith("lake/department/events/acme/fresh/")
    assert rig.world.objects.get(key).startswith(b"PAR1")
