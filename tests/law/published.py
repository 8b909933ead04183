"""What consumers rely on, as one flat table: of every published schema each place with what may not change.

The table of what was published lies in published_schemas.json; a place that is in it stays as it is until its
schema's version is retired (docs/adr/0016).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sluice.mapping.canonical import CanonicalModel
from sluice.mapping.documentation.asyncapi import asyncapi

Facets = dict[str, Any]
Table = dict[str, dict[str, Facets]]

_KEPT = ("type", "format", "const", "pattern", "enum", "maxLength")
_PARTS = ("allOf", "oneOf", "anyOf")


FILE = "tests/law/published_schemas.json"


def with_new(kept: dict[str, Any], now: Table) -> dict[str, Any]:
    """Return the table with what is new in ``now``; what would break somebody is not taken into it."""
    schemas = {name: dict(places) for name, places in kept["schemas"].items()}
    for name, places in now.items():
        known = schemas.setdefault(name, {})
        for place, facets in places.items():
            if place not in known or not broken({place: known[place]}, {place: facets}):
                known[place] = facets
    return {"retired": kept["retired"], "schemas": schemas}


def as_text(table: dict[str, Any]) -> str:
    """Return the table as JSON, a line for each place."""
    blocks = []
    for name, places in sorted(table["schemas"].items()):
        lines = [
            f"   {json.dumps(place)}: {json.dumps(places[place], sort_keys=True)}" for place in sorted(places)
        ]
        blocks.append(f"  {json.dumps(name)}: {{\n" + ",\n".join(lines) + "\n  }")
    retired = json.dumps(table["retired"], sort_keys=True)
    return f'{{\n "retired": {retired},\n "schemas": {{\n' + ",\n".join(blocks) + "\n }\n}\n"


def published_now(model: CanonicalModel) -> Table:
    """Return the places of every schema of the AsyncAPI document, by the schema's id or name."""
    document = asyncapi(model)
    found = document["components"]
    schemas = {one.get("x-schema-id", name): one for name, one in found["schemas"].items()}
    messages = {f"attributes of {name}": one["headers"] for name, one in found["messages"].items()}
    return {name: dict(_places(schema, "", always=True)) for name, schema in {**schemas, **messages}.items()}


def _places(schema: Facets, place: str, *, always: bool) -> Iterator[tuple[str, Facets]]:
    """Yield each place below a schema with its facets; ``always``: a reader may rely on its being there."""
    facets = {name: schema[name] for name in _KEPT if name in schema}
    yield place or "/", {**facets, "always": always}
    required = set(schema.get("required", ()))
    for name, inner in schema.get("properties", {}).items():
        yield from _places(inner, f"{place}/{name}", always=name in required)
    if isinstance(schema.get("items"), dict):
        yield from _places(schema["items"], f"{place}[]", always=True)
    for part in _PARTS:
        for number, inner in enumerate(schema.get(part, ())):
            yield from _places(inner, f"{place}({inner.get('title', number)})", always=True)


def broken(before: dict[str, Facets], now: dict[str, Facets]) -> list[str]:
    """Return in words what a consumer of ``before`` could not read of ``now``."""
    found = []
    for place, facets in before.items():
        if place not in now:
            found.append(f"{place} is gone")
            continue
        found += [f"{place}: {said}" for said in _changed(facets, now[place])]
    return found


def _changed(before: Facets, now: Facets) -> Iterator[str]:
    if before["always"] and not now["always"]:
        yield "is not always there any more"
    for name in ("type", "format", "const", "pattern"):
        if before.get(name) != now.get(name):
            yield f"{name} was {before.get(name)!r}, is {now.get(name)!r}"
    gone = [member for member in before.get("enum", ()) if member not in now.get("enum", ())]
    if gone or ("enum" in now) != ("enum" in before):
        yield f"enum has lost {gone}" if gone else "enum is there in one of them only"
    longest = now.get("maxLength")
    if "maxLength" in before and (longest is None or longest > before["maxLength"]):
        yield f"maxLength was {before['maxLength']}, is {longest}"
