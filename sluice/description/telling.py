"""Turns differences between descriptions into judged changes.

A description is never proof: what would hold a stream when met in data is told here, and says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from sluice.description.comparison import Met
from sluice.description.differing import Difference
from sluice.description.model import Description, Operation
from sluice.description.parameters_compared import ParameterChange
from sluice.description.places import Steps, path_of, records_at
from sluice.model.change import Action, Change, Severity
from sluice.model.change_kinds import KINDS, change_of

MOST_OPERATIONS = 50
_BLOCKS = {Action.HOLD, Action.FAIL}
_NOT_BREAKING = {"D02", "D04", "D37"}
"""Held when met on the wire, but no reason to say that a reader breaks: addresses and defaults are sent."""


_ENVELOPE = {"D42", "D44", "D50", "D51"}
"""What means that the records are no longer where they were, when it happens to the list of records."""


def breaks(change: Change) -> bool:
    """Return whether a reader who uses what changed would no longer get the same data."""
    return change.code not in _NOT_BREAKING and bool(change.evidence.get("blocking_when_live"))


def told(change: Change) -> Change:
    """Return the change with the mildest action that still tells, and what it would mean in data.

    What nobody relies on is never more than low, also where the table knows no unused case.
    """
    kind = KINDS[change.code]
    if not change.used_by and kind.unused is None:
        return replace(change, severity=Severity.LOW, action=Action.GO_ON)
    if change.action not in {*_BLOCKS, Action.QUARANTINE}:
        return change
    marked = replace(change, action=Action.NOTIFY)
    return marked.with_evidence(blocking_when_live=True) if change.action in _BLOCKS else marked


def of_operation(operation: Operation, difference: Difference, used_by: tuple[str, ...]) -> Change:
    """Return a difference of an operation as such; its path is the whole, ``""``."""
    return _change(difference, "", used_by, str(operation), {})


def of_parameter(operation: Operation, change: ParameterChange, used_by: tuple[str, ...]) -> Change:
    """Return a difference of a parameter; its path is the parameter's name."""
    facts = {"parameter": change.parameter.name, "in": change.parameter.where}
    return _change(change.difference, change.parameter.name, used_by, str(operation), facts)


def of_address(difference: Difference) -> Change:
    """Return a difference of the API's address: worth knowing, as connections name their own address."""
    seen = (difference.before, difference.after)
    found = change_of(difference.code, "", seen)
    return replace(found, severity=Severity.INFO, action=Action.NOTIFY)


def of_data(met: Met, records: Steps, used_by: tuple[str, ...]) -> Change:
    """Return a difference of the data; its path is inside the record, where ``records`` says those are."""
    difference, path = met.difference, path_of(_in_record(met.place, records))
    if difference.code in _ENVELOPE and _holds_records(met.place, records):
        difference = replace(difference, code="D11")
    facts: dict[str, Any] = {"place": path_of(met.place)}
    if met.component:
        facts["component"] = met.component
    return _change(difference, path, used_by, str(met.operation), facts)


def of_many(found: Sequence[Met], description: Description, used_by: tuple[str, ...]) -> Change:
    """Return one change for a difference that several operations meet: told of the one nearest to it."""
    nearest = sorted(found, key=_distance)
    first = nearest[0]
    records = records_at(description, first.operation)
    change = of_data(first, records, used_by)
    operations = list(dict.fromkeys(str(met.operation) for met in nearest))
    if len(operations) == 1:
        return change
    return change.with_evidence(operations=operations[:MOST_OPERATIONS], operation_count=len(operations))


def _distance(met: Met) -> tuple[int, bool, bool, int]:
    path = met.operation.path
    return len(met.place), "{" in path, not met.place or "[]" not in met.place[0], path.count("/")


def _change(
    difference: Difference, path: str, used_by: tuple[str, ...], operation: str, facts: dict[str, Any]
) -> Change:
    found = change_of(difference.code, path, (difference.before, difference.after), used_by)
    return replace(told(found), operation=operation).with_evidence(**facts, **difference.evidence)


def _in_record(place: Steps, records: Steps) -> Steps:
    inside = len(place) > len(records) and place[: len(records)] == records
    return place[len(records) :] if inside else place


def _holds_records(place: Steps, records: Steps) -> bool:
    plain = tuple(step.replace("[]", "") for step in records)
    in_list = any("[]" in step for step in records)
    return in_list and tuple(step.replace("[]", "") for step in place) == plain[: len(place)]
