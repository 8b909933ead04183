from __future__ import annotations

from dataclasses import replace

import pytest

from lambdas import serve_api
from sluice.registry.catalog import Catalog
from sluice.usecases.connections import ConnectionDesk
from tests.flows.rig import CANONICAL, Rig
from tests.flows.toy_erp import ToyDocuments
from tests.unit.api.client import Client


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setenv("POWERTOOLS_TRACE_DISABLED", "true")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "sluice")
    rig = Rig()
    known = Catalog(ToyDocuments(CANONICAL), rig.world.packages)
    rig.world = replace(rig.world, catalog=known)
    rig.desk = ConnectionDesk(rig.world, rig.schedules)
    monkeypatch.setattr(serve_api, "desk", lambda: rig.desk)
    return Client(rig)
