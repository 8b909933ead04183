"""Connectors and mappings, loaded once per process and checked while loading."""

from __future__ import annotations

import hashlib

from sluice.connector.load import connector_names, load_connector
from sluice.connector.spec import Connector
from sluice.mapping.load import load_mapping
from sluice.mapping.mapper import Mapper
from sluice.ports.documents import Documents


class Catalog:
    """What can be connected to. Holds nothing of any connection, so it may be shared between them."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._connectors: dict[str, Connector] = {}
        self._mappers: dict[tuple[str, str], Mapper] = {}

    def names(self) -> list[str]:
        """Return every connector's name."""
        return connector_names(self._documents)

    def connector(self, name: str) -> Connector:
        """Return the connector; raises ConfigurationInvalid with every fault of its files."""
        if name not in self._connectors:
            self._connectors[name] = load_connector(self._documents, name)
        return self._connectors[name]

    def mapper(self, connector: str, stream: str) -> Mapper:
        """Return the compiled mapping of a stream; raises ConfigurationInvalid."""
        key = (connector, stream)
        if key not in self._mappers:
            self._mappers[key] = load_mapping(self._documents, connector, stream)
        return self._mappers[key]

    def shape_of(self, connector: str, stream: str) -> str:
        """Return a hash of all that decides what becomes of a stream's records.

        When it is another one, every record has to be read again, not only those that the ERP changed.
        """
        paths = [
            f"connectors/{connector}/connector.yaml",
            f"connectors/{connector}/{stream}.yaml",
            f"transformers/{connector}/{stream}.yaml",
            f"transformers/canonical/{self.mapper(connector, stream).entity}.json",
        ]
        content = b"\0".join(self._documents.read(path) for path in paths)
        return hashlib.blake2b(content, digest_size=8).hexdigest()
