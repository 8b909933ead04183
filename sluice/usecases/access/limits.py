"""Sending on behalf of a connection within what its vendor allows, counted over all who share it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sluice.connector.expanding.declared import requests_at_once
from sluice.connector.limits import limits_in_force
from sluice.connector.settings import complete_settings
from sluice.connector.spec import Connector
from sluice.connector.values import Scope
from sluice.model.connection import Connection
from sluice.ports.sender import Sender
from sluice.registry.budgets.sending import Caller, budgeted
from sluice.usecases.access.credentials import known_credentials
from sluice.usecases.world import World


@contextmanager
def within_limits(world: World, connection: Connection, connector: Connector) -> Iterator[Sender]:
    """Give a sender that keeps to the connector's limits; what it holds is given back afterwards.

    It raises MustWait (see sluice.registry.budgets.sending), and whatever the table raises: where the budget
    cannot be read, nothing is sent. Of a connector without limits it is only looked up whether the vendor
    wants no request for now.
    """
    limits = limits_in_force(connector.limits, connector.concurrency, requests_at_once(connector))
    scope = Scope(
        settings=complete_settings(connector, connection.settings),
        # Also before a person has authorised the connection: its client may have limits, too.
        secrets=known_credentials(world, connection.name) if limits else {},
        now=world.clock.now(),
    )
    sender = budgeted(world.sender, world.clock, world.state, Caller(connection.name, connector, scope))
    try:
        yield sender
    finally:
        sender.close()
