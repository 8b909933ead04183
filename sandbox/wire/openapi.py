"""Describes a sandbox's API in OpenAPI 3.0, from the connector and what is mutated.

Only for connectors whose streams have an address each, and of the streams at the connector's own base URL.
When it is shown is sandbox.wire.published's business.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.active import Active
from sandbox.doors import placed
from sandbox.making.rows import documents_declared
from sandbox.mutations.examples import kinds_of
from sluice.connector.expanding.declared import Details
from sluice.connector.spec import Connector, FoundIn, Place, Stream
from sluice.connector.values import Call, Literal, Value

VERSION = "1.0.0"
_KEPT = ("format", "enum", "description")
_GONE = "D01"
_DEPRECATED = {"D16", "D17"}
_REQUIRED = {"D25": "header", "D36": "query"}
_NAMES = {"D25": "X-Tenant-Id", "D36": "fiscalYear"}


class OpenApi:
    """The document of a connector's API, with what is mutated in it."""

    def __init__(self, connector: Connector, active: Active) -> None:
        self._connector = connector
        self._active = active

    def document(self, base_url: str) -> dict[str, Any]:
        """Return the document of the API as it is now."""
        connector, active = self._connector, self._active
        here = [one for one in connector.streams.values() if one.base_url is None]
        streams = [one for one in here if not self._ordered(one, {_GONE})]
        document: dict[str, Any] = {
            "openapi": "3.0.3",
            "info": {"title": connector.title, "version": VERSION},
            "servers": [{"url": base_url}],
            "paths": {one.path: {one.request.method.lower(): self._operation(one)} for one in streams}
            | {one.details.path: {"get": self._single(one, one.details)} for one in streams if one.details},
            "components": {
                "schemas": {
                    _component(one.name): _schema(active.declared(one.name, one.schema)) for one in streams
                }
            },
        }
        for mutation, describes in active.describing():
            path = (_component(mutation.stream), *mutation.path) if mutation.path else ()
            document = describes(document, path)
        return document

    def _operation(self, stream: Stream) -> dict[str, Any]:
        content = {"application/json": {"schema": self._reply(stream)}}
        found: dict[str, Any] = {
            "operationId": f"list_{stream.name}",
            "summary": stream.title,
            "parameters": [*_parameters(stream), *self._new_parameters(stream)],
            "responses": {"200": {"description": "OK", "content": content}},
        }
        return {**found, "deprecated": True} if self._ordered(stream, _DEPRECATED) else found

    def _single(self, stream: Stream, details: Details) -> dict[str, Any]:
        """Return the operation that gives one record of a list of ids."""
        record = documents_declared(stream, f"#/components/schemas/{_component(stream.name)}")
        schema = _of_example(placed({}, details.record, record), record)
        return {
            "operationId": f"get_{stream.name}",
            "parameters": [_parameter("path", name, required=True) for name in details.path_parameters],
            "responses": {"200": {"description": "OK", "content": {"application/json": {"schema": schema}}}},
        }

    def _new_parameters(self, stream: Stream) -> list[dict[str, Any]]:
        return [
            _parameter(_REQUIRED[one.code], one.to or _NAMES[one.code], required=True)
            for one in self._active.mutations
            if one.code in _REQUIRED and one.stream in {"", stream.name}
        ]

    def _ordered(self, stream: Stream, codes: set[str]) -> bool:
        return any(one.code in codes and one.stream in {"", stream.name} for one in self._active.mutations)

    def _reply(self, stream: Stream) -> dict[str, Any]:
        items = documents_declared(stream, f"#/components/schemas/{_component(stream.name)}")
        listed = {"type": "array", "items": items}
        if not stream.records:
            return listed
        example: Any = {}
        paging = stream.pagination
        for where, value in ((paging.total, 0), (paging.pages, 0), (paging.next, ""), (paging.more, False)):
            if isinstance(where, FoundIn) and where.path is not None:
                example = placed(example, where.path, value)
        example = {**example, **_plain(self._connector.sandbox.get("envelope", {}))}
        return _of_example(placed(example, stream.records, listed), listed)


def _component(stream: str) -> str:
    return stream.title().replace("_", "")


def _plain(envelope: Mapping[str, Any]) -> dict[str, Any]:
    """Return the envelope with a number for each fact that is told in it."""
    return {
        name: 0 if isinstance(value, Mapping) and set(value) == {"reply"} else value
        for name, value in envelope.items()
    }


def _of_example(value: Any, listed: dict[str, Any]) -> dict[str, Any]:
    if value is listed:
        return {**listed}
    if isinstance(value, dict):
        return {
            "type": "object",
            "properties": {name: _of_example(one, listed) for name, one in value.items()},
        }
    kinds = {bool: "boolean", int: "integer", float: "number", list: "array"}
    items: dict[str, Any] = {"items": {}} if isinstance(value, list) else {}
    return {"type": kinds.get(type(value), "string"), **items}


def _parameters(stream: Stream) -> list[dict[str, Any]]:
    found = [_parameter("path", name, required=True) for name in stream.path_parameters]
    found += [_asked(name, value) for name, value in stream.request.query.items()]
    if stream.windows:
        found += [_asked(name, value, required=True) for name, value in stream.windows.query.items()]
    if stream.ranges:
        found += [_asked(name, value) for name, value in stream.ranges.query.items()]
    if stream.incremental:
        found += [_asked(name, value) for name, value in stream.incremental.query.items()]
    for place in (stream.pagination.at, stream.pagination.limit):
        if isinstance(place, Place) and place.name:
            found.append(_parameter(place.where, place.name, required=False, kind="integer"))
    return found


def _asked(name: str, value: Value, *, required: bool = False) -> dict[str, Any]:
    word = value.word if isinstance(value, Call) else ""
    form = {"window": "date", "since": "date-time"}.get(word)
    found = _parameter("query", name, required=required)
    if form:
        found["schema"]["format"] = form
    if isinstance(value, Literal):
        found["schema"]["default"] = value.value
    return found


def _parameter(where: str, name: str, *, required: bool, kind: str = "string") -> dict[str, Any]:
    return {"name": name, "in": where, "required": required, "schema": {"type": kind}}


def _schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return a JSON Schema as OpenAPI 3.0 writes it."""
    kinds = [kind for kind in kinds_of(schema) if kind != "null"]
    found = {name: schema[name] for name in _KEPT if name in schema}
    if len(kinds) == 1:
        found["type"] = kinds[0]
    elif kinds:
        found["anyOf"] = [{"type": kind} for kind in kinds]
    if "null" in kinds_of(schema):
        found["nullable"] = True
    if "properties" in schema:
        found["properties"] = {name: _schema(below) for name, below in schema["properties"].items()}
    if "array" in kinds:
        found["items"] = _schema(schema["items"]) if "items" in schema else {}
    if schema.get("required"):
        found["required"] = list(schema["required"])
    return found
