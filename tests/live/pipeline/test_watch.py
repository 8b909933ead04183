"""What a vendor says ahead of time, through the real state machine: told once, and nothing is held."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from sluice.bootstrap.deployment import Deployment
from sluice.model.connection import Connection
from sluice.model.secret import Secret
from sluice.registry.descriptions import Descriptions
from sluice.usecases.watch.looking import list_announcements, start_watch, watch_ended
from sluice.usecases.watch.plan import PlanWatch, plan_watch
from tests.live.pipeline.conftest import Customer
from tests.live.pipeline.inbox import Inbox

pytestmark = pytest.mark.timeout(600)

MakeCustomer = Callable[..., Customer]
CONNECTOR = "tripletex"


def watch(deployment: Deployment, patience: float = 120) -> list[str]:
    """Watch once; return the execution's status and error."""
    name = start_watch(deployment.world, deployment.watching, CONNECTOR)
    until = time.monotonic() + patience
    while (ended := watch_ended(deployment.watching, name)) is None:
        assert time.monotonic() < until, f"{name} did not end within {patience} s"
        time.sleep(0.2)
    return [ended.status, ended.error or ""]


def told(inbox: Inbox) -> list[dict[str, Any]]:
    """Return the notices about the connector since last asked."""
    return inbox.notices(CONNECTOR)


def place_of(deployment: Deployment, connection: str) -> Any:
    """Return what is known of the description that speaks for a connection."""
    descriptions = Descriptions(deployment.world.state, deployment.world.objects, CONNECTOR)
    address = deployment.world.connections.get(connection).settings["base_url"] + "/openapi.json"
    return next((found for found in descriptions.all() if found.address == address), None)


@pytest.fixture
def fjord(customer_of: MakeCustomer, deployment: Deployment) -> Any:
    """Two connections to one ERP: what it publishes speaks for both."""
    acme = customer_of("acme-watch", scale=0.02, streams=("customer", "department"))
    second = Connection("fjord-watch", CONNECTOR, settings=dict(acme.sandbox.settings), streams=("customer",))
    deployment.desk.add(second, {key: Secret(text) for key, text in acme.sandbox.secrets.items()})
    yield acme
    deployment.desk.remove("fjord-watch")


def test_what_the_description_says_is_told_once_and_holds_nothing(
    fjord: Customer, deployment: Deployment, inbox: Inbox
) -> None:
    world = deployment.world
    assert watch(deployment) == ["SUCCEEDED", ""]
    assert told(inbox) == []
    first = place_of(deployment, fjord.name)
    assert first.sha
    assert world.objects.exists(first.key)

    # The description says it; the records come as before.
    fjord.order("mutate", mutation="D42:customer.organizationNumber")
    published = fjord.http.request("GET", first.address).json()
    customer = published["components"]["schemas"]["Customer"]["properties"]
    assert "organizationNumber" not in customer
    assert watch(deployment) == ["SUCCEEDED", ""]
    [notice] = told(inbox)
    data = notice["data"]
    assert notice["type"] == "api.will_change"
    assert (data["change"]["code"], data["change"]["path"]) == ("D42", "organizationNumber")
    assert data["fields"] == ["customer.organisation_number"]
    assert data["connections"] == ["acme-watch", "fjord-watch"]
    assert list(data["streams"]) == ["customer"]
    [announced] = [one for one in list_announcements(world, CONNECTOR) if one.state == "open"]
    assert announced.change["action"] == "notify"

    assert watch(deployment) == ["SUCCEEDED", ""]
    assert told(inbox) == []

    # Taken back again; then only the form changes.
    fjord.order("restore")
    assert watch(deployment) == ["SUCCEEDED", ""]
    assert told(inbox) == []
    before = place_of(deployment, fjord.name)
    assert before.sha == first.sha
    fjord.order("mutate", mutation="D19")
    assert watch(deployment) == ["SUCCEEDED", ""]
    after = place_of(deployment, fjord.name)
    assert after.sha != before.sha
    assert told(inbox) == []

    # Nothing was ever held: a description stops no stream.
    assert fjord.run().run.status == "succeeded"  # type: ignore[union-attr]


def test_a_vendor_that_cannot_be_reached_is_told_once(
    customer_of: MakeCustomer, deployment: Deployment, inbox: Inbox
) -> None:
    acme = customer_of("acme-unread", scale=0.02, streams=("department",))
    assert watch(deployment)[0] == "SUCCEEDED"
    told(inbox)
    held = place_of(deployment, acme.name)
    plan = plan_watch(deployment.world, PlanWatch(CONNECTOR))
    assert acme.name in {probe["connection"] for probe in plan["probes"]}
    acme.sandbox.close()
    for _ in range(2):
        assert watch(deployment) == ["SUCCEEDED", ""]
    [notice] = told(inbox)
    assert (notice["type"], notice["data"]["error"]) == ("description.unreadable", "ErpUnavailable")
    assert place_of(deployment, acme.name).sha == held.sha
