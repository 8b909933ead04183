"""docs/consumers/asyncapi.yaml: both outward topics as AsyncAPI 3, from the schemas and the event envelope.

The inward ERP_SYSTEM queue is no promise to anybody and is not in it.
Source: https://www.asyncapi.com/docs/reference/specification/v3.0.0, read 2026-11-21.
"""

from __future__ import annotations

from typing import Any

import yaml

from sluice.mapping.canonical import CanonicalModel, EntitySchema

NAME = "docs/consumers/asyncapi.yaml"
NOTICES = (
    "run.finished",
    "run.degraded",
    "run.failed",
    "run.lost",
    "run.stopped",
    "stream.held",
    "stream.failed",
    "api.changed",
    "records.quarantined",
    "api.will_change",
    "description.unreadable",
    "detector.failed",
    "lake.uncompacted",
    "replay.finished",
    "credentials.rejected",
    "erp.unavailable",
    "configuration.invalid",
    "incident.resolved",
)
_COMMENT = "# Made by `pytest tests/examples --update-goldens`; change the canonical schemas instead.\n"
_TEXT = {"type": "string"}
_INFORMATION = (
    "Canonical records. One message is a CloudEvents batch: a JSON array of up to 64 KB of events of one "
    "entity and one connection. Delivery is at least once and in no promised order: drop an event whose id "
    "was seen before, and one whose entityversion is lower than the one held."
)
_NOTIFICATION = "What people must know: one CloudEvent in a message, with the same id when it is sent again."


def asyncapi(model: CanonicalModel) -> dict[str, Any]:
    """Return the AsyncAPI 3.0.0 document."""
    entities = [model.entity(name) for name in model.names()]
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Sluice",
            "version": "1",
            "description": "Records of ERP systems on one model, and notices about how they came.",
        },
        "defaultContentType": "application/json",
        "channels": {
            "information": _channel("Information", _INFORMATION, [one.name for one in entities]),
            "notification": _channel("Notification", _NOTIFICATION, ["notification"]),
        },
        "operations": {
            "publishInformation": _operation("information", [one.name for one in entities]),
            "publishNotification": _operation("notification", ["notification"]),
        },
        "components": _components(entities),
    }


def asyncapi_page(model: CanonicalModel) -> str:
    """Return the document as YAML."""
    return _COMMENT + yaml.safe_dump(asyncapi(model), sort_keys=False, allow_unicode=True, width=110)


def _components(entities: list[EntitySchema]) -> dict[str, Any]:
    messages = {one.name: _batch(one) for one in entities}
    records = {one.name: _data(one) for one in entities}
    events = {f"{one.name}_event": _entity_event(one) for one in entities}
    return {
        "messages": {**messages, "notification": _notification_message()},
        "schemas": {"event": _envelope(), "notification": _notification(), **records, **events},
    }


def _channel(title: str, description: str, messages: list[str]) -> dict[str, Any]:
    return {
        "address": None,  # an SNS topic: its ARN is known once a stage is deployed
        "title": title,
        "description": description,
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
    }


def _operation(channel: str, messages: list[str]) -> dict[str, Any]:
    return {
        "action": "send",
        "channel": {"$ref": f"#/channels/{channel}"},
        "messages": [{"$ref": f"#/channels/{channel}/messages/{name}"} for name in messages],
    }


def _batch(entity: EntitySchema) -> dict[str, Any]:
    return {
        "title": f"{entity.schema['title']} events",
        "summary": entity.schema["description"],
        "contentType": "application/cloudevents-batch+json",
        "headers": _attributes({"entity": {"const": entity.name}, "connection": _TEXT, "connector": _TEXT}),
        "payload": {
            "type": "array",
            "minItems": 1,
            "items": {"$ref": f"#/components/schemas/{entity.name}_event"},
        },
    }


def _notification_message() -> dict[str, Any]:
    severity = {"enum": ["info", "warning", "error"]}
    headers = {"type": {"enum": list(NOTICES)}, "connection": _TEXT, "severity": severity}
    return {
        "title": "Notification",
        "contentType": "application/cloudevents+json",
        "headers": _attributes(headers),
        "payload": {"$ref": "#/components/schemas/notification"},
    }


def _attributes(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "description": "Message attributes, for the filter policy of a subscription.",
        "required": list(properties),
        "properties": properties,
    }


def _envelope() -> dict[str, Any]:
    properties = {
        "specversion": {"const": "1.0"},
        "id": {
            "type": "string",
            "pattern": "^[0-9a-f]{32}$",
            "description": "The same for the same content.",
        },
        "source": {"type": "string", "description": "/sluice/<connection>"},
        "type": {"type": "string"},
        "subject": {
            "type": "string",
            "description": "The record's id in the ERP; of a notice its stream or run.",
        },
        "time": {"type": "string", "format": "date-time", "description": "When the data was fetched, UTC."},
        "datacontenttype": {"const": "application/json"},
        "dataschema": {"type": "string", "format": "uri"},
        "connection": {"type": "string", "description": "The customer's access to one ERP."},
        "data": {"type": "object"},
    }
    return {
        "type": "object",
        "title": "CloudEvent 1.0",
        "required": list(properties),
        "properties": properties,
    }


def _entity_event(entity: EntitySchema) -> dict[str, Any]:
    version = {"type": "integer", "minimum": 1, "description": "Counts the published versions of one record."}
    own = {
        "dataschema": {"const": entity.id},
        "connector": {"type": "string", "description": "The ERP."},
        "entityversion": version,
    }
    fields = {name: entity.schema["properties"][name] for name in ("id", "source_id")}
    gone = {"type": "object", "required": list(fields), "properties": fields, "additionalProperties": False}
    return {
        "allOf": [
            {"$ref": "#/components/schemas/event"},
            {"type": "object", "required": ["connector", "entityversion"], "properties": own},
        ],
        "oneOf": [
            _typed(f"{entity.name}.upserted", {"$ref": f"#/components/schemas/{entity.name}"}),
            _typed(f"{entity.name}.deleted", gone),
        ],
    }


def _typed(name: str, data: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "title": name, "properties": {"type": {"const": name}, "data": data}}


def _notification() -> dict[str, Any]:
    texts = {
        "title": {"type": "string", "description": "What happened, in one line."},
        "detail": {"type": "string", "description": "What came and what was expected."},
        "advice": {"type": "string", "description": "What a person should do."},
        "run": {"type": "string"},
        "stream": {"type": ["string", "null"]},
    }
    of_changes = {
        "incident": {
            "type": ["string", "null"],
            "description": "The same when it is told again; of a change, what `sluice changes show` takes.",
        },
        "change": {"type": "object", "description": "Code, path, before and after, share, evidence."},
        "meaning": {"type": "string", "description": "The kind of change in words."},
        "fields": {"type": "array", "items": _TEXT, "description": "Canonical fields that it touches."},
        "scope": {"enum": ["customer", "vendor"], "description": "One connection, or several of them."},
        "connections": {"type": "array", "items": _TEXT, "description": "Which connections meet it."},
        "due": {"type": ["string", "null"], "description": "The day of what is only announced, ISO 8601."},
        "since": {"type": "string", "description": "When it was met first, ISO 8601 UTC."},
        "resolves": {
            "type": "object",
            "description": "Of incident.resolved: kind and severity of what is over.",
        },
        "did": {"type": "string", "description": "What Sluice did about it."},
        "error": {
            "type": ["string", "null"],
            "description": "The stable name of the error that it is about.",
        },
        "runbook": {"type": "string", "description": "Where the repository says what to do about the error."},
        "page": {"type": "string", "description": "The console's page of what it is about: a path."},
        "link": {
            "type": "string",
            "description": "Of webhooks, where there is a console: that page's address.",
        },
        "suggestion": {"type": ["object", "null"], "description": "How the mapping might follow it."},
    }
    own = {
        "type": {"enum": list(NOTICES)},
        "severity": {"enum": ["info", "warning", "error"]},
        "data": {"type": "object", "required": list(texts), "properties": {**texts, **of_changes}},
    }
    return {
        "allOf": [
            {"$ref": "#/components/schemas/event"},
            {"type": "object", "required": ["severity"], "properties": own},
        ],
    }


def _data(entity: EntitySchema) -> dict[str, Any]:
    """Return the canonical schema with its shapes written out, because references are the document's own."""
    found = {name: value for name, value in entity.schema.items() if name not in {"$schema", "$id", "$defs"}}
    inlined: dict[str, Any] = _inlined(found, entity.schema.get("$defs", {}))
    return {"x-schema-id": entity.id, **inlined}


def _inlined(value: Any, shapes: dict[str, Any]) -> Any:
    if isinstance(value, list):
        return [_inlined(one, shapes) for one in value]
    if not isinstance(value, dict):
        return value
    if "$ref" in value:
        own = {name: one for name, one in value.items() if name != "$ref"}
        return {**shapes[value["$ref"].removeprefix("#/$defs/")], **own}
    return {name: _inlined(one, shapes) for name, one in value.items()}
