"""When a connection's credentials end, as far as that is known: unknown stays unknown.

Known are a refresh token's life, where its vendor tells or documents it, counted from when the token was
given last; and the last day of a credential that a person wrote into the connection's settings.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from msgspec import Struct

from sluice.connector.building.oauth import REFRESH_TOKEN
from sluice.connector.session import Session
from sluice.connector.spec import Connector
from sluice.model.connection import Connection
from sluice.usecases.world import iso


class Expiry(Struct, frozen=True):
    """Credentials hold until ``expires_at`` (ISO 8601 UTC), unless they are renewed; ``basis`` says why."""

    expires_at: str
    basis: str

    def ends_within(self, now: datetime, span: timedelta) -> bool:
        """Return whether they have ended, or will before the span is over."""
        return datetime.fromisoformat(self.expires_at) <= now + span


def credentials_expiry(
    connection: Connection, connector: Connector, session: Session | None
) -> Expiry | None:
    """Return what ends first of the connection's credentials, of which an end is known; None for none.

    ``session`` is what its last login left; it is looked at where a refresh token's life is known.
    """
    found = [*_refresh_token(connector, session), *_last_days(connection, connector)]
    return min(found, key=lambda one: one.expires_at, default=None)


def settings_of_last_days(connector: Connector) -> frozenset[str]:
    """Return the settings that say how long credentials last, and nothing of what is read."""
    return frozenset(spec.expires_on for spec in connector.secrets.values() if spec.expires_on)


def _refresh_token(connector: Connector, session: Session | None) -> Iterator[Expiry]:
    lasting = connector.auth.lasting
    if lasting is None or session is None or session.kept_until is None:
        return
    if REFRESH_TOKEN in session.values:
        basis = f"the refresh token ends {lasting.days} days after it was given last; every run renews it"
        yield Expiry(iso(session.kept_until), f"{basis} ({lasting.source})")


def _last_days(connection: Connection, connector: Connector) -> Iterator[Expiry]:
    for spec in connector.secrets.values():
        text = connection.settings.get(spec.expires_on) if spec.expires_on else None
        if isinstance(text, str) and text:
            last = datetime.combine(date.fromisoformat(text), time.max, UTC)
            yield Expiry(iso(last), f"the last day of {spec.title!r} by the setting {spec.expires_on}")
