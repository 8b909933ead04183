"""Sandboxes of the real Tripletex connector, and of a small ERP that speaks JSON-RPC, for these tests."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sandbox.options import Options
from sandbox.server import serve
from sluice.bootstrap.documents import catalog
from sluice.connector.load import load_connector
from sluice.connector.spec import Connector
from sluice.local.folder_documents import FolderDocuments
from tests.unit.sandbox.client import Client

TODAY = date(2026, 11, 21)


@pytest.fixture(scope="session")
def tripletex() -> Connector:
    return catalog().connector("tripletex")


@pytest.fixture
def start(tripletex: Connector) -> Iterator[Callable[..., Client]]:
    """Start sandboxes that end with the test: of Tripletex, a tenth of its size, unless told otherwise."""
    running: list[Client] = []

    def starter(connector: Connector | None = None, **options: Any) -> Client:
        server = serve(connector or tripletex, 0, Options(**{"scale": 0.1, "today": TODAY, **options}))
        running.append(Client(server))
        return running[-1]

    yield starter
    for found in running:
        found.connection.close()
        found.server.close()


@pytest.fixture
def client(start: Callable[..., Client]) -> Client:
    """A logged-in client of a fresh Tripletex sandbox."""
    found = start()
    assert found.log_in() == 201
    return found


@pytest.fixture
def connector_of(tmp_path: Path) -> Callable[..., Connector]:
    """Load a connector from YAML texts: the connector's own, then streams by name."""

    def loader(text: str, **streams: str) -> Connector:
        folder = tmp_path / "connectors" / "toy"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "connector.yaml").write_text(textwrap.dedent(text), "utf-8")
        for name, stream in streams.items():
            (folder / f"{name}.yaml").write_text(textwrap.dedent(stream), "utf-8")
        return load_connector(FolderDocuments(tmp_path), "toy")

    return loader
