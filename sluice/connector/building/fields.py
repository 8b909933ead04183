"""Checks that what a stream's YAML names by a path is a field that it declares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sluice.connector.paths import Path
from sluice.connector.value_reader import At, ValueReader
from sluice.model.schema_faults import did_you_mean


def declared_path(reader: ValueReader, raw: Mapping[str, Any], at: At) -> Path:
    """Return the path that stands at a place of the document, having checked that its field is declared."""
    found: Any = raw
    for part in at:
        found = found[part]
    return declared(reader, raw["schema"], found, at)


def declared(reader: ValueReader, schema: Mapping[str, Any], text: str, at: At) -> Path:
    """Return the path, having checked that its field is declared in the schema; ``at`` is where it stands."""
    path, fields = reader.path(text, at), schema
    for segment in path:
        known = fields.get("properties", {})
        if segment not in known:
            message = f"the {_name_of(at)} {text!r} is not a declared field: "
            reader.refuse(
                "unknown_field", at, f"{message}{segment!r} is unknown; {did_you_mean(segment, known)}"
            )
            break
        fields = known[segment]
    return path


def _name_of(at: At) -> str:
    return str(next(part for part in reversed(at) if isinstance(part, str)))
