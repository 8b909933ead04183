"""Step Functions' history events as steps that people care about. Calls nothing.

Events of map iterations and of scheduling are left out; what they carry is in the states' own events: what a
function says it used (sluice/model/metered.py), and how long a task took of which nothing is said.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from sluice.model.metered import KEY
from sluice.ports.workflow import Step

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions.type_defs import HistoryEventTypeDef

_FAILED = ("Failed", "TimedOut", "Aborted")


class _Attempt(Struct, frozen=True):
    """What is known, event by event, of a task's attempt: when it began, what its function says it used."""

    since: datetime | None = None
    used: dict[str, Any] | None = None

    def after(self, event: HistoryEventTypeDef, details: dict[str, Any]) -> _Attempt:
        if event["type"].endswith("Scheduled"):
            return _Attempt(since=event["timestamp"])
        if event["type"] == "TaskSucceeded":
            return _Attempt(self.since, _used_of(details.get("output")))
        return self

    def told(self, at: datetime) -> dict[str, Any]:
        """Return what a step tells that ends the attempt."""
        if self.used is not None:
            return {KEY: self.used}
        return {} if self.since is None else {"seconds": (at - self.since).total_seconds()}


_NONE = _Attempt()


def steps_of(events: Iterable[HistoryEventTypeDef], *, data: bool = True) -> Iterator[Step]:
    """Yield the steps of ``events``, which come oldest first and from the first on.

    Without ``data`` what went into states and came out of them is left out.
    """
    states: dict[int, str] = {}
    attempts: dict[int, _Attempt] = {}
    failed: set[int] = set()
    for event in events:
        # MiniStack leaves the previous event out: then it is the one before, and no retry is known.
        before = event.get("previousEventId", event["id"] - 1)
        details = _details(event)
        came_from = states.get(before, "")
        state = "" if event["type"].startswith("Execution") else details.get("name", came_from)
        states[event["id"]] = state
        attempt = attempts.get(before, _NONE).after(event, details)
        kind = _kind(event["type"], after_failure="previousEventId" in event and before in failed)
        if kind == "failed":
            failed.add(event["id"])
        if kind:
            told = _told(event["type"], details, data=data)
            if kind == "entered" and came_from:
                told["came_from"] = came_from
            if kind in {"exited", "failed"}:
                told |= attempt.told(event["timestamp"])
                attempt = _NONE
            yield Step(at=_instant(event["timestamp"]), kind=kind, state=state, details=told)
        attempts[event["id"]] = attempt


def _kind(event_type: str, *, after_failure: bool) -> str | None:
    if event_type.startswith("MapIteration"):
        return None
    if event_type.endswith("StateEntered") or event_type == "ExecutionStarted":
        return "entered"
    if event_type == "WaitStateExited":
        return "waited"
    if event_type.endswith("StateExited") or event_type == "ExecutionSucceeded":
        return "exited"
    if event_type.endswith(_FAILED):
        return "failed"
    return "retried" if after_failure and event_type.endswith("Scheduled") else None


def _details(event: HistoryEventTypeDef) -> dict[str, Any]:
    found = (value for name, value in event.items() if name.endswith("EventDetails"))
    return next((value for value in found if isinstance(value, dict)), {})


def _told(event_type: str, details: dict[str, Any], *, data: bool) -> dict[str, Any]:
    told: dict[str, Any] = {}
    kind_of_state, found, _ = event_type.partition("State")
    if found:
        told["type"] = kind_of_state
    for name in ("input", "output") if data else ():
        if name in details and not event_type.endswith("Scheduled"):
            told[name] = _json(details[name])
    return told | {name: details[name] for name in ("error", "cause") if name in details}


def _used_of(output: str | None) -> dict[str, Any] | None:
    """Return what the function says it used that answered with this: to its state, or to a task token."""
    answer = _json(output or "null")
    if isinstance(answer, dict) and isinstance(answer.get("Payload"), dict):
        answer = answer["Payload"]
    found = answer.get(KEY) if isinstance(answer, dict) else None
    return found if isinstance(found, dict) else None


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
