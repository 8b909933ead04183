"""Connectors as people look at them: what there is, what a connection has to give, how far each is proven."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import yaml
from msgspec import Struct

from sluice.connector.paths import path_text
from sluice.connector.spec import Stream
from sluice.errors import ConfigurationInvalid
from sluice.registry.catalog import Catalog
from sluice.registry.packages import Files

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The one in C is ten times as fast; not every build has it."""

QUALITY = "quality.yaml"
"""Beside a connector: what it was certified by."""


def digest_of(files: Files) -> str:
    """Return a hash of the YAML files; notes may change without another certification."""
    found = hashlib.sha256()
    for path in sorted(path for path in files if not path.endswith(".md")):
        found.update(f"{path}\0{len(files[path])}\0".encode())
        found.update(files[path])
    return found.hexdigest()[:16]


def quality_of(files: Files, connector: str) -> Mapping[str, Any] | None:
    """Return what it was certified by, with ``changed``: its files are others since; None for never."""
    own = f"connectors/{connector}/{QUALITY}"
    if own not in files:
        return None
    found: dict[str, Any] = yaml.load(files[own], Loader=_LOADER)  # noqa: S506 - a safe loader
    certified = {path: data for path, data in files.items() if path != own}
    return {**found, "changed": found["files"] != digest_of(certified)}


def standing_of(files: Files, connector: str) -> str:
    """Return when the connector was certified, and whether its files have changed since; "" for never."""
    found = quality_of(files, connector)
    if found is None:
        return ""
    return f"{found['certified']}" + (", its files have changed since" if found["changed"] else "")


def row_of(catalog: Catalog, name: str) -> dict[str, Any]:
    """Return a connector as a listing shows it: ``name``, ``title``, ``streams``, ``valid``, ``faults``."""
    try:
        connector = catalog.connector(name)
    except ConfigurationInvalid as invalid:
        faults = [str(one) for one in invalid.faults]
        return {"name": name, "title": "", "streams": [], "valid": False, "faults": faults}
    streams = list(connector.streams)
    return {"name": name, "title": connector.title, "streams": streams, "valid": True, "faults": []}


def about(catalog: Catalog, name: str) -> dict[str, Any]:
    """Return all that a person chooses a connector by; raises ConfigurationInvalid where it does not load.

    ``settings`` is the JSON Schema of a connection's settings, ``notes`` the text of its NOTES.md (Markdown).
    """
    connector, files = catalog.connector(name), catalog.files(name)
    quality = quality_of(files, name)
    return {
        "name": name,
        "title": connector.title,
        "description": connector.description,
        "documentation": connector.documentation,
        "authentication": connector.auth.kind,
        "settings": dict(connector.settings),
        "secrets": {
            secret: {"title": spec.title, "description": spec.description, "optional": spec.optional}
            for secret, spec in connector.secrets.items()
        },
        "streams": [_stream(catalog, name, stream) for stream in connector.streams.values()],
        "quality": None if quality is None else _plain(quality),
        "notes": files.get(f"connectors/{name}/NOTES.md", b"").decode("utf-8-sig"),
    }


class RelyOn(Struct, frozen=True):
    """A field that is relied on to come as it was declared.

    ``path`` has names only, also below lists. ``types`` are JSON Schema's, ``form`` its format or "".
    ``required``: it comes with whatever it is part of. ``becomes`` are canonical fields (``invoice.number``).
    """

    path: str
    types: tuple[str, ...]
    form: str
    required: bool
    becomes: tuple[str, ...]


def relied_on(catalog: Catalog, connector: str, stream: str) -> list[RelyOn]:
    """Return the fields of a stream's records, as declared, with what each becomes.

    Raises ConfigurationInvalid where the connector does not load; KeyError where it has no such stream.
    """
    declared = catalog.connector(connector).streams[stream].schema
    used = catalog.mapper(connector, stream).used.fields_by_path
    return [
        RelyOn(path_text(path), _types(schema), str(schema.get("format", "")), required, used.get(path, ()))
        for path, schema, required in _fields(declared, ())
    ]


def _fields(
    schema: Mapping[str, Any], above: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any], bool]]:
    while "items" in schema:
        schema = schema["items"]
    for name, inner in schema.get("properties", {}).items():
        yield (*above, name), inner, name in schema.get("required", ())
        yield from _fields(inner, (*above, name))


def _types(schema: Mapping[str, Any]) -> tuple[str, ...]:
    found = schema.get("type", ())
    return (found,) if isinstance(found, str) else tuple(found)


def _stream(catalog: Catalog, connector: str, stream: Stream) -> dict[str, Any]:
    return {
        "name": stream.name,
        "title": stream.title,
        "description": stream.description,
        "entity": catalog.mapper(connector, stream.name).entity,
        "key": [path_text(path) for path in stream.key],
        "incremental": stream.incremental is not None,
        "deletions": stream.deletions is not None,
        "details": stream.details is not None,
        "personal": stream.personal,
    }


def _plain(quality: Mapping[str, Any]) -> dict[str, Any]:
    """Return it with its day as ISO 8601 text: YAML reads a date."""
    return {**quality, "certified": str(quality["certified"])}
