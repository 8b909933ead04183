"""Executes the deployed definitions as Step Functions does: choices, maps, retries, catches, waits.

Nothing sleeps: a wait and a pause before a retry move the clock. Of the language is known what the files in
state_machines/ use. What a Task does is asked of ``tasks``; items of a Map come one after the other, in an
order by lot.
Source: Amazon States Language, https://states-language.net, read 2026-11-22.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from random import Random
from typing import Any, Protocol

from sluice.bootstrap.documents import ROOT
from sluice.ports.clock import Clock

Json = Any
_FORMAT = re.compile(r"States\.Format\('(.*)', (\$[^)]*)\)")
_UNCATCHABLE = frozenset({"States.Runtime", "States.DataLimitExceeded"})
MOST_STATES = 3_000


class Failed(Exception):
    """A state failed with the error of this name."""

    def __init__(self, error: str, cause: str) -> None:
        super().__init__(f"{error}: {cause}")
        self.error, self.cause = error, cause


class Tasks(Protocol):
    """What the states of a definition call."""

    def invoke(self, function: str, payload: Json) -> Json:
        """Call a function by the name of its substitution; raises Failed."""

    def hand_over(self, body: Json) -> Json:
        """Send a message that has a task token and wait for its answer; raises Failed."""

    def start(self, name: str, payload: Json) -> None:
        """Start another execution; raises Failed."""

    def read(self, key: str) -> Json:
        """Return an object of the bucket."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How an execution ended: ``state`` is the last one; ``output`` what it had."""

    status: str
    state: str
    output: Json
    error: str = ""
    cause: str = ""


@cache
def definition(name: str) -> Json:
    """Return the definition of a state machine by its name."""
    return json.loads((ROOT / "state_machines" / f"{name}.asl.json").read_text())


@dataclass
class Engine:
    """Runs executions; ``entered`` counts the states, ``token`` makes task tokens."""

    tasks: Tasks
    clock: Clock
    random: Random
    token: Callable[[], str]
    advance: Callable[[float], None]
    entered: Counter[str] = field(default_factory=Counter)

    def run(self, machine: str, name: str, given: Json) -> Ended:
        """Run an execution to its end."""
        started = self.clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
        execution = {"Name": name, "Id": name, "StartTime": started, "Input": given}
        context = {"Execution": execution, "StateMachine": {"Id": machine}}
        try:
            state, output = self._through(definition(machine), given, context)
        except _Ended as ended:
            return Ended("FAILED", ended.state, {}, ended.error, ended.cause)
        except Failed as failed:
            return Ended("FAILED", "", {}, failed.error, failed.cause)
        return Ended("SUCCEEDED", state, output)

    def _through(self, machine: Json, data: Json, context: Json) -> tuple[str, Json]:
        name = machine["StartAt"]
        for _ in range(MOST_STATES):
            state = machine["States"][name]
            self.entered[name] += 1
            if state["Type"] == "Fail":
                raise _Ended(name, *(_told(state, part, data) for part in ("Error", "Cause")))
            data, following = self._state(state, data, context)
            if following is None:
                return name, data
            name = following
        raise AssertionError(f"{name}: more than {MOST_STATES} states")

    def _state(self, state: Json, data: Json, context: Json) -> tuple[Json, str | None]:
        kind = state["Type"]
        if kind == "Choice":
            chosen = (rule["Next"] for rule in state["Choices"] if _holds(rule, data))
            return data, next(chosen, state["Default"])
        if kind == "Wait":
            self._wait(state, data)
        if kind in {"Wait", "Succeed"}:
            return data, state.get("Next")
        try:
            return self._worked(state, data, context), state.get("Next")
        except Failed as failed:
            for catcher in state.get("Catch", ()):
                if _is_meant(failed.error, catcher["ErrorEquals"]):
                    told = {"Error": failed.error, "Cause": failed.cause}
                    return put(catcher.get("ResultPath", "$"), data, told), catcher["Next"]
            raise

    def _worked(self, state: Json, data: Json, context: Json) -> Json:
        given = path_of(state["InputPath"], data, context) if state.get("InputPath") else data
        if state["Type"] == "Map":
            found: Json = self._mapped(state, data, context)
        elif state["Type"] == "Task":
            found = self._tried(state, given, context)
        else:
            found = filled(state["Parameters"], given, context) if "Parameters" in state else given
            found = state.get("Result", found)
        if "ResultSelector" in state:
            found = filled(state["ResultSelector"], found, context)
        return path_of(state.get("OutputPath", "$"), put(state.get("ResultPath", "$"), data, found), context)

    def _mapped(self, state: Json, data: Json, context: Json) -> list[Json]:
        if "ItemReader" in state:
            items = self.tasks.read(filled(state["ItemReader"]["Parameters"], data, context)["Key"])
        else:
            items = path_of(state["ItemsPath"], data, context)
        found: dict[int, Json] = {}
        failures: list[Failed] = []
        for number in self.random.sample(range(len(items)), len(items)):
            inside = {**context, "Map": {"Item": {"Value": items[number]}}}
            try:
                given = filled(state["ItemSelector"], data, inside)
                found[number] = self._through(state["ItemProcessor"], given, inside)[1]
            except Failed as failed:
                failures.append(failed)
                if 100 * len(failures) > state.get("ToleratedFailurePercentage", 0) * len(items):
                    raise
        return [found[number] for number in sorted(found)]

    def _tried(self, state: Json, given: Json, context: Json) -> Json:
        tried: Counter[int] = Counter()
        while True:
            try:
                return self._task(state, given, context)
            except Failed as failed:
                known = enumerate(state.get("Retry", ()))
                number, retry = next(
                    (one for one in known if _is_meant(failed.error, one[1]["ErrorEquals"])), (-1, None)
                )
                if retry is None or tried[number] >= retry["MaxAttempts"]:
                    raise
                pause = retry["IntervalSeconds"] * retry["BackoffRate"] ** tried[number]
                self.advance(self.random.uniform(0, min(pause, retry["MaxDelaySeconds"])))
                tried[number] += 1

    def _task(self, state: Json, given: Json, context: Json) -> Json:
        resource = state["Resource"].rpartition(":::")[2]
        asked = filled(state["Parameters"], given, {**context, "Task": {"Token": self.token()}})
        if resource == "lambda:invoke":
            return {"Payload": self.tasks.invoke(asked["FunctionName"], asked["Payload"])}
        if resource == "sqs:sendMessage.waitForTaskToken":
            return self.tasks.hand_over(asked["MessageBody"])
        if resource == "states:startExecution":
            return self.tasks.start(asked["Name"], asked["Input"])
        raise AssertionError(resource)

    def _wait(self, state: Json, data: Json) -> None:
        if "Seconds" in state:
            self.advance(state["Seconds"])
            return
        until = datetime.fromisoformat(path_of(state["TimestampPath"], data, {}))
        self.advance((until - self.clock.now()).total_seconds())


class _Ended(Failed):
    """A Fail state was reached."""

    def __init__(self, state: str, error: str, cause: str) -> None:
        super().__init__(error, cause)
        self.state = state


def _told(state: Json, part: str, data: Json) -> str:
    path = state.get(f"{part}Path")
    return str(path_of(path, data, {}) if path else state[part])


def _is_meant(error: str, names: list[str]) -> bool:
    return error in names or ("States.ALL" in names and error not in _UNCATCHABLE)


def _holds(rule: Json, data: Json) -> bool:
    if "And" in rule:
        return all(_holds(part, data) for part in rule["And"])
    if "Or" in rule:
        return any(_holds(part, data) for part in rule["Or"])
    return bool(path_of(rule["Variable"], data, {}) == rule["StringEquals"])


def path_of(path: str, data: Json, context: Json) -> Json:
    """Return what stands at a path of the data, or of the context where it begins with ``$$``."""
    formatted = _FORMAT.fullmatch(path)
    if formatted:
        return formatted[1].replace("{}", str(path_of(formatted[2], data, context)))
    found = context if path.startswith("$$") else data
    for step in path.lstrip("$").split("."):
        if step and (not isinstance(found, dict) or step not in found):
            # What AWS says of a path that leads nowhere, and nobody can catch.
            raise Failed("States.Runtime", f"{path} is not there")
        found = found[step] if step else found
    return found


def filled(template: Json, data: Json, context: Json) -> Json:
    """Return a template with what stands at the paths that it names."""
    if not isinstance(template, dict):
        return template
    return {
        name.removesuffix(".$"): path_of(one, data, context)
        if name.endswith(".$")
        else filled(one, data, context)
        for name, one in template.items()
    }


def put(path: str | None, data: Json, found: Json) -> Json:
    """Return the data with what was found at a path, which may be several names deep."""
    if path is None:
        return data
    first, _, rest = path.removeprefix("$").removeprefix(".").partition(".")
    if not first:
        return found
    return {**data, first: put(f"$.{rest}", data.get(first, {}), found) if rest else found}
