"""Every handler on the event that the state machine, the queue or EventBridge gives it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sluice.errors import ApiChanged, OutcomeUnknown
from sluice.local.memory_workflow import Failed, MemoryWorkflow, Succeeded
from sluice.model.metered import Metered
from sluice.ports.topic import PublishFailed
from sluice.registry.usages import Usages
from sluice.usecases.deciding.changes import list_changes
from tests.flows.rig import Rig
from tests.flows.toy_erp import reply
from tests.unit.lambdas.calling import EVENTS, call, event_of, handlers, put_into

RUN = "acme-20261121T080000Z-a1b2"


@pytest.fixture
def rig(monkeypatch: pytest.MonkeyPatch) -> Rig:
    rig = Rig()
    for key in range(1, 13):
        rig.erp.put("department", key, f"Avdeling {key}")
    put_into(monkeypatch, handlers().keys() - {"deliver_notification", "serve_api"}, lambda: rig.world)
    return rig


def _message(fetched: dict[str, Any], token: str) -> dict[str, Any]:
    event = event_of("transform")
    body = {"connection": "acme", "connector": "toy", "stream": "department", "run": RUN}
    body |= {"sweep": fetched["sweep"], "chunk": fetched["chunks"][0], "task_token": token}
    event["Records"][0]["body"] = json.dumps(body)
    return event


def test_every_handler_has_an_event_and_every_event_a_handler() -> None:
    assert handlers().keys() == EVENTS.keys()


def test_a_stream_goes_through_the_handlers(rig: Rig) -> None:
    plan = call("plan_run")
    assert plan["outcome"] == "planned"
    assert {job["stream"] for job in plan["jobs"]} == {"department", "customer"}
    fetched = call("fetch_pages")
    assert fetched["outcome"] == "done"
    assert [chunk["records"] for chunk in fetched["chunks"]] == [12]
    workflow = rig.world.workflow
    assert isinstance(workflow, MemoryWorkflow)
    workflow.wait_for("token-1")
    assert call("transform", **_message(fetched, "token-1")) == {"batchItemFailures": []}
    assert isinstance(workflow.answers["token-1"], Succeeded)
    committed = call("commit_cursor", position=fetched["position"])
    assert committed["outcome"] == "synced"
    assert committed["counts"]["published"] == 12
    summary = call("summarise_run", state={"results": [committed]})
    assert summary["outcome"] == "succeeded"


def test_a_stream_never_read_is_left_to_its_own_branch_and_one_without_news_ends_the_run(rig: Rig) -> None:
    plan = call("plan_run")
    looked = call("look_for_news", plan=plan)
    assert (looked["outcome"], looked["jobs"], looked["looked"]) == ("news", plan["jobs"], [])
    fetched = call("fetch_pages", stream="customer")
    call("commit_cursor", stream="customer", position=fetched["position"])
    call("summarise_run", state={"results": []})
    rig.clock.advance(3600)
    again = {"run": "acme-again", "started_at": "2026-11-21T09:00:00.000Z"}
    plan = call("plan_run", **again)
    jobs = [job for job in plan["jobs"] if job["stream"] == "customer"]
    summary = call("look_for_news", **again, plan={**plan, "jobs": jobs})
    assert (summary["outcome"], summary["counts"]["fetched"]) == ("succeeded", 0)
    assert call("plan_run", run="acme-next")["outcome"] == "planned"


def test_a_chunk_that_shows_a_change_fails_its_token_by_name_and_is_done_with(rig: Rig) -> None:
    for key in range(1, 13):
        rig.erp.put("department", key, None)
    call("plan_run")
    fetched = call("fetch_pages")
    workflow = rig.world.workflow
    assert isinstance(workflow, MemoryWorkflow)
    workflow.wait_for("token-1")
    assert call("transform", **_message(fetched, "token-1")) == {"batchItemFailures": []}
    answer = workflow.answers["token-1"]
    assert isinstance(answer, Failed)
    assert answer.error == "ApiChanged"
    assert call("judge_change", position=fetched["position"])["outcome"] == "held"
    assert list_changes(rig.world)[0].change is not None


def test_a_message_that_cannot_be_worked_on_is_given_back_and_at_last_told(rig: Rig) -> None:
    call("plan_run")
    fetched = call("fetch_pages")
    rig.world.objects.put(fetched["chunks"][0]["key"], b"damaged")
    event = _message(fetched, "token-1")
    workflow = rig.world.workflow
    assert isinstance(workflow, MemoryWorkflow)
    workflow.wait_for("token-1")
    given_back = {"batchItemFailures": [{"itemIdentifier": event["Records"][0]["messageId"]}]}
    assert call("transform", **event) == given_back
    assert "token-1" not in workflow.answers
    event["Records"][0]["attributes"]["ApproximateReceiveCount"] = "5"
    assert call("transform", **event) == given_back
    assert isinstance(workflow.answers["token-1"], Failed)


def test_a_change_noted_by_fetch_pages_is_found_by_judge_change(rig: Rig) -> None:
    call("plan_run")
    rig.erp.faults = [reply(410, {})]
    with pytest.raises(ApiChanged):
        call("fetch_pages")
    judged = call("judge_change")
    assert (judged["outcome"], judged["error"]) == ("held", "ApiChanged")
    [incident] = list_changes(rig.world)
    assert incident.change is not None
    assert incident.change["code"] == "D01"


def test_a_dead_worker_is_recorded_in_words(rig: Rig) -> None:
    call("plan_run")
    recorded = call("record_failure")
    assert (recorded["stream"], recorded["outcome"], recorded["error"]) == (
        "department",
        "failed",
        "Lambda.Unknown",
    )
    assert recorded["cause"].startswith("the worker died")
    assert len(rig.notices) == 1


def test_an_aborted_execution_is_told_once_and_frees_the_connection(rig: Rig) -> None:
    call("plan_run")
    assert call("report_ended_run") == {"told": True}
    assert call("report_ended_run") == {"told": False}
    assert [notice["data"]["error"] for notice in rig.notices] == ["RunAborted"]
    assert call("plan_run", run="acme-next")["outcome"] == "planned"


def test_what_a_run_used_is_kept_when_it_has_ended(rig: Rig) -> None:
    call("plan_run")
    rig.world.workflow.start(RUN, {"connection": "acme"})
    assert call("keep_usage") == {"kept": True, "lacks": ""}
    usage = Usages(rig.world.runs_table).get(RUN)
    assert usage is not None
    assert (usage.connection, usage.trigger) == ("acme", "manual")


def test_a_history_that_is_not_to_be_had_is_asked_for_again(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PublishFailed("throttled")

    call("plan_run")
    monkeypatch.setattr(MemoryWorkflow, "history", refused)
    with pytest.raises(OutcomeUnknown, match="throttled"):
        call("keep_usage")


def test_a_batch_for_the_lake_is_written_and_what_is_no_event_is_given_back(rig: Rig) -> None:
    event = event_of("write_lake")
    bad = event["Records"][1]["messageId"]
    assert call("write_lake", **event) == {"batchItemFailures": [{"itemIdentifier": bad}]}
    [key] = rig.world.objects.keys("lake/")
    assert key.startswith("lake/department/events/acme/fresh/")
    assert rig.world.objects.get(key).startswith(b"PAR1")


def test_a_step_of_a_run_answers_with_what_it_used_and_a_chunk_tells_it_to_its_token(rig: Rig) -> None:
    assert Metered.from_json(call("plan_run")["used"]).mb == 512
    fetched = call("fetch_pages")
    assert Metered.from_json(fetched["used"]).ms >= 1
    workflow = rig.world.workflow
    assert isinstance(workflow, MemoryWorkflow)
    workflow.wait_for("token-1")
    assert "used" not in call("transform", **_message(fetched, "token-1"))
    answer = workflow.answers["token-1"]
    assert isinstance(answer, Succeeded)
    # The message was received, and is removed.
    assert Metered.from_json(answer.output["used"]).requests["sqs_request"] == "2"


def test_who_is_no_step_of_a_run_logs_what_it_used(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    call("plan_run")
    assert not logged(caplog)
    call("keep_usage")
    assert [found.mb for found in logged(caplog)] == [512]


def logged(caplog: pytest.LogCaptureFixture) -> list[Metered]:
    return [Metered.from_json(record.__dict__["used"]) for record in caplog.records if record.msg == "used"]
