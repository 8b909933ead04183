"""A connection's credentials and its ERP session, out of the secret store and back into it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sluice.connector.building.oauth import REFRESH_TOKEN
from sluice.connector.session import Session
from sluice.connector.settings import check_secrets
from sluice.connector.spec import Connector
from sluice.errors import ConfigurationInvalid
from sluice.faults import Fault
from sluice.model.connection import Connection
from sluice.model.secret import Secret
from sluice.ports.secrets import SecretNotFound
from sluice.usecases.world import World


def credentials_name(connection: str) -> str:
    """Return the name of the secret that holds a connection's credentials."""
    return f"{connection}/credentials"


def session_name(connection: str) -> str:
    """Return the name of the secret that holds a connection's ERP session."""
    return f"{connection}/session"


def credentials_of(world: World, connection: Connection, connector: Connector) -> Mapping[str, Secret]:
    """Return the connection's secrets by name; raises ConfigurationInvalid naming those that lack.

    A connection that nobody has authorised yet lacks its refresh token.
    """
    bundle = known_credentials(world, connection.name) if connector.secrets else {}
    require_secrets(connector, bundle, connection.name)
    if must_be_authorised(connector, bundle):
        message = f"nobody has authorised it yet: sluice connections authorize {connection.name}"
        fault = Fault("not_authorised", f"/{REFRESH_TOKEN}", message, f"connection {connection.name}")
        raise ConfigurationInvalid(f"connection {connection.name} must be authorised", [fault])
    return bundle


def known_credentials(world: World, connection: str) -> dict[str, Secret]:
    """Return the secrets that are stored for a connection, whatever its connector asks for."""
    try:
        return world.secrets.get(credentials_name(connection))
    except SecretNotFound:
        return {}


def must_be_authorised(connector: Connector, known: Collection[str]) -> bool:
    """Return whether a person has to authorise it in a browser before anything can be read."""
    return connector.auth.authorization is not None and REFRESH_TOKEN not in known


def require_secrets(connector: Connector, bundle: Mapping[str, Secret], connection: str) -> None:
    """Raise ConfigurationInvalid if a secret lacks or is not one of the connector's."""
    faults = check_secrets(connector, bundle)
    if faults:
        raise ConfigurationInvalid(f"connection {connection}: credentials are not complete", faults)


def load_session(world: World, connection: str) -> Session | None:
    """Return the session that an earlier step logged in, or None."""
    try:
        return Session.from_secrets(world.secrets.get(session_name(connection)))
    except SecretNotFound:
        return None


def store_session(world: World, connection: str, session: Session) -> None:
    """Keep the session for the run's other steps and for later runs."""
    world.secrets.put(session_name(connection), session.to_secrets())
