"""Connectors and mappings that were spoilt, registered and asked for a first request.

Whatever stands in the files, they load, or ConfigurationInvalid says what is wrong; what loads plans a
request, or says as well why it cannot.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

from sandbox.options import expected_secrets, expected_settings, own_addresses
from sluice.bootstrap.documents import ROOT
from sluice.connector.outcomes import ReadPlan
from sluice.connector.reader import StreamReader
from sluice.connector.selection import Selection
from sluice.connector.settings import complete_settings
from sluice.connector.spec import Connector
from sluice.errors import ConfigurationInvalid
from sluice.local.folder_documents import FolderDocuments
from sluice.model.egress.reach import AS_WRITTEN
from sluice.model.secret import Secret
from sluice.ports.documents import DocumentNotFound
from sluice.registry.catalog import Catalog, faults_of
from sluice.transport.egress import check_url
from tests.fuzz.mutating import Spoiler
from tests.fuzz.replies import STREAMS

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
WORDS = (
    "null", "true", "[]", "{}", "''", "0", "-1", "1e9", ".inf", ".nan", "NO", "012", "2024-01-01", "12:30",
    "~", "|",
    "*a", "&a x", "!!python/object:os.system x", "<<", "? a", "- a", "{setting: base_url}",
    "{secret: api_key}",
    "{join: [a, {setting: x}]}", "{captured: token}", "{page: cursor}", "{now: iso}", "{{secret}}", "${x}",
    "$(x)",
    "http://erp.example", "https://169.254.169.254", "file:///etc/passwd", "../../x", "/a//b", "/a/%2e%2e/b",
    "/{id}/{id}", "a\\r\\nHost: x", "(a+)+$", "[", "x" * 5_000, "\u202e", "kind", "path", "stream",
    "schema", "key",
    "settings", "secrets", "auth", "request", "headers", "query", "body", "Host", "Authorization",
    "pagination",
    "records", "incremental", "windows", "parents", "details", "fields", "entity", "map", "switch",
    "coalesce",
)  # fmt: skip


class Documents:
    """Files of which one is another; what is the same for all stays where it lies."""

    def __init__(self, files: Mapping[str, bytes], inner: FolderDocuments) -> None:
        self._files, self._inner = files, inner

    def read(self, path: str) -> bytes:
        if path in self._files:
            return self._files[path]
        if path.startswith("transformers/canonical/") or path.endswith(".schema.json"):
            return self._inner.read(path)
        raise DocumentNotFound(path)

    def paths(self, prefix: str) -> Iterator[str]:
        yield from sorted(path for path in self._files if path.startswith(prefix))
        if "transformers/canonical/".startswith(prefix) or prefix.startswith("transformers/canonical/"):
            yield from self._inner.paths(prefix)


@dataclass(frozen=True)
class Folder:
    """A connector of one stream, with its mapping."""

    name: str
    stream: str
    files: Mapping[str, bytes]
    inner: FolderDocuments

    def tried(self, number: int, seed: str) -> str:
        """Spoil one file and register it; return what came of it. Any exception but one is a fault."""
        dice = Random(f"{seed}:{self.name}:{self.stream}:{number}")  # noqa: S311
        path = dice.choice(sorted(self.files))
        spoilt = Spoiler(dice).lines(self.files[path], WORDS)
        documents = Documents({**self.files, path: spoilt}, self.inner)
        known = Catalog(documents)
        if faults_of(known, self.name):
            return "refused"
        try:
            request = _planned(known.connector(self.name), self.stream)
        except ConfigurationInvalid:
            return "registered, no request"
        try:
            check_url(request, AS_WRITTEN)
        except ConfigurationInvalid:
            return "registered, address refused"
        return "registered"


def _planned(connector: Connector, stream: str) -> str:
    given = expected_settings(connector, {})
    settings = complete_settings(
        connector, {**given, **own_addresses(connector, given, "https://erp.example")}
    )
    plan = ReadPlan(
        connector=connector,
        stream=connector.streams[stream],
        settings=settings,
        secrets={name: Secret(text) for name, text in expected_secrets(connector, {}).items()},
        selection=Selection(),
        since=None,
        started_at=NOW,
        now=lambda: NOW,
    )
    request = StreamReader(plan).next_request()
    assert request is not None
    return request.url


def folders() -> list[Folder]:
    """Return the connectors of which one stream stands alone: others need a second one beside it."""
    inner = FolderDocuments(ROOT)
    found = []
    for name, stream in STREAMS:
        paths = (f"connectors/{name}/connector.yaml", f"connectors/{name}/{stream}.yaml")
        paths = (*paths, f"transformers/{name}/{stream}.yaml")
        folder = Folder(name, stream, {path: inner.read(path) for path in paths}, inner)
        if not faults_of(Catalog(Documents(folder.files, inner)), name):
            found.append(folder)
    return found
