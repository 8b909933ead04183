"""The operator's two steps on the embedded AWS: a used field is renamed, held, accepted; its records flow."""

from __future__ import annotations

import json

from sluice.usecases.deciding.accepting import accept_change, reject_change
from sluice.usecases.deciding.changes import list_changes
from sluice.usecases.operating.runs import path_of_run
from tests.live.pipeline.conftest import end_of
from tests.live.pipeline.test_runs import MakeCustomer


def test_a_rename_is_accepted_with_one_command_and_the_held_records_arrive_once(
    customer_of: MakeCustomer,
) -> None:
    acme = customer_of("acme-renamed", {"customer": 120}, streams=("customer", "department"))
    world = acme.deployment.world
    assert acme.run().run.status == "succeeded"  # type: ignore[union-attr]
    acme.order("change", stream="customer", count=90, set={"name": "Another name"})
    acme.order("mutate", stream="customer", kind="rename", path="organizationNumber", to="orgNumber")
    acme.events()
    acme.notices()

    view = acme.run()
    assert view.execution is not None
    assert (view.execution.status, view.execution.error) == ("FAILED", "ApiChanged")
    assert {stream.stream: stream.outcome for stream in view.streams} == {
        "customer": "held",
        "department": "synced",
    }
    assert acme.events() == []
    (notice,) = acme.notices()
    assert (notice["type"], notice["data"]["change"]["code"]) == ("stream.held", "D44")
    assert notice["data"]["suggestion"]["to"] == "orgNumber"

    (change,) = [one for one in list_changes(world, acme.name) if (one.change or {})["code"] == "D44"]
    assert not reject_change(world, change.id, "ola", "not so fast").accepted
    asked = sum(acme.sandbox.sandbox.counts.values())
    first = accept_change(world, change.id, "kari", "the release notes say so", patch=True)
    again = accept_change(world, change.id, "ola", "me too")
    assert (again.decided, again.replay) == (first.decided, first.replay)
    assert first.replay is not None
    replay = end_of(acme.deployment, first.replay)
    assert replay.execution is not None
    assert replay.execution.status == "SUCCEEDED", replay
    assert "CommitReplay" in {step.state for step in path_of_run(world, first.replay)}
    assert sum(acme.sandbox.sandbox.counts.values()) == asked, "the ERP was called"

    events = acme.events()
    assert len({event["data"]["source_id"] for event in events}) == len(events) == 90
    rows = acme.sandbox.sandbox.shelves["customer"].rows
    bodies = [json.loads(row.body) for row in rows.values()]
    numbers = {str(body["id"]): body["organizationNumber"] or None for body in bodies}
    arrived = {event["data"]["source_id"]: event["data"]["organisation_number"] for event in events}
    assert arrived == {key: numbers[key] for key in arrived}
    assert any(arrived.values())
    assert {notice["type"] for notice in acme.notices()} == {"replay.finished"}
    assert acme.run().run.status == "succeeded"  # type: ignore[union-attr]
    assert acme.events() == []
