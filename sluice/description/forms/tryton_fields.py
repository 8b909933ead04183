"""Reads Tryton's fields_get: of one model, or of several under ``models``; each model is an operation.

A field that refers to records is described twice, as Tryton answers it: their ids under ``party``, and their
fields, where some are asked for, under ``party.``.
"""

from __future__ import annotations

from typing import Any

from sluice.description.forms.lifecycle import from_text
from sluice.description.model import Description, Field, Operation, Schema, by_key

METHOD = "search_read"
_TYPES = {
    "char": ("string", ""), "text": ("string", ""), "fulltext": ("string", ""), "html": ("string", ""),
    "integer": ("integer", ""), "biginteger": ("integer", ""), "bigint": ("integer", ""),
    "float": ("number", ""),
    "numeric": ("number", "decimal"), "boolean": ("boolean", ""), "date": ("string", "date"),
    "datetime": ("string", "date-time"), "timestamp": ("string", "date-time"), "time": ("string", "time"),
    "timedelta": ("number", "duration"), "selection": ("string", ""), "reference": ("string", "reference"),
    "binary": ("string", "binary"), "dict": ("object", ""), "multiselection": ("array", ""),
}  # fmt: skip
_ONE, _MANY = {"many2one", "one2one"}, {"one2many", "many2many"}


def models_of(value: Any) -> dict[str, Any] | None:
    """Return model -> its fields, of a whole answer or its ``result``; None where it is no fields_get."""
    if not isinstance(value, dict):
        return None
    if isinstance(value.get("result"), dict):
        return models_of(value["result"])
    if isinstance(value.get("models"), dict):
        models = value["models"]
        return models if models and all(_is_fields(one) for one in models.values()) else None
    if value and all("." in str(name) and _is_fields(one) for name, one in value.items()):
        return value
    return {"": value} if _is_fields(value) else None


def read_fields_get(models: dict[str, Any], version: str = "") -> Description:
    """Return the description: ``POST model.<model>.search_read`` for each model."""
    types = {model: _record(fields, models) for model, fields in models.items()}
    operations = [
        Operation(
            "POST", f"model.{model}.{METHOD}" if model else METHOD, response=_list_of(_named(model, types))
        )
        for model in models
    ]
    return Description(by_key(operations), types, form="Tryton fields_get", version=version)


def _named(model: str, types: dict[str, Schema]) -> Schema:
    return Schema(name=model) if model else types[model]


def _is_fields(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and bool(value)
        and all(
            isinstance(one, dict) and isinstance(one.get("type"), str) and ("string" in one or "name" in one)
            for one in value.values()
        )
    )


def _record(fields: dict[str, Any], models: dict[str, Any]) -> Schema:
    described: dict[str, Field] = {}
    for name, said in fields.items():
        described[name] = _field(said)
        if said["type"] in _ONE | _MANY:
            described[f"{name}."] = Field(_related(said, models))
    return Schema(frozenset({"object"}), fields=described)


def _field(said: dict[str, Any]) -> Field:
    texts = "\n".join(str(said[key]) for key in ("string", "help") if said.get(key))
    nullable = said.get("required") is not True
    return Field(_schema(said, nullable=nullable), required=True, lifecycle=from_text(texts))


def _related(said: dict[str, Any], models: dict[str, Any]) -> Schema:
    relation = str(said.get("relation") or "")
    record = Schema(frozenset({"object"}))
    if relation in models:
        record = Schema(nullable=True, name=relation)
    return _list_of(record) if said["type"] in _MANY else record


def _schema(said: dict[str, Any], *, nullable: bool) -> Schema:
    kind = said["type"]
    if kind in _ONE:
        return Schema(frozenset({"integer"}), nullable=nullable)
    if kind in _MANY:
        return _list_of(Schema(frozenset({"integer"})))
    types, form = _TYPES.get(kind, ("", str(kind)))
    codes = _codes(said.get("selection"))
    if kind == "multiselection":
        return _list_of(Schema(frozenset({"string"}), codes=codes))
    return Schema(frozenset({types} - {""}), form, nullable, codes)


def _codes(selection: Any) -> tuple[str, ...]:
    # A selection that a method of the server makes is given by its name.
    if not isinstance(selection, list):
        return ()
    values = (one[0] for one in selection if isinstance(one, list) and one)
    return tuple(str(value) for value in values if value not in (None, ""))


def _list_of(schema: Schema) -> Schema:
    return Schema(frozenset({"array"}), items=schema)
