"""Changes of the published description alone, the wire staying as it was: D18, D19, D53."""

# ruff: noqa: E501 (a table: one row, one line)
from __future__ import annotations

from typing import Any

from sandbox.wire.hook import Wire
from sluice.connector.paths import Path

Document = dict[str, Any]
NEXT_VERSION = "2.0.0"


def _new_version(document: Document, _: Path) -> Document:
    """Return the description of a release with one more address."""
    added = {"get": {"summary": "New", "responses": {"200": {"description": "OK"}}}}
    return {
        **document,
        "info": {**document["info"], "version": NEXT_VERSION},
        "paths": {**document["paths"], "/sandbox/new": added},
    }


def _default_responses(document: Document, _: Path) -> Document:
    """Return the description with each response under ``default`` in place of its status."""
    return {**document, "paths": {path: _under_default(item) for path, item in document["paths"].items()}}


def _under_default(item: Document) -> Document:
    found = {}
    for method, operation in item.items():
        (response,) = operation["responses"].values()
        found[method] = {**operation, "responses": {"default": response}}
    return found


def _wrapped(document: Document, _: Path) -> Document:
    """Return the description with each component in an ``allOf``."""
    schemas = document["components"]["schemas"]
    return {**document, "components": {"schemas": {name: {"allOf": [one]} for name, one in schemas.items()}}}


def _optional(document: Document, path: Path) -> Document:
    """Return the description with the field (after its component's name) no longer required."""
    name, *field = path
    schemas = document["components"]["schemas"]
    return {**document, "components": {"schemas": {**schemas, name: _not_required(schemas[name], field)}}}


def _not_required(schema: Document, field: list[str]) -> Document:
    if "items" in schema:
        return {**schema, "items": _not_required(schema["items"], field)}
    if len(field) > 1:
        below = schema["properties"][field[0]]
        return {**schema, "properties": {**schema["properties"], field[0]: _not_required(below, field[1:])}}
    left = [name for name in schema.get("required", ()) if name != field[0]]
    rest = {key: value for key, value in schema.items() if key != "required"}
    return {**rest, "required": left} if left else rest


DOCUMENTS: tuple[Wire, ...] = (
    Wire("D18", "new_version", "The description is of a new version", describes=_new_version, whole=True),
    Wire("D19", "default_responses", "Responses stand under default in place of 200", describes=_default_responses, whole=True),
    Wire("D19", "all_of", "Components are wrapped in allOf", describes=_wrapped, whole=True),
    Wire("D53", "optional", "A field is no longer declared as required", describes=_optional),
)  # fmt: skip
