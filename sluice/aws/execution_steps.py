"""Step Functions' history events as steps that people care about. Calls nothing.

Events of map iterations and of scheduling are left out; what they carry is in the states' own events.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sluice.ports.workflow import Step

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions.type_defs import HistoryEventTypeDef

_FAILED = ("Failed", "TimedOut", "Aborted")


def steps_of(events: Iterable[HistoryEventTypeDef]) -> Iterator[Step]:
    """Yield the steps of ``events``, which come oldest first and from the first on."""
    states: dict[int, str] = {}
    failed: set[int] = set()
    for event in events:
        # MiniStack leaves the previous event out: then it is the one before, and no retry is known.
        before = event.get("previousEventId", event["id"] - 1)
        details = _details(event)
        state = "" if event["type"].startswith("Execution") else details.get("name", states.get(before, ""))
        states[event["id"]] = state
        kind = _kind(event["type"], after_failure="previousEventId" in event and before in failed)
        if kind == "failed":
            failed.add(event["id"])
        if kind:
            yield Step(
                at=_instant(event["timestamp"]), kind=kind, state=state, details=_told(event["type"], details)
            )


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


def _told(event_type: str, details: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    kind_of_state, found, _ = event_type.partition("State")
    if found:
        told["type"] = kind_of_state
    for name in ("input", "output"):
        if name in details and not event_type.endswith("Scheduled"):
            told[name] = _json(details[name])
    return told | {name: details[name] for name in ("error", "cause") if name in details}


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
