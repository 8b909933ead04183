"""Fixtures of the live tests: servers of real ERPs, started for a session and stopped by their processes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.live.tryton import server


@pytest.fixture(scope="session")
def tryton_environment() -> server.Environment:
    """Tryton installed and seeded; takes minutes the first time, nothing afterwards."""
    return server.prepare(server.cache_folder())


@pytest.fixture(scope="module")
def tryton(
    tryton_environment: server.Environment, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[server.Tryton]:
    """A running Tryton with a database of its own for the tests of one file."""
    with server.running(tryton_environment, tmp_path_factory.mktemp("tryton")) as running:
        yield running
