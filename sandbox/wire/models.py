"""The fields of its models that a sandbox of Tryton's protocol tells: fields_get, made from the streams.

Related models have no stream of their own; they are named after where they stand (``party.party.addresses``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sandbox.exchange import Incoming
from sandbox.mutations.examples import kinds_of
from sandbox.mutations.schemas import united
from sluice.connector.spec import Connector
from sluice.connector.values import Literal, ObjectOf

KIND = "tryton"
Schema = Mapping[str, Any]
Models = dict[str, dict[str, Any]]
_READS = re.compile(r"model\.([\w.]+)\.search_read")
_ASKS = re.compile(r"model\.([\w.]+)\.fields_get")
_PLAIN = {"string": "char", "integer": "integer", "number": "float", "boolean": "boolean", "object": "dict"}
_CLASSES = {"date": "date", "datetime": "datetime", "Decimal": "numeric", "timedelta": "timedelta"}


def models_read(connector: Connector) -> dict[str, list[str]]:
    """Return the models that streams read, each with its streams; empty for any other protocol."""
    if connector.published is None or connector.published.kind != KIND:
        return {}
    found: dict[str, list[str]] = {}
    for stream in connector.streams.values():
        body = stream.request.body
        method = body.items.get("method") if isinstance(body, ObjectOf) else None
        reads = _READS.fullmatch(str(method.value)) if isinstance(method, Literal) else None
        if reads:
            found.setdefault(reads[1], []).append(stream.name)
    return found


def model_asked(request: Incoming) -> str:
    """Return the model whose fields are asked for; empty where the request asks for something else."""
    body = request.json() if request.method == "POST" and b"fields_get" in request.body else None
    asks = _ASKS.fullmatch(str(body.get("method"))) if isinstance(body, Mapping) else None
    return asks[1] if asks else ""


def models_of(schemas: Mapping[str, list[Schema]]) -> Models:
    """Return every model's fields, given the schemas of the streams that read each; related ones too."""
    found: Models = {}
    for model, many in schemas.items():
        schema = many[0]
        for other in many[1:]:
            schema = united(schema, other)
        _add(found, model, schema)
    return found


def _add(found: Models, model: str, schema: Schema) -> None:
    fields: dict[str, Any] = {}
    for name, below in schema.get("properties", {}).items():
        field = name.removesuffix(".")
        # A field that refers to records is declared twice: its id, and with a dot its record's fields.
        if field == name and f"{name}." in schema["properties"]:
            continue
        fields[field] = {
            "string": field.replace("_", " ").capitalize(),
            **_field(f"{model}.{field}", name, below),
        }
        fields[field]["required"] = "null" not in kinds_of(below)
        if name.endswith("."):
            _add(found, f"{model}.{field}", below.get("items", below))
    found[model] = fields


def _field(relation: str, name: str, schema: Schema) -> dict[str, Any]:
    kind = next((kind for kind in kinds_of(schema) if kind != "null"), "string")
    if name.endswith("."):
        return {"type": "one2many" if kind == "array" else "many2one", "relation": relation}
    if kind == "object":
        marked = schema.get("properties", {}).get("__class__", {}).get("sample", {}).get("constant")
        return {"type": _CLASSES.get(str(marked), "dict")}
    if "enum" in schema:
        codes = [[value, str(value).capitalize()] for value in schema["enum"] if value is not None]
        return {"type": "selection", "selection": codes}
    return {"type": "many2many", "relation": relation} if kind == "array" else {"type": _PLAIN[kind]}
