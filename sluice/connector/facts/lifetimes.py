"""How long a session is to hold, by the login's own words: what is compared from run to run."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sluice.connector.paths import look_up
from sluice.connector.spec import Auth

_USUAL_NAME = ("expires_in",)
_EPOCH_FROM = 1_000_000_000
_DAY = 86_400


def lifetime(auth: Auth, reply: Any, now: datetime) -> int | None:
    """Return the seconds that a login's reply gives its session; None where it does not say.

    A date alone counts in whole days, so that the hour of the login makes no difference.
    """
    found = look_up(reply, auth.expires_at or _USUAL_NAME)
    if isinstance(found, str) and found.isdecimal():
        found = int(found[:12])
    try:
        if isinstance(found, int | float) and not isinstance(found, bool):
            return int(found - now.timestamp() if found > _EPOCH_FROM else found)
        if isinstance(found, str) and len(found) == len("2026-01-31"):
            return (date.fromisoformat(found) - now.date()).days * _DAY
        if isinstance(found, str):
            ends = datetime.fromisoformat(found)
            ends = ends if ends.tzinfo else ends.replace(tzinfo=UTC)
            # To the minute: what a request takes is no change.
            return round((ends - now).total_seconds() / 60) * 60
    except (ValueError, OverflowError):
        return None
    return None
