"""Reads what can be sent with a request: parameters of OpenAPI 2 (type inside) and 3 (schema, content)."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from sluice.description.forms.lifecycle import lifecycle_of
from sluice.description.forms.openapi.references import References
from sluice.description.forms.openapi.schemas import SchemaReader, text_of
from sluice.description.model import Parameter, Schema

_READ = {"query", "header", "path"}
_NOT_PARAMETERS = {"accept", "content-type", "authorization"}
"""Headers that OpenAPI 3 says are to be ignored as parameters."""


def read_parameters(given: list[Any], references: References, schemas: SchemaReader) -> tuple[Parameter, ...]:
    """Return the parameters of a path and its operation; of two with one name and place the last counts."""
    found: dict[tuple[str, str], Parameter] = {}
    for one in given:
        said = references.target(one)
        if isinstance(said, dict) and said.get("in") in _READ and isinstance(said.get("name"), str):
            parameter = _parameter(said, references, schemas)
            if parameter.where != "header" or parameter.name.lower() not in _NOT_PARAMETERS:
                found[parameter.name, parameter.where] = parameter
    return tuple(found.values())


def _parameter(said: dict[str, Any], references: References, schemas: SchemaReader) -> Parameter:
    schema = _schema(said)
    shape = references.target(schema)
    shape = shape if isinstance(shape, dict) else {}
    read = schemas.schema(shape)
    default, maximum = shape.get("default"), shape.get("maximum")
    return Parameter(
        name=unquote(said["name"]),
        where=said["in"],
        required=said.get("required") is True,
        types=read.types,
        default=None if default is None else text_of(default),
        maximum=float(maximum) if isinstance(maximum, int | float) else None,
        codes=_codes(read),
        lifecycle=lifecycle_of(said),
    )


def _schema(said: dict[str, Any]) -> Any:
    if "schema" in said:
        return said["schema"]
    content = said.get("content")
    if isinstance(content, dict) and content:
        first = next(iter(content.values()))
        return first.get("schema") if isinstance(first, dict) else None
    return {
        key: said[key] for key in ("type", "format", "items", "enum", "default", "maximum") if key in said
    }


def _codes(schema: Schema) -> tuple[str, ...]:
    return schema.codes or (schema.items.codes if schema.items else ())
