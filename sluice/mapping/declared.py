"""Compares what a mapping reads with what its stream declares.

It does not know connectors: the declared schema comes in as JSON Schema.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sluice.faults import Fault
from sluice.mapping.kinds import Kind, kind_of_json_type, may_become
from sluice.mapping.node import Use
from sluice.model.schema_faults import did_you_mean
from sluice.model.yaml_document import YamlDocument

Schema = Mapping[str, Any]
_NUMBERS = {Kind.DECIMAL, Kind.INTEGER}


def undeclared_uses(uses: Iterable[Use], declared: Schema, document: YamlDocument) -> list[Fault]:
    """Return a fault for each path that is not declared, or whose type can never fit its field."""
    found: dict[tuple[str, tuple[str, ...]], Fault] = {}
    for use in uses:
        wrong = _wrong(use, declared)
        if wrong:
            found.setdefault((use.rule, use.path), document.fault(wrong[0], use.rule, wrong[1]))
    return list(found.values())


def _wrong(use: Use, declared: Schema) -> tuple[str, str] | None:
    here: Schema = declared
    for position, name in enumerate(use.path):
        fields = _fields(here)
        if fields is None:
            return None  # an object or list that the stream leaves open
        if name not in fields:
            shown = ".".join(use.path[: position + 1])
            return "unknown_field", f"the stream does not declare {shown!r}; {did_you_mean(name, fields)}"
        here = fields[name]
    return _impossible(use, here)


def _fields(schema: Schema) -> Mapping[str, Schema] | None:
    """Return an object's fields, or those of a list's elements; None where any field may be there."""
    while "items" in schema:
        schema = schema["items"]
    if "properties" in schema:
        properties: Mapping[str, Schema] = schema["properties"]
        return properties
    kinds = _kinds(schema)
    return None if not kinds or kinds & {Kind.OBJECT, Kind.LIST, Kind.ANY} else {}


def _impossible(use: Use, here: Schema) -> tuple[str, str] | None:
    kinds = _kinds(here)
    if not kinds or any(_may_hold(kind, use.becomes) for kind in kinds):
        return None
    came = " or ".join(sorted(kind.value for kind in kinds))
    return (
        "wrong_kind",
        f"{'.'.join(use.path)!r} is declared as {came}, which can never be {use.becomes.value}",
    )


def _may_hold(kind: Kind, wanted: Kind) -> bool:
    if kind in _NUMBERS and wanted in _NUMBERS | {Kind.REFERENCE}:
        return True
    return may_become(kind, wanted)


def _kinds(schema: Schema) -> set[Kind]:
    words = schema.get("type", ())
    names = [words] if isinstance(words, str) else list(words)
    return {kind_of_json_type(name) for name in names if name != "null"}
