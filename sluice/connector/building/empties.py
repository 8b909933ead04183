"""Checks a stream whose vendor writes false for every empty value: what its false means must be plain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sluice.connector.value_reader import At, ValueReader


def check_false_is_empty(reader: ValueReader, raw: Mapping[str, Any]) -> None:
    """Refuse ``false_is_empty`` for a stream in which a false could be a value or none.

    ``raw`` is the stream's document. Records that are fetched one by one are not read so.
    """
    if "details" in raw:
        reader.refuse("not_allowed", ("details",), "cannot stand where `false_is_empty` holds")
    _check_field(reader, raw["schema"], ("schema",))


def _check_field(reader: ValueReader, field: Mapping[str, Any], at: At) -> None:
    kinds = [field["type"]] if isinstance(field["type"], str) else field["type"]
    if "boolean" in kinds and len(kinds) > 1:
        others = " and ".join(kind for kind in kinds if kind != "boolean")
        message = (
            f"is boolean beside {others}, where `false_is_empty` holds; should be boolean alone, or without"
        )
        reader.refuse("not_allowed", (*at, "type"), message)
    for name, below in field.get("properties", {}).items():
        _check_field(reader, below, (*at, "properties", name))
    if "items" in field:
        _check_field(reader, field["items"], (*at, "items"))
