"""Loads a connector from its documents, or says everything that is wrong with them.

It reads through the Documents port only, and checks nothing that needs an ERP.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from sluice.connector.building.connector import build_connector
from sluice.connector.building.law import connector_schema, stream_schema
from sluice.connector.building.stream import build_stream
from sluice.connector.spec import Connector, Stream
from sluice.connector.value_reader import ValueReader
from sluice.errors import ConfigurationInvalid
from sluice.faults import Fault
from sluice.model.schema_faults import did_you_mean, in_words, schema_faults
from sluice.model.yaml_document import YamlDocument, read_yaml
from sluice.model.yaml_secrets import pasted_secrets
from sluice.ports.documents import DocumentNotFound, Documents

_ROOT = "connectors/"
_INDEX = "/connector.yaml"
_NO_STREAMS = frozenset({"connector", "quality"})
"""Beside the streams stand the connector itself, and what it was certified by."""


def load_connector(documents: Documents, name: str, only: str = "") -> Connector:
    """Return the connector; raises ConfigurationInvalid with every fault in its files.

    Where there is a stream ``only``, it alone is read, and nothing is said of the others' files.
    """
    connector, faults = _loaded(documents, name, only)
    if connector is None or faults:
        raise ConfigurationInvalid(f"the connector {name!r} is not valid", faults)
    return connector


def check_connector(documents: Documents, name: str) -> list[Fault]:
    """Return every fault in a connector's files; none says that it loads."""
    return _loaded(documents, name)[1]


def connector_names(documents: Documents) -> list[str]:
    """Return the names of all connectors, valid or not."""
    found = (path for path in documents.paths(_ROOT) if path.endswith(_INDEX))
    return sorted(path[len(_ROOT) : -len(_INDEX)] for path in found if path.count("/") == 2)


def _loaded(documents: Documents, name: str, only: str = "") -> tuple[Connector | None, list[Fault]]:
    path = f"{_ROOT}{name}{_INDEX}"
    try:
        data = documents.read(path)
    except DocumentNotFound:
        message = f"there is no connector {name!r}; {did_you_mean(name, connector_names(documents))}"
        return None, [Fault("not_found", "", message, path)]
    document, faults = _formed(data, path, connector_schema())
    if document is None or faults:
        return None, faults + _stream_form_faults(documents, name)
    reader = ValueReader(document)
    if document.value["name"] != name:
        message = f"is {in_words(document.value['name'])}; should be {name!r}, the name of the folder"
        reader.refuse("wrong_name", ("name",), message)
    connector = build_connector(reader)
    streams, stream_faults = _streams(documents, connector, (name, only), frozenset(reader.met))
    faults = reader.faults + stream_faults
    return replace(connector, streams=streams), faults


def _streams(
    documents: Documents, connector: Connector, which: tuple[str, str], met: frozenset[str]
) -> tuple[dict[str, Stream], list[Fault]]:
    name, only = which
    paths = _stream_paths(documents, name)
    if not paths:
        message = "has no streams; each is a file of its own beside connector.yaml, named like the stream"
        return {}, [Fault("no_streams", "", message, f"{_ROOT}{name}{_INDEX}")]
    # Samples refer to other streams by name, so the names are known before the first one is built.
    beside = replace(connector, streams=dict.fromkeys(paths, _UNBUILT))
    streams: dict[str, Stream] = {}
    faults = _twice(documents, paths, name)
    for stream_name, path in ({only: paths[only]} if only in paths else paths).items():
        document, found = _formed(documents.read(path), path, stream_schema())
        if document is not None and not found:
            reader = ValueReader(document)
            _check_name(reader, stream_name)
            stream = build_stream(reader, beside, met)
            found = reader.faults
            if stream is not None:
                streams[stream_name] = stream
        faults += found
    return streams, faults


_UNBUILT: Any = None


def _check_name(reader: ValueReader, name: str) -> None:
    given = reader.document.value["stream"]
    if given != name:
        reader.refuse(
            "wrong_name", ("stream",), f"is {in_words(given)}; should be {name!r}, the name of the file"
        )


def _stream_form_faults(documents: Documents, name: str) -> list[Fault]:
    """Return what can be said of the streams while their connector is not known."""
    found = _stream_paths(documents, name).values()
    return [fault for path in found for fault in _formed(documents.read(path), path, stream_schema())[1]]


def _stream_paths(documents: Documents, name: str) -> dict[str, str]:
    prefix = f"{_ROOT}{name}/"
    names = {path[len(prefix) :].rpartition(".")[0]: path for path in _yaml_files(documents, prefix)}
    return {stem: path for stem, path in names.items() if "/" not in stem and stem not in _NO_STREAMS}


def _yaml_files(documents: Documents, prefix: str) -> list[str]:
    return [path for path in documents.paths(prefix) if path.endswith((".yaml", ".yml"))]


def _twice(documents: Documents, paths: Mapping[str, str], name: str) -> list[Fault]:
    """Return a fault for each file that has the name of another, but for letters' case or its ending."""
    kept = {stem.casefold(): path for stem, path in paths.items()}
    found = []
    for path in _yaml_files(documents, f"{_ROOT}{name}/"):
        stem = path.rpartition("/")[2].rpartition(".")[0].casefold()
        if path.count("/") == 2 and kept.get(stem, path) != path:
            message = f"is the same stream as {kept[stem]}; one stream is one file, {stem}.yaml"
            found.append(Fault("duplicate_stream", "", message, path))
    return found


def _formed(data: bytes, path: str, schema: Mapping[str, Any]) -> tuple[YamlDocument | None, list[Fault]]:
    """Return the document and what its schema says of it; None where it is not even YAML."""
    try:
        document = read_yaml(data, path)
    except ConfigurationInvalid as err:
        return None, list(err.faults)
    if pasted := pasted_secrets(data, document):
        return None, pasted  # nothing else is said of it: it could show what was pasted
    return document, schema_faults(document.value, schema, document)
