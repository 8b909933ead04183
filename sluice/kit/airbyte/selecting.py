"""Turns record selectors, primary keys and inline schemas into where records stand and what is in them."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from sluice.description.forms.json_schema import is_json_schema, read_json_schema
from sluice.description.model import Description, Field, Schema
from sluice.errors import ConfigurationInvalid
from sluice.kit.airbyte.nodes import Node
from sluice.kit.airbyte.values import NotConverted, Texts
from sluice.kit.proposal import Notes
from sluice.kit.words import quoted

_UNKNOWN = Schema(frozenset({"object"}))
_TEXT = Schema(frozenset({"string"}))


def records_of(retriever: Node, texts: Texts, where: str, notes: Notes) -> str:
    """Return the path to the list of records in a reply."""
    selector = retriever.node("record_selector")
    if selector is None:
        return ""
    if selector.kind("RecordSelector") != "RecordSelector":
        selector.tell("where the records stand is not known; the whole reply is taken")
        return ""
    if str(selector.peek("schema_normalization")) in {"None", "Default"}:
        selector.skip("schema_normalization")
    for key in ("record_filter", "schema_normalization", "transform_before_filtering"):
        if selector.peek(key):
            selector.tell("records are taken as they come", key)
        else:
            selector.skip(key)
    extractor = selector.node("extractor")
    if extractor is None:
        return ""
    if extractor.kind("DpathExtractor") != "DpathExtractor":
        extractor.tell("where the records stand is not known; the whole reply is taken")
        return ""
    return _path_of(extractor, texts, where, notes)


def _path_of(extractor: Node, texts: Texts, where: str, notes: Notes) -> str:
    given = extractor.plain("field_path", [])
    try:
        names = [texts.name(extractor, one) for one in (given if isinstance(given, list) else [given])]
    except NotConverted as err:
        extractor.tell(f"{err} is no name; the whole reply is taken for the list", "field_path")
        return ""
    names = [name for name in names if name]
    if names and names[-1] == "*":
        notes.ask(where, f"records: {'.'.join(names)} is taken for a list; is it an object of records?")
        names = names[:-1]
    star = next((at for at, name in enumerate(names) if "*" in name), None)
    if star is not None:
        extractor.tell("wildcards are not converted; the path ends before the first", "field_path")
        names = names[:star]
    return ".".join(map(quoted, names))


def keys_of(stream: Node, texts: Texts) -> list[str]:
    """Return the paths that identify a record; none where the stream says none."""
    given = stream.plain("primary_key", [])
    listed = given if isinstance(given, list) else [given]
    try:
        found = [
            ".".join(quoted(texts.name(stream, part)) for part in (one if isinstance(one, list) else [one]))
            for one in listed
        ]
    except NotConverted as err:
        stream.tell(f"{err} is no name", "primary_key")
        return []
    return [one for one in found if one][:5]


def described(stream: Node, keys: list[str]) -> tuple[Description, Schema]:
    """Return what the stream's schema says of a record; the key is there whether it says so or not."""
    description, item = _schema(stream)
    found = description.resolved(item)
    added = _added(stream)
    found = replace(found, fields={name: one for name, one in found.fields.items() if name not in added})
    missing = {key: Field(_TEXT) for key in keys if "." not in key and key.strip('"') not in found.fields}
    if not missing:
        return description, found
    plain = {key.strip('"'): one for key, one in missing.items()}
    return description, replace(found, types=found.types | {"object"}, fields={**found.fields, **plain})


def _added(stream: Node) -> set[str]:
    """Return the fields that transformations add: the schema has them, the ERP's own records do not."""
    listed = stream.peek("transformations")
    paths = [
        field.get("path")
        for one in (listed if isinstance(listed, list) else [])
        if isinstance(one, dict) and isinstance(one.get("fields"), list)
        for field in one["fields"]
        if isinstance(field, dict)
    ]
    return {str(path[0]) for path in paths if isinstance(path, list) and len(path) == 1}


def _schema(stream: Node) -> tuple[Description, Schema]:
    loaders = stream.nodes("schema_loader")
    found: tuple[Description, Schema] = (Description({}), _UNKNOWN)
    if not loaders:
        stream.tell("the schema is not in the manifest; add a record's fields by hand", "schema_loader")
    for loader in loaders:
        if loader.kind("JsonFileSchemaLoader") != "InlineSchemaLoader" or found[0].operations:
            loader.tell("only one InlineSchemaLoader is read; add a record's fields by hand")
            continue
        description = _read(loader.plain("schema", {}))
        if description is None:
            loader.tell("is no JSON Schema with properties; add a record's fields by hand", "schema")
        else:
            found = description, description.operations["QUERY record"].response or _UNKNOWN
    return found


def _read(schema: Any) -> Description | None:
    if not is_json_schema(schema) or not isinstance(schema.get("properties"), dict):
        return None
    try:
        return read_json_schema(schema)
    except (TypeError, AttributeError, KeyError, ConfigurationInvalid):
        return None
