"""A message's body as the events in it, each held against what an event has to be. Takes none of them.

Nothing that Sluice sends is refused. What was not understood, altered, or meant for somebody else is
refused by name. Fields and attributes that are not known are no reason: within a version there may come
more of them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sluice.consumer.attributes import required_count, required_object, required_text
from sluice.consumer.event import Event, Notice
from sluice.consumer.identity import content_of, event_id, notice_id
from sluice.consumer.refusal import Reason, Refused
from sluice.consumer.unpacking import Unpacked, unpacked

_TYPE = re.compile(r"([a-z][a-z0-9_]*)\.(upserted|deleted)")
_SCHEMA = re.compile(r"urn:sluice:([a-z][a-z0-9_]*):([1-9][0-9]{0,8})")
_OF_A_VERSION = re.compile(r"_v[0-9]+$")


@dataclass(frozen=True, slots=True)
class Expecting:
    """What a consumer understands and expects.

    ``entities`` gives for each entity the newest version of its schema that is understood; None is every
    entity in version 1. ``connections`` are those whose records may come; None is any.
    """

    entities: Mapping[str, int] | None = None
    connections: Collection[str] | None = None


ANY = Expecting()


def read_events(
    body: str, attributes: Mapping[str, str], expecting: Expecting = ANY
) -> Sequence[Event | Refused]:
    """Return each event of a message of the information topic, or why that event is refused, in their order.

    ``attributes`` are the message's own; those that are there have to agree with the events. Raises Refused
    where nothing of the message may be taken: it is no message of Sluice's, or one event of it is a matter of
    security.
    """
    message = unpacked(body, attributes)
    read = [_tried(found, expecting) for found in message.objects]
    for one in read:
        if isinstance(one, Refused) and one.security:
            raise one
    _check_together(message)
    return read


def read_notice(body: str, attributes: Mapping[str, str], expecting: Expecting = ANY) -> Notice:
    """Return the notice that a message of the notification topic is; raises Refused."""
    message = unpacked(body, attributes)
    if len(message.objects) != 1:
        raise Refused(Reason.NOT_AN_EVENT, f"{len(message.objects)} events came; a notice comes alone")
    notice = _notice(message.objects[0], expecting)
    _check_together(message)
    return notice


def _tried(found: Mapping[str, Any], expecting: Expecting) -> Event | Refused:
    try:
        return _event(found, expecting)
    except Refused as refused:
        return refused


def _event(found: Mapping[str, Any], expecting: Expecting) -> Event:
    _check_form(found)
    kind = _TYPE.fullmatch(required_text(found, "type"))
    if kind is None:
        raise Refused(Reason.UNKNOWN_SCHEMA, "type is none of <entity>.upserted and <entity>.deleted")
    entity, what = kind.groups()
    data = required_object(found, "data")
    if what == "deleted":  # no more than this of a deletion is part of its id
        data = {name: data.get(name) for name in ("id", "source_id")}
    event = Event(
        id=required_text(found, "id"),
        connection=required_text(found, "connection"),
        connector=required_text(found, "connector"),
        entity=entity,
        source_id=required_text(found, "subject"),
        version=required_count(found, "entityversion"),
        deleted=what == "deleted",
        schema_version=_schema_version(required_text(found, "dataschema"), entity, expecting),
        time=required_text(found, "time"),
        data=data,
    )
    _check_connection(found, event.connection, expecting)
    _check_identity(event)
    return event


def _notice(found: Mapping[str, Any], expecting: Expecting) -> Notice:
    _check_form(found)
    schema = _SCHEMA.fullmatch(required_text(found, "dataschema"))
    if schema is None or schema[1] != "notification":
        raise Refused(Reason.UNKNOWN_SCHEMA, "dataschema is not urn:sluice:notification:1")
    if int(schema[2]) > 1:
        raise Refused(Reason.NEWER_SCHEMA, f"a notice of version {schema[2]} came; this reads version 1")
    notice = Notice(
        id=required_text(found, "id"),
        connection=required_text(found, "connection"),
        kind=required_text(found, "type"),
        severity=required_text(found, "severity"),
        subject=required_text(found, "subject"),
        time=required_text(found, "time"),
        data=required_object(found, "data"),
    )
    _check_connection(found, notice.connection, expecting)
    if notice.id != notice_id(notice.kind, notice.connection, notice.data):
        raise Refused(Reason.ALTERED, f"the id {notice.id} does not belong to what the notice is about")
    return notice


def _check_form(found: Mapping[str, Any]) -> None:
    if found.get("specversion") != "1.0":
        raise Refused(Reason.NOT_AN_EVENT, "specversion is not 1.0: this is no CloudEvent that Sluice sends")
    if "data_base64" in found:
        raise Refused(Reason.ENCODED, "data_base64 came; Sluice's events have their data as JSON")
    if found.get("datacontenttype", "application/json") != "application/json":
        raise Refused(Reason.ENCODED, "datacontenttype is not application/json")


def _schema_version(schema: str, entity: str, expecting: Expecting) -> int:
    """Return the version; raises Refused for one that is newer than understood, or of something else."""
    found = _SCHEMA.fullmatch(schema)
    if found is None or found[1] not in (entity, _OF_A_VERSION.sub("", entity)):
        raise Refused(Reason.UNKNOWN_SCHEMA, f"dataschema is not urn:sluice:{entity} and a version")
    version = int(found[2])
    known = {entity: 1} if expecting.entities is None else expecting.entities
    if entity not in known:
        newer = _OF_A_VERSION.sub("", entity) in known
        words = "is of a newer version than" if newer else "is none of"
        detail = f"{entity} {words} what is understood here: {', '.join(sorted(known))}"
        raise Refused(Reason.NEWER_SCHEMA if newer else Reason.UNKNOWN_SCHEMA, detail)
    if version > known[entity]:
        detail = f"{entity} came in version {version}; understood here is version {known[entity]}"
        raise Refused(Reason.NEWER_SCHEMA, detail)
    return version


def _check_connection(found: Mapping[str, Any], connection: str, expecting: Expecting) -> None:
    if required_text(found, "source") != f"/sluice/{connection}":
        raise Refused(Reason.WRONG_CONNECTION, f"an event of {connection} comes from another source")
    if expecting.connections is not None and connection not in expecting.connections:
        raise Refused(Reason.WRONG_CONNECTION, f"an event of {connection}, which is not expected here")


def _check_identity(event: Event) -> None:
    """Hold key, source id and content against the event's attributes and its id."""
    key = required_text(event.data, "id")
    if not key.startswith(f"{event.connection}/"):
        raise Refused(Reason.WRONG_CONNECTION, f"an event of {event.connection} has a record of another's")
    try:
        content = "" if event.deleted else content_of(event.data)
    except TypeError as err:  # what was parsed can be written again, but for its depth
        raise Refused(Reason.NOT_AN_EVENT, "nested deeper than any event of Sluice") from err
    subject = (event.connection, event.entity, event.source_id)
    is_itself = key == event.key and event.data.get("source_id") == event.source_id
    if not is_itself or event.id != event_id(subject, event.version, content):
        detail = f"the id {event.id} does not belong to the content of {event.place}"
        raise Refused(Reason.ALTERED, detail)


def _check_together(message: Unpacked) -> None:
    """Hold the events of a message against each other and against its attributes."""
    first = message.objects[0]
    for found in message.objects:
        for name in ("connection", "connector"):
            _check_alike(name, found.get(name), message.attributes.get(name, first.get(name)))
        _check_alike("entity", _entity(found), message.attributes.get("entity", _entity(first)))
        for name in ("type", "severity"):  # attributes of notices alone
            _check_alike(name, found.get(name), message.attributes.get(name, found.get(name)))


def _check_alike(name: str, came: Any, should_be: Any) -> None:
    if came and came != should_be:  # what is missing was told already, of the event alone
        reason = Reason.WRONG_CONNECTION if name == "connection" else Reason.ALTERED
        raise Refused(reason, f"the message is of {name} {should_be}, an event in it of {came}")


def _entity(found: Mapping[str, Any]) -> str:
    return str(found.get("type", "")).partition(".")[0]
