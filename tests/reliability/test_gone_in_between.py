"""What was there a moment ago is gone: the place in a list that an ERP has forgotten, a chunk's object."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sluice.local.memory_workflow import Failed, MemoryWorkflow
from sluice.model.http import Reply, Request
from sluice.usecases.deciding.accepting import accept_change
from sluice.usecases.deciding.changes import list_changes
from tests.flows.rig import Rig
from tests.flows.toy_erp import reply
from tests.unit.lambdas.calling import call, event_of, handlers, put_into

ROWS = 35
RUN = "acme-20261121T080000Z-a1b2"


@pytest.fixture
def rig() -> Rig:
    rig = Rig()
    for key in range(1, ROWS + 1):
        rig.erp.put("department", key, f"Department {key}")
    return rig


@pytest.mark.parametrize("page", [2, 3, 4])
def test_a_place_that_the_erp_has_forgotten_is_told_and_then_read_from_the_start(rig: Rig, page: int) -> None:
    usual, served, forgotten = rig.erp._page, [0], [0]

    def forgetful(request: Request) -> Reply:
        if "/department" not in request.url:
            return usual(request)
        if served[0] < page - 1:
            served[0] += 1
            return usual(request)
        forgotten[0] += 1
        return reply(410, {"message": "this place is known no more"})

    rig.erp._page = forgetful  # type: ignore[method-assign]
    summary = rig.run()
    assert (summary["outcome"], summary["error"]) == ("held", "ApiChanged")
    assert forgotten[0] >= 1
    [told] = [notice for notice in rig.notices if notice["type"] == "stream.held"]
    assert told["data"]["stream"] == "department"
    before = set(rig.consumer.ids)
    assert len(before) <= (page - 1) * 10
    rig.erp._page = usual  # type: ignore[method-assign]
    for change in list_changes(rig.world):
        accept_change(rig.world, change.id, "kari", "they forget after an hour")
    assert rig.run()["outcome"] == "succeeded"
    truth = {key: f"Department {key}" for key in range(1, ROWS + 1)}
    assert rig.consumer.names("department") == truth
    versions = [(event["data"]["id"], event["entityversion"]) for event in rig.consumer.events]
    assert len(versions) == len(set(versions)) == ROWS


def test_a_chunk_whose_object_is_gone_is_told_to_its_run_and_becomes_a_dead_letter(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_into(monkeypatch, handlers().keys() - {"deliver_notification", "serve_api"}, lambda: rig.world)
    call("plan_run")
    fetched: Any = call("fetch_pages")
    [chunk] = fetched["chunks"]
    rig.world.objects.delete(chunk["key"])
    body = {"connection": "acme", "connector": "toy", "stream": "department", "run": RUN}
    body |= {"sweep": fetched["sweep"], "chunk": chunk, "task_token": "token-1"}
    workflow = rig.world.workflow
    assert isinstance(workflow, MemoryWorkflow)
    workflow.wait_for("token-1")
    event = event_of("transform")
    event["Records"][0]["body"] = json.dumps(body)
    given_back = {"batchItemFailures": [{"itemIdentifier": event["Records"][0]["messageId"]}]}
    for delivery in range(1, 6):
        event["Records"][0]["attributes"]["ApproximateReceiveCount"] = str(delivery)
        assert call("transform", **event) == given_back
        assert ("token-1" in workflow.answers) == (delivery == 5)
    answer = workflow.answers["token-1"]
    assert isinstance(answer, Failed)
    assert chunk["key"] in repr(answer)
    assert rig.consumer.events == []
