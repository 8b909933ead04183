"""A run as a person looks at it: which states it went through, when each stream came to what, what to do.

A state inside a Map is entered once for each stream: its visits are added up.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec import Struct, field

from sluice.model.moments import seconds_between
from sluice.model.structs import as_dict
from sluice.ports.workflow import ExecutionNotFound, Step
from sluice.registry.runs import Moment
from sluice.runbook.known import advice_on
from sluice.usecases.failures import read_failure
from sluice.usecases.operating.cost import priced
from sluice.usecases.operating.ending import why_not_redriven
from sluice.usecases.operating.runs import RunView, find_execution, path_of_run, show_run, unknown_run
from sluice.usecases.operating.usage import used_of
from sluice.usecases.world import World

MOST_STEPS = 5_000
"""Steps that are looked at: a longer history is told from its beginning."""


class StateVisits(Struct):
    """How a run went through one state; times are ISO 8601 UTC, the first entering and the last leaving.

    ``attempts`` counts visits and retries. ``waited`` is in seconds, of Wait states. ``outcome``: running,
    succeeded, caught (a visit failed and the run went on elsewhere) or failed (that ended the run).
    ``came_from`` counts from which states it was entered: the ways that were taken.
    """

    state: str
    type: str = ""
    entered_at: str | None = None
    exited_at: str | None = None
    visits: int = 0
    attempts: int = 0
    waited: int = 0
    outcome: str = "running"
    error: str | None = None
    cause: str | None = None
    came_from: dict[str, int] = field(default_factory=dict)


class _Following(Struct):
    """What is known of a state while its steps are followed."""

    visits: StateVisits
    inside: list[str] = field(default_factory=list)
    failures: int = 0
    retries: int = 0

    def take(self, step: Step) -> None:
        found = self.visits
        if step.kind == "entered":
            found.type = step.details.get("type", found.type)
            found.entered_at = found.entered_at or step.at
            found.visits += 1
            if before := step.details.get("came_from"):
                found.came_from[before] = found.came_from.get(before, 0) + 1
            self.inside.append(step.at)
        elif step.kind in {"exited", "waited"}:
            entered_at = self.inside.pop(0) if self.inside else step.at
            found.exited_at = step.at
            if step.kind == "waited":
                found.waited += round(seconds_between(entered_at, step.at))
        elif step.kind == "retried":
            self.retries += 1
        elif step.kind == "failed":
            self.failures += 1
            failure = read_failure({"Error": step.details.get("error"), "Cause": step.details.get("cause")})
            found.error, found.cause = failure.error, failure.cause

    def told(self, *, ended: bool) -> StateVisits:
        found = self.visits
        found.attempts = found.visits + self.retries
        if self.inside:
            found.outcome = "failed" if ended else "running"
        else:
            found.outcome = "caught" if self.failures > self.retries else "succeeded"
        return found


def states_of(steps: Iterable[Step], *, ended: bool) -> list[StateVisits]:
    """Return the states that the steps (oldest first) went through, in the order of their first entering."""
    following: dict[str, _Following] = {}
    for step in steps:
        if step.state:
            following.setdefault(step.state, _Following(StateVisits(step.state))).take(step)
    return [one.told(ended=ended) for one in following.values()]


def timeline_of(moments: Iterable[Moment]) -> list[dict[str, Any]]:
    """Return for each stream what it was from when to when; the last span of a stream has no ``until``."""
    spans: dict[str, list[dict[str, Any]]] = {}
    for moment in moments:
        known = spans.setdefault(moment.stream, [])
        if known and known[-1]["outcome"] == moment.outcome:
            continue
        if known:
            known[-1]["until"] = moment.at
        known.append({"outcome": moment.outcome, "since": moment.at, "until": None})
    return [{"stream": stream, "spans": found} for stream, found in spans.items()]


def describe_run(world: World, run: str) -> dict[str, Any]:
    """Return the run as a JSON object: with its streams, ``states``, ``timeline``, and what can be done.

    ``advice``, of the run and of each stream, is the runbook's on its error; None where there is no error.
    Raises ConfigurationInvalid for an unknown run.
    """
    view = show_run(world, run)
    found = view.to_json()
    connection, connector = found.get("connection") or "NAME", found.get("connector") or "CONNECTOR"
    steps = path_of_run(world, run, MOST_STEPS)
    streams = [
        {**stream, "advice": advice_on(stream["error"], connection, run, connector)}
        for stream in found["streams"]
    ]
    used = used_of(world, run, steps, MOST_STEPS)
    running = view.execution is not None and view.execution.status == "RUNNING"
    return {
        **found,
        "advice": advice_on(found.get("error"), connection, run, connector),
        "progress": view.progress.to_json() if view.progress else None,
        "streams": streams,
        "execution_arn": view.execution.arn if view.execution else None,
        "states": [as_dict(one) for one in states_of(steps, ended=not running)],
        "cost": as_dict(priced(used)) if used else None,
        "timeline": timeline_of(world.runs.moments(run)),
        "can_be_stopped": running,
        "can_be_redriven": _can_be_redriven(world, view),
    }


def _can_be_redriven(world: World, view: RunView) -> bool:
    if view.run is None or view.execution is None:
        return False
    return not why_not_redriven(world, view.run, view.execution)


def definition_of_run(world: World, run: str) -> dict[str, Any]:
    """Return the definition (ASL) of the state machine that the run is of, as it was when the run started.

    Raises ConfigurationInvalid for a run whose execution is not known, or not any more.
    """
    found = find_execution(world, run)
    if found is None:
        raise unknown_run(run)
    try:
        return found[0].definition(run)
    except ExecutionNotFound as error:
        raise unknown_run(run) from error
