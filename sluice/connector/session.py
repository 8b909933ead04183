"""A session with an ERP: what a login gave us, until when, and how it is kept between runs.

Logging in is planned by sluice.connector.planning; storing is the caller's business.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import Struct

from sluice.connector.paths import MISSING, look_up, path_text
from sluice.connector.spec import Auth
from sluice.model.secret import Secret
from sluice.model.structs import shown

EARLY = timedelta(seconds=60)
"""A session that ends sooner than this is not begun with."""

_EXPIRES_AT = "expires_at"
_KEPT_UNTIL = "kept_until"
_MOMENTS = (_EXPIRES_AT, _KEPT_UNTIL)
_FARTHEST = timedelta(days=3650)
_EPOCH_FROM = 1_000_000_000
# A date without zone begins first at UTC+14: ending then is too early somewhere, too late nowhere.
_EARLIEST_ZONE = timedelta(hours=14)


_TOKEN_TYPE = ("token_type",)
_KNOWN_TYPES = frozenset({"mac", "dpop", "pop", "n_a", "basic"})


class CaptureFailed(Exception):
    """The login's reply lacks what the session needs; the message names the path.

    ``seen`` is what came before and what came now, for the evidence of a change.
    """

    def __init__(self, message: str, seen: tuple[str, str] = ("a token", "none")) -> None:
        super().__init__(message)
        self.seen = seen


class Session(Struct, frozen=True):
    """What a login captured, by name, and the moment (aware UTC) until which it holds; None: not known.

    ``kept_until`` is until when what outlives the session holds if it rests; None: not known.
    """

    values: Mapping[str, Secret]
    expires_at: datetime | None = None
    kept_until: datetime | None = None

    def __repr__(self) -> str:
        return shown(self, without={"values"})

    def holds_at(self, moment: datetime) -> bool:
        """Return whether the session can still be used for a request at that moment."""
        return self.expires_at is None or moment + EARLY < self.expires_at

    def serves(self, auth: Auth, moment: datetime) -> bool:
        """Return whether the session holds at that moment and has all that requests need of it."""
        needed = auth.capture.keys() - auth.kept
        return needed <= self.values.keys() and self.holds_at(moment)

    def ended(self, moment: datetime) -> Session:
        """Return the session as one that holds no longer; what it captured may still open the next one."""
        return Session(self.values, moment, self.kept_until)

    def to_secrets(self) -> dict[str, Secret]:
        """Return the session as a bundle for the secret store."""
        known = {_EXPIRES_AT: self.expires_at, _KEPT_UNTIL: self.kept_until}
        ends = {name: Secret(at.isoformat()) for name, at in known.items() if at is not None}
        return {**self.values, **ends}

    @classmethod
    def from_secrets(cls, bundle: Mapping[str, Secret]) -> Session:
        """Read what :meth:`to_secrets` gave."""
        values = {name: secret for name, secret in bundle.items() if name not in _MOMENTS}
        ends = {name: datetime.fromisoformat(bundle[name].reveal()) for name in _MOMENTS if name in bundle}
        return cls(values, ends.get(_EXPIRES_AT), ends.get(_KEPT_UNTIL))


def capture(auth: Auth, reply: Any, now: datetime, before: Session | None = None) -> Session:
    """Return the session that a login's reply opens; raises CaptureFailed.

    What the auth keeps and the reply leaves out is taken over from the session ``before``.
    """
    if auth.is_token:
        _check_token_type(reply)
    values: dict[str, Secret] = {}
    for name, path in auth.capture.items():
        found = look_up(reply, path)
        if (
            found is not MISSING
            and found is not None
            and found != ""
            and not isinstance(found, dict | list | bool)
        ):
            values[name] = Secret(str(found))
        elif name not in auth.kept:
            raise CaptureFailed(f"holds no {name} at {path_text(path)!r}")
        elif before is not None and name in before.values:
            values[name] = before.values[name]
    kept_until = _kept_until(auth, reply, now, before)
    if auth.expires_after is not None:
        return Session(values, now + timedelta(seconds=auth.expires_after), kept_until)
    if auth.expires_at is not None:
        return Session(values, _moment(look_up(reply, auth.expires_at), now), kept_until)
    return Session(values, kept_until=kept_until)


def _kept_until(auth: Auth, reply: Any, now: datetime, before: Session | None) -> datetime | None:
    """Return until when what is kept holds: counted from a reply that gives it anew, else as before."""
    if auth.lasting is None:
        return None
    given = [look_up(reply, auth.capture[name]) for name in auth.kept if name in auth.capture]
    if not given or any(found in (MISSING, None, "") for found in given):
        return before.kept_until if before else None
    told = look_up(reply, auth.lasting.told) if auth.lasting.told else MISSING
    if isinstance(told, int) and not isinstance(told, bool) and 0 < told < _FARTHEST.total_seconds():
        return now + timedelta(seconds=told)
    return now + timedelta(days=auth.lasting.days)


def _check_token_type(reply: Any) -> None:
    """Refuse a token that is not used as Bearer; a reply that does not name its type is believed."""
    found = look_up(reply, _TOKEN_TYPE)
    if found is MISSING or found is None or str(found).lower() == "bearer":
        return
    # The text may be a token in the wrong place: only types that there are are shown.
    shown = str(found) if str(found).lower() in _KNOWN_TYPES else "another"
    raise CaptureFailed(f"names the token_type {shown!r}; expected 'Bearer'", ("Bearer", shown))


def _moment(found: Any, now: datetime) -> datetime | None:
    """Return when a session ends by what the ERP says; None where that is not understood."""
    if isinstance(found, str) and found.isdecimal():
        found = int(found[:12])
    try:
        if isinstance(found, int | float) and not isinstance(found, bool):
            ends = (
                datetime.fromtimestamp(found, UTC) if found > _EPOCH_FROM else now + timedelta(seconds=found)
            )
        elif isinstance(found, str) and len(found) == len("2026-01-31"):
            ends = datetime.fromisoformat(found).replace(tzinfo=UTC) - _EARLIEST_ZONE
        elif isinstance(found, str):
            ends = datetime.fromisoformat(found)
            ends = ends.replace(tzinfo=UTC) if ends.tzinfo is None else ends.astimezone(UTC)
        else:
            return None
    except (ValueError, OverflowError):
        return None
    # An end that is past already would have us log in for ever: then a 401 tells.
    return min(ends, now + _FARTHEST) if ends > now + EARLY else None
