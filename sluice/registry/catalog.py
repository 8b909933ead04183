"""Connectors and mappings, loaded once per process and checked while loading."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from sluice.connector.load import connector_names, load_connector
from sluice.connector.spec import Connector
from sluice.mapping.load import load_mapping, patch_mapping
from sluice.mapping.mapper import Mapper
from sluice.mapping.patch import Suggestion
from sluice.ports.documents import Documents


class Catalog:
    """What can be connected to. Holds nothing of any connection, so it may be shared between them."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._connectors: dict[str, Connector] = {}
        self._mappers: dict[tuple[str, str, str], Mapper] = {}

    def names(self) -> list[str]:
        """Return every connector's name."""
        return connector_names(self._documents)

    def connector(self, name: str) -> Connector:
        """Return the connector; raises ConfigurationInvalid with every fault of its files."""
        if name not in self._connectors:
            self._connectors[name] = load_connector(self._documents, name)
        return self._connectors[name]

    def mapper(self, connector: str, stream: str, override: str | None = None) -> Mapper:
        """Return the compiled mapping of a stream; ``override`` is the text (YAML) that stands for its file.

        Raises ConfigurationInvalid.
        """
        key = (connector, stream, _digest(override.encode()) if override is not None else "")
        if key not in self._mappers:
            self._mappers[key] = load_mapping(self._read_with(connector, stream, override), connector, stream)
        return self._mappers[key]

    def mapping_text(self, connector: str, stream: str) -> str:
        """Return the text of the stream's mapping file; raises DocumentNotFound."""
        return self._documents.read(_mapping(connector, stream)).decode("utf-8-sig")

    def patched(
        self, connector: str, stream: str, suggestion: Suggestion, override: str | None = None
    ) -> str:
        """Return the text of the stream's mapping (or of its ``override``) with the suggestion put in.

        It has been loaded, so it is usable. Raises ConfigurationInvalid.
        """
        documents = self._read_with(connector, stream, override)
        text = patch_mapping(documents, connector, stream, suggestion)
        self.mapper(connector, stream, text)
        return text

    def shape_of(self, connector: str, stream: str, override: str | None = None) -> str:
        """Return a hash of all that decides what becomes of a stream's records.

        When it is another one, every record has to be read again, not only those that the ERP changed.
        """
        paths = [
            f"connectors/{connector}/connector.yaml",
            f"connectors/{connector}/{stream}.yaml",
            _mapping(connector, stream),
            f"transformers/canonical/{self.mapper(connector, stream, override).entity}.json",
        ]
        documents = self._read_with(connector, stream, override)
        return _digest(b"\0".join(documents.read(path) for path in paths))

    def _read_with(self, connector: str, stream: str, override: str | None) -> Documents:
        if override is None:
            return self._documents
        return _Overlaid(self._documents, _mapping(connector, stream), override.encode())


@dataclass(frozen=True, slots=True)
class _Overlaid:
    """Documents of which one, at ``path``, is another."""

    inner: Documents
    path: str
    data: bytes

    def read(self, path: str) -> bytes:
        return self.data if path == self.path else self.inner.read(path)

    def paths(self, prefix: str) -> Iterator[str]:
        return self.inner.paths(prefix)


def _mapping(connector: str, stream: str) -> str:
    return f"transformers/{connector}/{stream}.yaml"


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=8).hexdigest()
