"""Fixtures of the live tests: servers of real ERPs, started for a session and stopped by their processes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from tests.live.tryton import server

TOGETHER = ("tests/live/console/",)
"""Folders whose tests share what takes long to bring about; elsewhere each file stands alone."""


class ByPlace(LoadScopeScheduling):
    """Gives one worker the tests of a file, or of a folder of TOGETHER, in their order."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return next((folder for folder in TOGETHER if file.startswith(folder)), file)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByPlace:
    """Use it with ``-n 2``; without, everything is run in one process as it stands."""
    return ByPlace(config, log)


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
