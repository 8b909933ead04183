"""Lambdas that read one connection at the same moment, against a server whose refresh tokens hold once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier
from typing import Any

import pytest
from msgspec.structs import replace

from sandbox.server import SandboxServer, serve
from sluice.local.system_clock import SystemClock
from sluice.model.connection import Connection
from sluice.model.secret import Secret
from sluice.registry.login_turns import LoginTurns
from sluice.transport.erp_sender import ErpSender
from sluice.usecases.access.credentials import load_session, store_session
from sluice.usecases.connections import ConnectionDesk
from sluice.usecases.fetching.fetch_pages import FetchPages, fetch_pages
from sluice.usecases.world import World
from tests.flows.oauth_erp import NAME, OAuthRig

LAMBDAS = 8
RUN = "run-1"


@dataclass
class Deployed:
    """A connection to a sandbox, and as many Lambdas as are wanted at once."""

    world: World
    server: SandboxServer

    def at_once(self, lambdas: int) -> list[dict[str, Any]]:
        """Return what FetchPages said; each reads a whole stream, and all begin together."""
        streams = ["department", "customer"] * lambdas
        start = Barrier(lambdas)

        def fetch(stream: str) -> dict[str, Any]:
            start.wait(10)
            return fetch_pages(self.world, FetchPages(RUN, NAME, stream, None, 60))

        with ThreadPoolExecutor(lambdas) as pool:
            return list(pool.map(fetch, streams[:lambdas]))

    @property
    def logins(self) -> int:
        return self.server.sandbox.door.logins


@pytest.fixture
def deployed() -> Iterator[Deployed]:
    rig = OAuthRig()
    sender = ErpSender(allow_loopback_http=True)
    world = replace(rig.world, sender=sender, clock=SystemClock())
    with serve(world.catalog.connector("rotor")) as server:
        rig.desk.remove(NAME)
        secrets = {name: Secret(text) for name, text in server.secrets.items()}
        desk = ConnectionDesk(world, rig.schedules)
        desk.add(Connection(NAME, "rotor", settings=dict(server.settings)), secrets)
        world.leases.take(NAME, RUN, world.clock.now())
        yield Deployed(world, server)
    sender.close()


@pytest.mark.thorough(most=1)
@pytest.mark.parametrize("lambdas", [2, LAMBDAS])
def test_of_lambdas_that_refresh_at_the_same_moment_one_does_and_all_go_on(
    deployed: Deployed, lambdas: int
) -> None:
    for refreshes in range(1, 4):
        found = deployed.at_once(lambdas)
        assert [one["outcome"] for one in found] == ["done"] * lambdas
        assert all(one["chunks"] for one in found)
        assert deployed.logins == refreshes
        session = load_session(deployed.world, NAME)
        assert session is not None
        # It ends for all: first so that the ERP says so, then so that the clock does.
        if refreshes == 1:
            deployed.server.sandbox.door.expire_all()
        store_session(deployed.world, NAME, session if refreshes == 1 else session.ended(SystemClock().now()))


def test_the_turn_is_free_again_afterwards(deployed: Deployed) -> None:
    deployed.at_once(2)
    place = LoginTurns(deployed.world.state).free(NAME, deployed.world.clock.now())
    assert place is not None
    assert not place.row["owner"]
