"""MiniStack's own engine, with the states inside of a Map written down."""

from __future__ import annotations

import importlib
import json
from datetime import datetime
from types import ModuleType
from typing import Any

import pytest

from sluice.aws.execution_steps import steps_of
from sluice.local.embedded_history import write_whole_histories
from sluice.usecases.operating.run_path import StateVisits, states_of

MACHINE = {
    "StartAt": "Each",
    "States": {
        "Each": {
            "Type": "Map",
            "ItemsPath": "$.items",
            "MaxConcurrency": 4,
            "ItemProcessor": {
                "StartAt": "Which",
                "States": {
                    "Which": {
                        "Type": "Choice",
                        "Choices": [{"Variable": "$.bad", "BooleanEquals": True, "Next": "Broken"}],
                        "Default": "Good",
                    },
                    "Good": {"Type": "Pass", "End": True},
                    "Broken": {"Type": "Fail", "Error": "ErpUnavailable", "Cause": "503"},
                },
            },
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Told"}],
            "Next": "Done",
        },
        "Told": {"Type": "Pass", "Next": "Done"},
        "Done": {"Type": "Succeed"},
    },
}


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    found: ModuleType = importlib.import_module("ministack.services.stepfunctions")
    for name in ("_add_event", "_run_sub_machine"):
        monkeypatch.setattr(found, name, getattr(found, name))
    write_whole_histories(found)
    return found


def run(engine: ModuleType, items: list[dict[str, bool]]) -> tuple[dict[str, StateVisits], list[Any]]:
    name = f"run-{len(items)}-{sum(one['bad'] for one in items)}"
    machine = {"definition": json.dumps(MACHINE), "name": "m", "stateMachineArn": "arn:m"}
    execution: dict[str, Any] = {
        "executionArn": name,
        "name": name,
        "stateMachineArn": "arn:m",
        "status": "RUNNING",
        "startDate": "2026-11-22T04:00:00.000Z",
        "stopDate": None,
        "input": json.dumps({"items": items}),
        "events": [],
    }
    engine._state_machines["arn:m"] = machine
    engine._executions[name] = execution
    try:
        engine._run_execution(name)
    finally:
        del engine._state_machines["arn:m"], engine._executions[name]
    events = [
        {**event, "timestamp": datetime.fromisoformat(event["timestamp"])} for event in execution["events"]
    ]
    return {one.state: one for one in states_of(steps_of(events), ended=True)}, events


def test_every_state_inside_of_a_map_is_in_the_history_with_where_it_came_from(engine: ModuleType) -> None:
    found, events = run(engine, [{"bad": False}] * 7)
    assert {name: one.visits for name, one in found.items()} == {"Each": 1, "Which": 7, "Good": 7, "Done": 1}
    assert found["Which"].came_from == {"Each": 7}
    assert found["Good"].came_from == {"Which": 7}
    assert found["Done"].came_from == {"Each": 1}
    assert {one.outcome for one in found.values()} == {"succeeded"}
    assert [event["id"] for event in events] == list(range(1, len(events) + 1))
    assert all(event["previousEventId"] < event["id"] for event in events)


def test_a_state_that_fails_inside_is_never_left_and_the_machine_goes_the_caught_way(
    engine: ModuleType,
) -> None:
    found, _ = run(engine, [{"bad": False}, {"bad": True}])
    assert (found["Broken"].outcome, found["Broken"].exited_at) == ("failed", None)
    assert found["Told"].came_from == {"Each": 1}
    assert found["Good"].visits == 1
