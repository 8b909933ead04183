"""A vendor's description in OpenAPI, read for what the tests of connectors hold against it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import yaml

from tests.unit.connectors.harness import SHARED, types_of

Schema = Mapping[str, Any]


class OpenApi:
    """The description at ``path`` below ../shared, in JSON or YAML; it is read when first asked for."""

    def __init__(self, path: str) -> None:
        self._file = SHARED / path

    @cached_property
    def document(self) -> dict[str, Any]:
        """The whole description."""
        text = self._file.read_text("utf-8")
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        found: dict[str, Any] = (
            json.loads(text) if self._file.suffix == ".json" else yaml.load(text, Loader=loader)  # noqa: S506
        )
        return found

    def resolved(self, schema: Schema) -> Schema:
        """Return what a reference leads to, with the properties of all its parts (``allOf``)."""
        while "$ref" in schema:
            found: Any = self.document
            for step in schema["$ref"].removeprefix("#/").split("/"):
                found = found[step]
            schema = found
        if "allOf" not in schema:
            return schema
        parts = [self.resolved(part) for part in schema["allOf"]]
        properties = {name: field for part in parts for name, field in part.get("properties", {}).items()}
        return {**schema, "properties": {**properties, **schema.get("properties", {})}}

    def fields(self, declared: Schema, described: Schema) -> Iterator[tuple[str, Schema, Schema | None]]:
        """Yield (path, what the connector declares, what is described or None) of every field.

        A list's items stand in its place.
        """
        known = self.resolved(described).get("properties", {})
        for name, field in declared.get("properties", {}).items():
            found = self.resolved(known[name]) if name in known else None
            yield name, field, found
            if found is not None:
                below = self.fields(field.get("items", field), found.get("items", found))
                yield from ((f"{name}.{path}", one, told) for path, one, told in below)

    def fitting(self, declared: Schema, described: Schema) -> Iterator[tuple[str, Schema, Schema]]:
        """Yield (path, what is declared, what is described) of every field; all are described, by type."""
        for path, field, found in self.fields(declared, described):
            assert found is not None, f"{path} is not in the vendor's description"
            assert types_of(field) == {found.get("type", "object")}, path
            yield path, field, found


def newest(folder: str, pattern: str) -> OpenApi:
    """Return a folder's last description by name; one that is not there, where the folder has none."""
    found = sorted((SHARED / folder).glob(pattern))
    return OpenApi(f"{folder}/{found[-1].name if found else pattern}")
