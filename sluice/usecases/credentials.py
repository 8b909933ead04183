"""A connection's credentials and its ERP session, out of the secret store and back into it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sluice.connector.session import Session
from sluice.connector.spec import Connector
from sluice.errors import ConfigurationInvalid
from sluice.faults import Fault
from sluice.model.connection import Connection
from sluice.model.secret import Secret
from sluice.ports.secrets import SecretNotFound
from sluice.usecases.world import World

_EXPIRES = "expires_at"


def credentials_name(connection: str) -> str:
    """Return the name of the secret that holds a connection's credentials."""
    return f"{connection}/credentials"


def session_name(connection: str) -> str:
    """Return the name of the secret that holds a connection's ERP session."""
    return f"{connection}/session"


def credentials_of(world: World, connection: Connection, connector: Connector) -> Mapping[str, Secret]:
    """Return the connection's secrets by name; raises ConfigurationInvalid naming those that lack."""
    try:
        bundle = world.secrets.get(credentials_name(connection.name)) if connector.secrets else {}
    except SecretNotFound:
        bundle = {}
    check_secrets(connector, bundle, connection.name)
    return bundle


def check_secrets(connector: Connector, bundle: Mapping[str, Secret], connection: str) -> None:
    """Raise ConfigurationInvalid if a secret lacks or is not one of the connector's."""
    known = ", ".join(connector.secrets)
    faults = [
        Fault(
            "secret_missing",
            f"/secrets/{name}",
            f"{connector.name} needs the secret {name!r}: --secret {name}=…",
        )
        for name in connector.secrets
        if name not in bundle
    ]
    faults += [
        Fault(
            "unknown_secret",
            f"/secrets/{name}",
            f"{connector.name} has no secret {name!r}; it has: {known or 'none'}",
        )
        for name in bundle
        if name not in connector.secrets
    ]
    if faults:
        raise ConfigurationInvalid(f"connection {connection}: credentials are not complete", faults)


def load_session(world: World, connection: str) -> Session | None:
    """Return the session that an earlier step logged in, or None."""
    try:
        bundle = dict(world.secrets.get(session_name(connection)))
    except SecretNotFound:
        return None
    expires = bundle.pop(_EXPIRES, None)
    return Session(bundle, datetime.fromisoformat(expires.reveal()) if expires else None)


def store_session(world: World, connection: str, session: Session) -> None:
    """Keep the session for the run's other steps and for later runs."""
    bundle = dict(session.captured)
    if session.expires_at is not None:
        bundle[_EXPIRES] = Secret(session.expires_at.isoformat())
    world.secrets.put(session_name(connection), bundle)
