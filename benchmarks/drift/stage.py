"""What is measured on: a stream with its connector, its mapping, and what is relied on of it.

Besides the repository's own connectors there is one that stands beside this file, for an ERP that does not
exist. Nothing is read from a network.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from sluice.connector.spec import Connector, Stream
from sluice.contract.reliance import Reliance, Segments
from sluice.local.folder_documents import FolderDocuments
from sluice.mapping.mapper import Mapper
from sluice.ports.documents import DocumentNotFound
from sluice.registry.catalog import Catalog
from sluice.usecases.contracts.reliance import reliance_of

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
STREAMS = ("invoice", "customer", "product", "time_entry")
CONNECTORS = ("tripletex", "tryton", "nordic")


class BenchDocuments:
    """The repository's documents, and those beside this file."""

    def __init__(self) -> None:
        self._sources = (FolderDocuments(HERE), FolderDocuments(ROOT))

    def read(self, path: str) -> bytes:
        """Return the first document of that name; raises DocumentNotFound."""
        try:
            return self._sources[0].read(path)
        except DocumentNotFound:
            return self._sources[1].read(path)

    def paths(self, prefix: str) -> Iterator[str]:
        """Yield the paths of both, in ascending order."""
        yield from sorted({path for source in self._sources for path in source.paths(prefix)})


@dataclass(frozen=True, eq=False)
class Stage:
    """One stream of one connector."""

    catalog: Catalog
    connector: Connector
    stream: Stream

    @property
    def name(self) -> str:
        """``tripletex/invoice``."""
        return f"{self.connector.name}/{self.stream.name}"

    @cached_property
    def mapper(self) -> Mapper:
        """The stream's mapping."""
        return self.catalog.mapper(self.connector.name, self.stream.name)

    @cached_property
    def reliance(self) -> Reliance:
        """What is relied on."""
        return reliance_of(self.connector, self.stream, self.mapper)

    @cached_property
    def declared(self) -> dict[Segments, Mapping[str, Any]]:
        """The declared schema of every path below the record, in the order of the file."""
        return dict(_below(self.stream.schema, ()))

    def is_used(self, path: Segments) -> bool:
        """Return whether anything relies on the path."""
        return bool(self.reliance.used_by(path))


def stages(catalog: Catalog | None = None) -> list[Stage]:
    """Return every stream that is measured, in a fixed order."""
    catalog = catalog or Catalog(BenchDocuments())
    connectors = [catalog.connector(name) for name in CONNECTORS]
    return [
        Stage(catalog, connector, connector.streams[name]) for connector in connectors for name in STREAMS
    ]


def allows_null(schema: Mapping[str, Any]) -> bool:
    """Return whether a declared field may be null."""
    kind = schema.get("type", "string")
    return kind == "null" or (isinstance(kind, list) and "null" in kind)


def _below(schema: Mapping[str, Any], at: Segments) -> Iterator[tuple[Segments, Mapping[str, Any]]]:
    inner = schema.get("items", schema)
    for name, field in inner.get("properties", {}).items():
        yield (*at, name), field
        yield from _below(field, (*at, name))
