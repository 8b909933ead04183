"""Connectors and mappings, loaded once per process and checked while loading.

A connector's files are those that were deployed with the code, or those of a version registered since.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from copy import copy

from msgspec import Struct

from sluice.connector.load import connector_names, load_connector
from sluice.connector.paths import Path, path_text
from sluice.connector.spec import Connector, Stream
from sluice.errors import ConfigurationInvalid
from sluice.faults import Fault
from sluice.mapping.canonical import CanonicalModel
from sluice.mapping.load import check_mapping, load_mapping, patch_mapping
from sluice.mapping.mapper import Mapper
from sluice.mapping.patch import Suggestion
from sluice.model.schema_faults import did_you_mean
from sluice.ports.documents import Documents
from sluice.registry.packages import DELIVERED, Files, PackagedDocuments, Packages, files_of


class Catalog:
    """What can be connected to. What it keeps is of no connection, so it may be shared between them.

    ``canonical`` is the model that was deployed with the code.
    """

    def __init__(self, documents: Documents, packages: Packages | None = None) -> None:
        self.canonical = CanonicalModel(documents)
        self._documents = documents
        self._packages = packages
        self._connection = ""
        self._pins: Mapping[str, str] = {}
        self._connectors: dict[tuple[str, str, str], Connector] = {}
        self._mappers: dict[tuple[str, str, str, str], Mapper] = {}

    def of(self, connection: str) -> Catalog:
        """Return the catalogue as it holds for a connection: it may have a version of its own."""
        found = copy(self)
        found._connection = connection  # noqa: SLF001 - its own
        return found

    def pinned(self, connector: str, digest: str) -> Catalog:
        """Return the catalogue in which a connector stays what the digest names."""
        found = copy(self)
        found._pins = {**self._pins, connector: digest}  # noqa: SLF001 - its own
        return found

    def digest(self, connector: str) -> str:
        """Return the digest of the version that holds, DELIVERED for the files deployed with the code."""
        if connector in self._pins:
            return self._pins[connector]
        return self._packages.digest(connector, self._connection) if self._packages else DELIVERED

    def with_files(self, connector: str, files: Files) -> Catalog:
        """Return a catalogue in which a connector's files are these; they need not be right."""
        return Catalog(PackagedDocuments(self._documents, connector, files))

    def files(self, connector: str) -> Files:
        """Return the files that hold for a connector: YAML and notes; none where there is none."""
        return files_of(self._read(connector, self.digest(connector)), connector)

    def names(self) -> list[str]:
        """Return every connector's name."""
        registered = self._packages.names() if self._packages else []
        return sorted({*connector_names(self._documents), *registered})

    def require(self, connector: str) -> None:
        """Raise ConfigurationInvalid, with the name that may be meant, where there is no such connector."""
        known = self.names()
        if connector not in known:
            message = f"there is no connector {connector!r}; {did_you_mean(connector, known)}"
            raise ConfigurationInvalid(message, [Fault("unknown_connector", "/connector", message)])

    def was_delivered(self, connector: str) -> bool:
        """Return whether the connector was deployed with the code, not only registered since."""
        return connector in connector_names(self._documents)

    def connector(self, name: str, only: str = "") -> Connector:
        """Return the connector; raises ConfigurationInvalid with every fault of its files.

        With ``only`` it has that stream alone, if there is one of the name; the others' files are not read.
        """
        key = (name, self.digest(name), only)
        if key not in self._connectors:
            self._connectors[key] = load_connector(self._read(*key[:2]), name, only)
        return self._connectors[key]

    def mapper(self, connector: str, stream: str, override: str | None = None) -> Mapper:
        """Return the compiled mapping of a stream; ``override`` is the text (YAML) that stands for its file.

        Raises ConfigurationInvalid.
        """
        digest = self.digest(connector)
        key = (connector, digest, stream, _digest(override.encode()) if override is not None else "")
        if key not in self._mappers:
            documents = _with(self._read(connector, digest), _mapping(connector, stream), override)
            self._mappers[key] = load_mapping(documents, connector, stream)
        return self._mappers[key]

    def mapping_faults(self, connector: str, stream: Stream, override: str | None = None) -> list[Fault]:
        """Return every fault of a stream's mapping, fields that the stream does not declare among them.

        ``override`` is the text that stands for the mapping's file.
        """
        documents = self._read(connector, self.digest(connector))
        documents = _with(documents, _mapping(connector, stream.name), override)
        return check_mapping(documents, connector, stream.name, stream.schema)

    def mapping_text(self, connector: str, stream: str) -> str:
        """Return the text of the stream's mapping file; raises DocumentNotFound."""
        documents = self._read(connector, self.digest(connector))
        return documents.read(_mapping(connector, stream)).decode("utf-8-sig")

    def patched(
        self, connector: str, stream: str, suggestion: Suggestion, override: str | None = None
    ) -> str:
        """Return the text of the stream's mapping (or of its ``override``) with the suggestion put in.

        It has been loaded, so it is usable. Raises ConfigurationInvalid.
        """
        documents = self._read(connector, self.digest(connector))
        documents = _with(documents, _mapping(connector, stream), override)
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
        documents = self._read(connector, self.digest(connector))
        documents = _with(documents, _mapping(connector, stream), override)
        return _digest(b"\0".join(documents.read(path) for path in paths))

    def _read(self, connector: str, digest: str) -> Documents:
        if self._packages is None or digest == DELIVERED:
            return self._documents
        files = self._packages.files(connector, digest)
        return PackagedDocuments(self._documents, connector, files)


def faults_of(known: Catalog, name: str) -> list[Fault]:
    """Return every fault of a connector's files and, once those are good, of its mappings'."""
    try:
        connector = known.connector(name)
    except ConfigurationInvalid as invalid:
        return list(invalid.faults)
    return [fault for stream in connector.streams.values() for fault in _mapping_faults(known, name, stream)]


def _mapping_faults(known: Catalog, connector: str, stream: Stream) -> list[Fault]:
    if faults := known.mapping_faults(connector, stream):
        return faults
    mapper = known.mapper(connector, stream.name)
    needed = {path for path, fields in mapper.used.fields_by_path.items() if f"{mapper.entity}.id" in fields}
    key, place = set(stream.key), _mapping(connector, stream.name)
    faults = []
    if more := needed - key if stream.deletions is not None else ():
        message = f"needs {_texts(more)}, but a tombstone tells nothing but the key of {stream.name}"
        faults.append(Fault("bad_id", "/id", message, place))
    if (left := key - needed) and not mapper.unique:
        message = (
            f"does not read {_texts(left)}, which is of the key of {stream.name}: of two records with one id"
            " one would be lost; read all of the key, or say under `unique` why no two have one id"
        )
        faults.append(Fault("key_not_in_id", "/id", message, place))
    return faults


def _texts(paths: Iterable[Path]) -> str:
    return ", ".join(sorted(map(path_text, paths)))


class _Overlaid(Struct, frozen=True):
    """Documents of which one, at ``path``, is another."""

    inner: Documents
    path: str
    data: bytes

    def read(self, path: str) -> bytes:
        return self.data if path == self.path else self.inner.read(path)

    def paths(self, prefix: str) -> Iterator[str]:
        return self.inner.paths(prefix)


def _with(documents: Documents, path: str, override: str | None) -> Documents:
    return documents if override is None else _Overlaid(documents, path, override.encode())


def _mapping(connector: str, stream: str) -> str:
    return f"transformers/{connector}/{stream}.yaml"


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=8).hexdigest()
