"""A connection's world has that connection's session: what is shared is only what is no connection's."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Mapping
from typing import Any

import pytest

from sluice.aws.session import AwsSession
from sluice.bootstrap.worlds import Worlds
from sluice.settings import LambdaSettings

ROLE = "arn:aws:iam::123456789012:role/sluice-dev-fetch_pages-eu-north-1"
GIVEN = {
    "SLUICE_STAGE": "dev",
    "SLUICE_BUCKET": "bucket",
    "SLUICE_CONNECTIONS_TABLE": "connections",
    "SLUICE_STATE_TABLE": "state",
    "SLUICE_RUNS_TABLE": "runs",
    "SLUICE_INFORMATION_TOPIC_ARN": "arn:aws:sns:eu-north-1:123456789012:information",
    "SLUICE_NOTIFICATION_TOPIC_ARN": "arn:aws:sns:eu-north-1:123456789012:notification",
    "SLUICE_SECRETS_PREFIX": "sluice/dev",
}


class Asked(AwsSession):
    """A session that tells which roles were taken on with which tags, and takes on none."""

    def __init__(self) -> None:
        super().__init__("eu-north-1")
        self.roles: list[tuple[str, Mapping[str, str]]] = []

    def acting(self, role: str, tags: Mapping[str, str]) -> AwsSession:
        """Return another session."""
        self.roles.append((role, tags))
        return AwsSession("eu-north-1")


def worlds(session: AwsSession, **more: str) -> Worlds:
    return Worlds(session, LambdaSettings.from_environment(GIVEN | more))


def client_of(adapter: Any) -> object:
    return adapter._client


def test_secrets_and_objects_are_read_as_the_connection_and_all_else_as_the_function() -> None:
    session = Asked()
    made = worlds(session, SLUICE_OWN_ROLE=ROLE)
    assert session.roles == [], "nobody is asked before a connection is named"
    acme = made.of("acme")
    assert session.roles == [(ROLE, {"connection": "acme"})]
    for name in ("secrets", "objects"):
        assert client_of(getattr(acme, name)) is not client_of(getattr(made.shared, name))
    for name in ("state", "runs_table", "connections_table", "information", "notification", "workflow"):
        assert getattr(acme, name) is getattr(made.shared, name)
    # Registered connectors are no connection's.
    assert acme.catalog is made.shared.catalog


def test_a_world_is_made_for_each_invocation() -> None:
    session = Asked()
    made = worlds(session, SLUICE_OWN_ROLE=ROLE)
    assert client_of(made.of("acme").secrets) is not client_of(made.of("acme").secrets)
    made.of("borg")
    assert [tags["connection"] for _, tags in session.roles] == ["acme", "acme", "borg"]


def test_what_acted_for_the_connection_before_is_not_kept() -> None:
    made = worlds(Asked(), SLUICE_OWN_ROLE=ROLE)
    gc.disable()  # in a function it is looked for seldom
    try:
        # botocore makes a class for each client, and classes are cycles.
        before = weakref.ref(type(client_of(made.of("acme").objects)))
        made.of("borg")
        assert before() is None
    finally:
        gc.enable()


@pytest.mark.parametrize("name", ["", "*", "acme/*", "Acme", "acme*", "a" * 200, "unknown connection"])
def test_what_is_no_connections_name_is_never_a_tag(name: str) -> None:
    session = Asked()
    made = worlds(session, SLUICE_OWN_ROLE=ROLE)
    assert made.of(name) is made.shared
    assert session.roles == []


def test_a_function_without_a_role_of_its_own_acts_as_itself() -> None:
    session = Asked()
    made = worlds(session)
    assert made.of("acme") is made.shared
    assert session.roles == []
