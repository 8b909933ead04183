"""A connection is authorised in a browser that stands elsewhere: begun in one request, completed in another.

What has to be remembered in between is kept here, never in the browser. It is the caller's own, for the one
connection, for a few minutes, and good once.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from sluice.errors import ConfigurationInvalid
from sluice.faults import Fault
from sluice.registry.authorizations import LIFE, Authorizations, Pending
from sluice.usecases.access.authorising import AuthorisationFailed, Authorising, Keys
from sluice.usecases.world import World, iso

PATH = "/authorized"
"""Where in the console vendors send browsers back to."""


PATIENCE = 10.0
"""Seconds that a login under way is waited for: the person waits for an answer, which has 29."""


class Begun(Struct, frozen=True):
    """``address`` is the vendor's page that the person opens, until ``until`` (ISO 8601 UTC)."""

    address: str
    until: str


def begin_authorisation(world: World, name: str, redirect_uri: str) -> Begun:
    """Begin an authorisation of the connection, and return where the person goes.

    Raises ConfigurationInvalid for a connection that is authorised in no browser, or an address that is not
    the console's.
    """
    _check(world, redirect_uri)
    connection = world.connections.get(name)
    authorising = Authorising(world, name, redirect_uri)
    until = iso(world.clock.now() + LIFE)
    pending = Pending(world.who, name, connection.created_at, redirect_uri, authorising.keys.verifier, until)
    Authorizations(world.state).begin(authorising.keys.state, pending)
    return Begun(authorising.address, until)


def complete_authorisation(world: World, name: str, came_with: Mapping[str, str]) -> None:
    """Give the code that the browser came back with for tokens, and store them; see Authorising.complete.

    ``came_with`` are ``state``, and ``code`` or ``error``. Raises AuthorisationFailed also where the caller
    has begun no such authorisation, or too long ago, or the connection is another one by now.
    """
    state, now = came_with.get("state", ""), world.clock.now()
    pending = Authorizations(world.state).take(state, world.who, name, now)
    if pending is None or world.connections.get(name).created_at != pending.created_at:
        minutes = round(LIFE.total_seconds() / 60)
        raise AuthorisationFailed(
            "the browser came back from no authorisation of yours that is under way; right would be to begin"
            f" again, and to agree within {minutes} minutes"
        )
    keys = Keys(state, pending.verifier)
    Authorising(world, name, pending.redirect_uri, keys).complete_with(came_with, PATIENCE)


def _check(world: World, redirect_uri: str) -> None:
    if not world.console:
        message = "nobody said where the console is; right would be `sluice connections authorize`"
        raise ConfigurationInvalid("no browser", [Fault("no_console", "/redirect_uri", message)])
    wanted = world.console + PATH
    if redirect_uri != wanted:
        message = f"is not the console's own; right would be {wanted}"
        fault = Fault("wrong_redirect_uri", "/redirect_uri", message)
        raise ConfigurationInvalid("the address to come back to is wrong", [fault])
