"""A real Tryton's description of itself: every model that a stream leads to, and no difference to itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sluice.description.compare import differences
from sluice.description.interest import uncovered
from sluice.description.read import read_description
from sluice.model.connection import Connection
from sluice.model.secret import Secret
from sluice.registry.descriptions import Descriptions
from sluice.transport.erp_sender import ErpSender
from sluice.usecases.access.credentials import credentials_name
from sluice.usecases.watch.interests import readers_of
from tests.live.tryton.server import Tryton
from tests.unit.usecases.watch.rig import Rig

pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def rig(tryton: Tryton) -> Iterator[Rig]:
    sender = ErpSender(allow_loopback_http=True)
    rig = Rig(sender=sender)
    settings = {"base_url": tryton.url, "database": tryton.database, "user": tryton.user}
    rig.world.connections.add(Connection("fjord", "tryton", settings=settings))
    rig.world.secrets.put(credentials_name("fjord"), {"password": Secret(tryton.password)})
    yield rig
    sender.close()


def test_a_server_describes_every_field_that_is_used(rig: Rig) -> None:
    assert rig.watch() == ["first"]
    assert rig.news() == []
    descriptions = Descriptions(rig.world.state, rig.world.objects, "tryton")
    body = descriptions.body(descriptions.get("fjord"))
    assert body is not None
    described = read_description(body)
    connector = rig.world.catalog.connector("tryton")
    readers = readers_of(rig.world, connector, [rig.world.connections.get("fjord")])
    assert {reader.stream for reader in readers} == set(connector.streams)
    assert uncovered(described, [reader.interest for reader in readers]) == []
    assert differences(described, described) == []
    assert {"party.party", "party.address", "country.country", "account.invoice.line"} <= set(described.types)


def test_the_same_server_says_the_same_again(rig: Rig) -> None:
    assert rig.watch() == ["unchanged"]
    assert rig.news() == []
