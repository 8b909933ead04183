"""When credentials end is told where it is known, two weeks ahead; and unknown stays unknown."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from sluice.model.connection import Connection
from sluice.model.secret import Secret
from sluice.registry.catalog import Catalog
from sluice.registry.cursors import Cursors
from sluice.usecases.connections import ConnectionDesk
from sluice.usecases.operating.overview import AHEAD, Health, Matter, Need, overview
from tests.flows.oauth_erp import NAME, OAuthRig, oauth_documents
from tests.flows.rig import CANONICAL, Rig
from tests.flows.toy_erp import CONNECTOR, ToyDocuments

LIFE = '  refresh_token_life: {days: 60, source: "https://erp.example/faq"}\n'
LAST_DAY = CONNECTOR.replace(
    "  additionalProperties", "    last_day: {type: string, format: date}\n  additionalProperties"
).replace("description: The key}", "description: The key, expires_on: last_day}")


def told(rig: Rig, name: str) -> tuple[Health, list[Matter]]:
    found = overview(rig.world)
    health = next(one for one in found.connections if one.connection == name)
    return health, [one for one in found.first if one.need is Need.CREDENTIALS_EXPIRE]


@pytest.fixture
def oauth() -> OAuthRig:
    rig = OAuthRig()
    rig.world = replace(rig.world, catalog=Catalog(oauth_documents(LIFE)))
    rig.desk = ConnectionDesk(rig.world, rig.schedules)
    return rig


def test_a_refresh_token_that_rests_is_told_of_two_weeks_before_its_end(oauth: OAuthRig) -> None:
    assert told(oauth, NAME)[0].credentials is None  # nobody has logged in yet
    given = oauth.clock.now()
    assert oauth.synced()
    health, matters = told(oauth, NAME)
    assert health.credentials is not None
    assert health.credentials.expires_at[:10] == (given + timedelta(days=60)).date().isoformat()
    assert "https://erp.example/faq" in health.credentials.basis
    assert matters == []
    oauth.clock.advance((timedelta(days=60) - AHEAD).total_seconds())
    [matter] = told(oauth, NAME)[1]
    assert (matter.connection, matter.target) == (NAME, f"connections/{NAME}")
    assert "end on 2027-01-20" in matter.reason
    # A run renews it.
    assert oauth.synced()
    assert told(oauth, NAME)[1] == []


def test_of_a_life_that_is_not_known_nobody_is_told() -> None:
    rig = OAuthRig()
    assert rig.synced()
    rig.clock.advance(timedelta(days=400).total_seconds())
    health, matters = told(rig, NAME)
    assert (health.credentials, matters) == (None, [])


@pytest.fixture
def dated() -> Rig:
    rig = Rig()
    documents = ToyDocuments(CANONICAL)
    documents._files["connectors/toy/connector.yaml"] = LAST_DAY.encode()
    rig.world = replace(rig.world, catalog=Catalog(documents))
    rig.desk = ConnectionDesk(rig.world, rig.schedules)
    return rig


def test_a_last_day_that_a_person_wrote_down_is_told_of(dated: Rig) -> None:
    assert told(dated, "acme")[0].credentials is None
    wanted = Connection("acme", "toy", settings={"last_day": "2026-12-24"})
    dated.desk.add(wanted, {}, update=True)
    health, matters = told(dated, "acme")
    assert health.credentials is not None
    assert (health.credentials.expires_at, matters) == ("2026-12-24T23:59:59Z", [])
    dated.clock.advance(timedelta(days=25).total_seconds())
    assert "its credentials end on 2026-12-24" in told(dated, "acme")[1][0].reason
    dated.clock.advance(timedelta(days=25).total_seconds())
    assert "its credentials ended on 2026-12-24" in told(dated, "acme")[1][0].reason


def test_another_last_day_lets_no_stream_be_read_whole(dated: Rig) -> None:
    dated.erp.put("customer", 1, "Kari")
    dated.run()
    before = dict(Cursors(dated.world.state, "acme").all())["customer"]
    wanted = Connection("acme", "toy", settings={"last_day": "2026-12-24"})
    dated.desk.add(wanted, {"key": Secret("canary-key")}, update=True)
    assert before.watermark is not None
    assert dict(Cursors(dated.world.state, "acme").all())["customer"] == before
