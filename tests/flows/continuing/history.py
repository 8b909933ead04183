"""Walks state_machines/sync.asl.json and counts the events that AWS writes into an execution's history.

What a Task answers is asked of ``tasks``, by the state's name; nothing fails. Only what `sync` uses of the
language is known here. The embedded AWS writes other events, and fewer.
Source: Step Functions API reference, HistoryEvent, read 2026-11-22.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.chaos.asl import filled, path_of, put
from tests.flows.rig import ROOT

Json = Any
Tasks = Callable[[str, dict[str, Json]], Json]

DEFINITION = json.loads((ROOT / "state_machines" / "sync.asl.json").read_text())

STARTED = "2026-11-22T08:00:00Z"

EVENTS = {
    "Task": ("StateEntered", "TaskScheduled", "TaskStarted", "TaskSucceeded", "StateExited"),
    "Choice": ("StateEntered", "StateExited"),
    "Pass": ("StateEntered", "StateExited"),
    "Wait": ("StateEntered", "StateExited"),
    "Map": ("StateEntered", "MapStateStarted", "MapStateSucceeded", "StateExited"),
    "Succeed": ("StateEntered", "StateExited"),
    "Fail": ("StateEntered",),
}
ITERATION = ("MapIterationStarted", "MapIterationSucceeded")
EXECUTION = ("ExecutionStarted", "ExecutionSucceeded")
WAITING_FOR_A_TOKEN = ("TaskSubmitted",)
RETRY = ("TaskFailed", "TaskScheduled", "TaskStarted")
"""What each further try of a Task adds; of one that waits for a token it is one more."""


@dataclass
class Walk:
    """An execution of `sync`; ``events`` is the length of its history, ``entered`` counts its states.

    ``retried`` is how often each Task is tried again, by its name.
    """

    name: str
    tasks: Tasks
    retried: dict[str, float] = field(default_factory=dict)
    events: float = 0
    entered: dict[str, int] = field(default_factory=dict)

    def run(self, given: dict[str, Json]) -> str:
        """Walk to the end and return the state in which it ends."""
        self.events = len(EXECUTION)
        execution = {"Name": self.name, "Id": self.name, "StartTime": STARTED}
        context = {"Execution": execution, "StateMachine": {"Id": "sync"}, "Task": {"Token": ""}}
        last, _ = self._through(DEFINITION, given, context)
        return last

    def _through(self, machine: Json, data: Json, context: Json) -> tuple[str, Json]:
        name = machine["StartAt"]
        while True:
            state = machine["States"][name]
            self.entered[name] = self.entered.get(name, 0) + 1
            self.events += len(EVENTS[state["Type"]])
            data, following = self._state(name, state, data, context)
            if following is None:
                return name, data
            name = following

    def _state(self, name: str, state: Json, data: Json, context: Json) -> tuple[Json, str | None]:
        kind = state["Type"]
        if kind == "Choice":
            return data, next(
                (rule["Next"] for rule in state["Choices"] if _holds(rule, data)), state["Default"]
            )
        if kind in {"Wait", "Succeed", "Fail"}:
            return data, state.get("Next")
        given = path_of(state["InputPath"], data, context) if state.get("InputPath") else data
        if kind == "Map":
            found: Json = [
                self._item(state, data, context, one) for one in path_of(state["ItemsPath"], data, {})
            ]
        elif kind == "Task":
            found = self._answer(name, state, filled(state["Parameters"], given, context))
        else:
            found = filled(state["Parameters"], given, context) if "Parameters" in state else given
            found = state.get("Result", found)
        if "ResultSelector" in state:
            found = filled(state["ResultSelector"], found, context)
        data = put(state.get("ResultPath", "$"), data, found)
        return path_of(state.get("OutputPath", "$"), data, context), state.get("Next")

    def _item(self, state: Json, data: Json, context: Json, item: Json) -> Json:
        self.events += len(ITERATION)
        context = {**context, "Map": {"Item": {"Value": item}}}
        return self._through(state["ItemProcessor"], filled(state["ItemSelector"], data, context), context)[1]

    def _answer(self, name: str, state: Json, asked: Json) -> Json:
        waits = len(WAITING_FOR_A_TOKEN) if state["Resource"].endswith(".waitForTaskToken") else 0
        self.events += waits + self.retried.get(name, 0) * (len(RETRY) + waits)
        return self.tasks(name, asked)


def _holds(rule: Json, data: Json) -> bool:
    if "And" in rule:
        return all(_holds(part, data) for part in rule["And"])
    return bool(path_of(rule["Variable"], data, {}) == rule["StringEquals"])
