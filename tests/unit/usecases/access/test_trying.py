"""Every connector can be tried: its sandbox gives a record of each stream, within the time of a test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from sandbox.options import Options
from sandbox.server import SandboxServer, serve
from sluice.bootstrap.documents import catalog
from sluice.connector.spec import Connector
from sluice.local.system_clock import SystemClock
from sluice.model.connection import Connection
from sluice.model.secret import Secret
from sluice.transport.erp_sender import ErpSender, Limits
from sluice.usecases.access.trying import Trial, try_stored
from sluice.usecases.connections import ConnectionDesk
from tests.flows.rig import Rig

ROOT = Path(__file__).resolve().parents[4]
CATALOG = catalog()
NAMES = sorted(path.parent.name for path in (ROOT / "connectors").glob("*/connector.yaml"))


@pytest.fixture
def rig() -> Iterator[Rig]:
    with closing(ErpSender(Limits(total_seconds=6), allow_loopback_http=True)) as sender:
        rig = Rig()
        rig.world = replace(rig.world, catalog=CATALOG, sender=sender, clock=SystemClock())
        rig.desk = ConnectionDesk(rig.world, rig.schedules)
        yield rig


def tried(rig: Rig, connector: Connector, server: SandboxServer) -> Trial:
    secrets = {name: Secret(text) for name, text in server.secrets.items()}
    rig.desk.add(Connection("tried", connector.name, settings=dict(server.settings)), secrets)
    return try_stored(rig.world, "tried")


@pytest.mark.thorough(most=4)
@pytest.mark.parametrize("name", NAMES)
def test_a_connector_is_tried_with_few_requests(rig: Rig, name: str) -> None:
    connector = CATALOG.connector(name)
    records = dict.fromkeys(connector.streams, 12)
    with serve(connector, 0, Options(records=records)) as server:
        trial = tried(rig, connector, server)
    outcomes = {one.stream: (one.outcome, one.error, one.cause) for one in trial.streams}
    assert {outcome for outcome, _, _ in outcomes.values()} <= {"read", "left", "waits"}, outcomes
    assert trial.fine
    assert any(one.fields for one in trial.streams)
    # A login, and of each stream a page, with what stands above or below it.
    assert trial.requests <= 4 * len(connector.streams) + 1
