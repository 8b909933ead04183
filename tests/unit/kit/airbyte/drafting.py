"""What the tests of converted manifests share: the manifest of Havgull, which does not exist, and drafts."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

from sluice.bootstrap.documents import ROOT
from sluice.faults import Fault
from sluice.kit.airbyte.draft import draft_of_manifest
from sluice.kit.draft import Draft, Wanted
from sluice.local.folder_documents import FolderDocuments
from sluice.registry.catalog import Catalog, faults_of
from tests import yaml_text

DOCUMENTS = FolderDocuments(ROOT)
FILE = Path(__file__).with_name("manifest.yaml")
HAVGULL: dict[str, Any] = yaml_text.read(FILE.read_text("utf-8"))


def drafted(manifest: dict[str, Any], *paths: str) -> Draft:
    """Return the draft of a manifest."""
    data = yaml_text.written(manifest).encode()
    return draft_of_manifest(data, DOCUMENTS, Wanted("havgull", paths))[0]


def one_stream(**parts: Any) -> dict[str, Any]:
    """Return a manifest of one stream, with its ``requester``, ``paginator``, ``cursor``, ``spec`` put in."""
    requester = {"type": "HttpRequester", "url_base": "https://api.example", "path": "/clients"}
    retriever = {
        "type": "SimpleRetriever",
        "requester": {**requester, **parts.get("requester", {})},
        "record_selector": {"extractor": {"field_path": ["data"]}},
        **({"paginator": parts["paginator"]} if "paginator" in parts else {}),
    }
    properties = {"id": {"type": "integer"}, "name": {"type": "string"}, "changed": {"type": "string"}}
    stream = {
        "type": "DeclarativeStream",
        "name": "clients",
        "primary_key": "id",
        "retriever": retriever,
        "schema_loader": {
            "type": "InlineSchemaLoader",
            "schema": {"type": "object", "properties": properties},
        },
        **({"incremental_sync": parts["cursor"]} if "cursor" in parts else {}),
        **parts.get("stream", {}),
    }
    spec = {"type": "object", "properties": parts.get("spec", {})}
    return {
        "version": "6.0.0",
        "type": "DeclarativeSource",
        "streams": [stream],
        "spec": {"type": "Spec", "connection_specification": spec},
    }


def read(draft: Draft, path: str) -> Any:
    """Return a file of the draft as YAML."""
    return yaml_text.read(draft.files[path])


def stream_of(manifest: dict[str, Any]) -> dict[str, Any]:
    """Return what becomes of a manifest's one stream, for customers."""
    found: dict[str, Any] = read(drafted(manifest), "connectors/havgull/customer.yaml")
    return found


def connector_of(manifest: dict[str, Any]) -> dict[str, Any]:
    """Return the connector.yaml that a manifest becomes."""
    found: dict[str, Any] = read(drafted(manifest), "connectors/havgull/connector.yaml")
    return found


def told(draft: Draft) -> list[str]:
    """Return everything that was not converted: each begins with its place in the manifest."""
    said = [what for _, what in draft.notes.open if what.startswith("not converted: ")]
    left = [what for where, what in draft.notes.decided if where == "left out"]
    return [what.removeprefix("not converted: ") for what in said] + left


def faults(draft: Draft) -> list[Fault]:
    """Return what `sluice connectors check` says of a draft."""
    files = {path: text.encode() for path, text in draft.files.items()}
    return faults_of(Catalog(DOCUMENTS).with_files("havgull", files), "havgull")


def changed(place: str, value: Any) -> dict[str, Any]:
    """Return Havgull's manifest with another value at a place such as ``streams.0.retriever``."""
    found = copy.deepcopy(HAVGULL)
    *way, last = place.split(".")
    inner: Any = found
    for part in way:
        inner = inner[int(part)] if isinstance(inner, list) else inner[part]
    inner[int(last) if isinstance(inner, list) else last] = value
    return found
