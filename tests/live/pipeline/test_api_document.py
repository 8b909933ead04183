"""The deployed API holds what its own OpenAPI document says: API Gateway, Lambda, a real token."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import assume

from sluice.aws.cognito_users import random_password
from sluice.bootstrap.deployment import Deployment
from sluice.registry.telling.subscriptions import Subscriptions
from sluice.usecases.telling.people.subscribing import remove_subscription
from tests.live.pipeline.conftest import Customer
from tests.unit.api.documented import CALLS, CONFIG, answers

EXAMPLES = 3
"""Requests of each operation and kind; all of them take about a minute."""

TOO_LONG = 431
"""What the embedded AWS says of an address that is too long for it; the API is not asked then."""

Send = Callable[[schemathesis.Case], Any]


@pytest.fixture(scope="module", autouse=True)
def _nothing_stays(deployment: Deployment) -> Iterator[None]:
    """Remove the connections and subscriptions that right requests have added."""
    world = deployment.world
    connections = {one.name for one in world.connections.all()}
    subscriptions = {one.name for one in Subscriptions(world.state).all()}
    yield
    for connection in {one.name for one in world.connections.all()} - connections:
        deployment.desk.remove(connection)
    for subscription in {one.name for one in Subscriptions(world.state).all()} - subscriptions:
        remove_subscription(world, subscription)


@pytest.fixture(scope="module")
def token(deployment: Deployment) -> Iterator[str]:
    """Return the access token of a user who may do all."""
    name, password = "live-described", random_password()
    deployment.users.add(name, "admin")
    deployment.users.set_password(name, password, permanent=True)
    answer = deployment.session.cognito.initiate_auth(
        AuthFlow="USER_PASSWORD_AUTH",
        ClientId=deployment.outputs["UserPoolClientId"],
        AuthParameters={"USERNAME": name, "PASSWORD": password.reveal()},
    )["AuthenticationResult"]
    yield answer["AccessToken"]
    deployment.users.remove(name)


@pytest.fixture(scope="module")
def schema(deployment: Deployment, token: str) -> Any:
    """Return the document as the deployed API gives it."""
    return schemathesis.openapi.from_url(
        f"{deployment.api_url}/openapi.json", headers={"Authorization": f"Bearer {token}"}, config=CONFIG
    )


@pytest.fixture
def send(deployment: Deployment, token: str, scheduled: Customer) -> Send:
    """Send a request; where it is right, about things that are there."""
    there = {"/connections/": scheduled.name, "/connectors/": "tripletex", "/topics/": "information"}

    def call(case: schemathesis.Case) -> Any:
        known = [name for prefix, name in there.items() if case.path.startswith(prefix)]
        if case.meta and case.meta.generation.mode.is_positive and known and "name" in case.path_parameters:
            case.path_parameters["name"] = known[0]
        headers = {"Authorization": f"Bearer {token}"}
        answer = case.call(base_url=deployment.api_url, headers=headers, timeout=30)
        assume(answer.status_code != TOO_LONG)
        return answer

    return call


@pytest.mark.parametrize(("called", "kind"), CALLS)
def test_what_is_sent_is_answered_as_documented(called: str, kind: str, schema: Any, send: Send) -> None:
    assert answers(schema, called, kind, EXAMPLES, send)
