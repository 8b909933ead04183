from __future__ import annotations

from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from lambdas import serve_api
from lambdas.api.data.reading import reader
from sluice.local.memory_mailer import MemoryMailer
from sluice.local.memory_queue import MemoryQueue
from sluice.registry.catalog import Catalog
from sluice.usecases.connections import ConnectionDesk
from sluice.usecases.telling.people.outbox import Outbox
from tests.flows.rig import CANONICAL, Rig
from tests.flows.toy_erp import ToyDocuments
from tests.unit.api.client import Client


@pytest.fixture(autouse=True)
def closed_lake() -> Iterator[None]:
    """Close the lake that operations opened, as an execution environment does at its end."""
    yield
    if reader.cache_info().currsize:
        reader().close()
        reader.cache_clear()


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setenv("POWERTOOLS_TRACE_DISABLED", "true")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "sluice")
    rig = Rig()
    known = Catalog(ToyDocuments(CANONICAL), rig.world.packages)
    rig.world = replace(rig.world, catalog=known)
    rig.desk = ConnectionDesk(rig.world, rig.schedules)
    monkeypatch.setattr(serve_api, "desk", lambda: rig.desk)
    mailer = MemoryMailer()
    monkeypatch.setattr(serve_api, "api_outbox", lambda world: Outbox(world, MemoryQueue(rig.clock), mailer))
    return Client(rig, mailer)
