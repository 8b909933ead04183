"""Compares canonical events with what read.py printed, field by field.

Knows the shape of an event and of read.py's lines; nothing of connectors, mappings or AWS.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

Key = tuple[str, str]
"""Entity and source id."""


def expected_from(lines: Iterable[str]) -> dict[Key, dict[str, Any]]:
    """Return what read.py printed, by entity and source id."""
    found = {}
    for line in lines:
        record = json.loads(line)
        found[record["entity"], record["source_id"]] = record["data"]
    return found


def differences(events: Iterable[Mapping[str, Any]], expected: Mapping[Key, Mapping[str, Any]]) -> list[str]:
    """Return every difference in words; none says that they are equal.

    ``events`` are CloudEvents of the information topic. The last upsert of a record counts; a deleted
    record must not be expected. Every expected record must have come, and no other.
    """
    latest = latest_of(events)
    found = [f"{entity} {source_id} did not come" for entity, source_id in expected.keys() - latest.keys()]
    found += [
        f"{entity} {source_id} is not in Tryton" for entity, source_id in latest.keys() - expected.keys()
    ]
    for key in sorted(expected.keys() & latest.keys()):
        event = latest[key]
        found += [f"{key[0]} {key[1]}: {wrong}" for wrong in _record(event, expected[key])]
    return sorted(found)


def latest_of(events: Iterable[Mapping[str, Any]]) -> dict[Key, Mapping[str, Any]]:
    """Return the event with the highest version of each record that was not deleted last."""
    latest: dict[Key, Mapping[str, Any]] = {}
    for event in events:
        entity = event["type"].partition(".")[0]
        key = (entity, event["subject"])
        if key not in latest or event["entityversion"] > latest[key]["entityversion"]:
            latest[key] = event
    return {key: event for key, event in latest.items() if event["type"].endswith(".upserted")}


def _record(event: Mapping[str, Any], wanted: Mapping[str, Any]) -> Iterator[str]:
    data, connection = event["data"], event["connection"]
    entity = event["type"].partition(".")[0]
    identity = {"id": f"{connection}/{entity}/{event['subject']}", "source_id": event["subject"]}
    yield from _object(data, {**identity, **wanted}, connection, "")


def _object(came: Mapping[str, Any], wanted: Mapping[str, Any], connection: str, at: str) -> Iterator[str]:
    for name in sorted(came.keys() | wanted.keys()):
        # A field that read.py does not speak of has to be null.
        yield from _value(came.get(name), wanted.get(name), connection, f"{at}{name}")


def _value(came: Any, wanted: Any, connection: str, at: str) -> Iterator[str]:
    if isinstance(wanted, Mapping) and wanted.keys() == {"number"}:
        if not _same_number(came, wanted["number"]):
            yield f"{at} is {came!r}, in Tryton {wanted['number']}"
    elif isinstance(wanted, Mapping) and isinstance(came, Mapping):
        yield from _object(came, wanted, connection, f"{at}.")
    elif isinstance(wanted, list) and isinstance(came, list) and len(wanted) == len(came):
        for position, (one, other) in enumerate(zip(came, wanted, strict=True)):
            yield from _value(one, other, connection, f"{at}[{position}]")
    elif came != _named(wanted, connection, at):
        yield f"{at} is {came!r}, in Tryton {wanted!r}"


def _named(wanted: Any, connection: str, at: str) -> Any:
    """Return a reference with the connection's name, anything else as it is."""
    own_words = at.endswith(("source_id", "voucher_id"))
    is_reference = at.endswith("_id") and not own_words and wanted is not None
    return f"{connection}/{wanted}" if is_reference else wanted


def _same_number(came: Any, wanted: str) -> bool:
    try:
        return isinstance(came, str) and Decimal(came) == Decimal(wanted)
    except InvalidOperation:
        return False
