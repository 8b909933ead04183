"""Authorising a connection: a person lets Sluice in with a browser, and what the ERP gives for it is stored.

OAuth 2.0's authorization code with PKCE (RFC 6749, 4.1; RFC 7636). How the browser's way back is met, on this
machine or by hand, is the caller's business.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

from msgspec import Struct, field

from sluice.connector.authorization import authorization_url, plan_code_exchange, read_code_exchange
from sluice.connector.building.oauth import REFRESH_TOKEN
from sluice.connector.replies.redaction import Redactor
from sluice.connector.settings import complete_settings
from sluice.connector.values import Scope
from sluice.errors import ErpUnavailable
from sluice.model.structs import shown
from sluice.ports.sender import TransportFailed
from sluice.registry.audit import Act
from sluice.registry.budgets.sending import MustWait
from sluice.registry.login_turns import LIFE
from sluice.usecases.access.credentials import (
    credentials_name,
    known_credentials,
    require_secrets,
    store_session,
)
from sluice.usecases.access.limits import within_limits
from sluice.usecases.access.logging_in import nobody_logs_in
from sluice.usecases.operating.auditing import audited
from sluice.usecases.world import World


class AuthorisationFailed(Exception):
    """The browser did not come back with what was asked for; the message says with what it came."""


def _one_time() -> str:
    return secrets.token_urlsafe(32)


class Keys(Struct, frozen=True):
    """Made up for one authorisation: ``state`` names it, ``verifier`` (RFC 7636) proves who began it."""

    state: str = field(default_factory=_one_time)
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(64))

    def __repr__(self) -> str:
        return shown(self, without={"verifier"})


class Authorising:
    """One authorisation of the connection ``name``: open :meth:`address`, then :meth:`complete` it."""

    def __init__(self, world: World, name: str, redirect_uri: str, keys: Keys | None = None) -> None:
        """Prepare it; raises ConfigurationInvalid for a connection that is authorised in no browser.

        ``redirect_uri`` is where the ERP sends the browser back to, as it is registered there. ``keys`` are
        those of an authorisation that was begun before.
        """
        self._world, self._name, self._redirect_uri = world, name, redirect_uri
        connection = world.connections.get(name)
        self._connector = world.connector_of(connection)
        self._settings = complete_settings(self._connector, connection.settings)
        self.keys = keys or Keys()
        self._state, self._verifier = self.keys.state, self.keys.verifier
        require_secrets(self._connector, known_credentials(world, name), name)
        self.address = authorization_url(
            self._connector, self._scope(), redirect_uri, self._state, _challenge(self._verifier)
        )

    def complete(self, came_to: str) -> None:
        """Give the code in the address that the browser came back to for tokens, and store them.

        They take the place of all that was stored, also for runs under way. Raises AuthorisationFailed for
        an address that holds no code of this authorisation; CredentialsRejected, ApiChanged, ErpUnavailable
        or ConfigurationInvalid where the ERP gives no tokens. Nothing is stored then.
        """
        self.complete_with(dict(parse_qsl(urlsplit(came_to.strip()).query)))

    def complete_with(self, found: Mapping[str, str], patience: float = LIFE.total_seconds()) -> None:
        """Do the same with what stood in the query of that address.

        ``patience`` is how many seconds a login under way is waited for; afterwards it is replaced anyway.
        """
        with audited(self._world, Act(self._world.who, "connections.authorize", self._name, self._name)):
            self._complete(found, patience)

    def _complete(self, found: Mapping[str, str], patience: float) -> None:
        code = self._code_of(found)
        scope = self._scope()
        request = plan_code_exchange(self._connector, scope, code, self._redirect_uri, self._verifier)
        connection = self._world.connections.get(self._name)
        try:
            with within_limits(self._world, connection, self._connector) as sender:
                reply = sender.send(request)
        except (TransportFailed, MustWait) as failed:
            raise ErpUnavailable(str(failed)) from failed
        session = read_code_exchange(self._connector, scope, request, reply)
        with nobody_logs_in(self._world, self._name, patience):
            # First, because whoever logs in next takes the session's refresh token where there is one.
            store_session(self._world, self._name, session)
            bundle = known_credentials(self._world, self._name)
            refresh = {REFRESH_TOKEN: session.values[REFRESH_TOKEN]}
            self._world.secrets.put(credentials_name(self._name), {**bundle, **refresh})

    def _code_of(self, found: Mapping[str, str]) -> str:
        """Return the code; raises AuthorisationFailed."""
        if not hmac.compare_digest(found.get("state", "").encode(), self._state.encode()):
            came = "another authorisation" if "state" in found else "no authorisation"
            raise AuthorisationFailed(f"the browser came back from {came}; nothing is stored: begin again")
        if "error" in found:
            why = ": ".join(found[name] for name in ("error", "error_description") if found.get(name))
            raise AuthorisationFailed(f"the ERP did not let us in: {self._shown(why)}; nothing is stored")
        if not found.get("code"):
            raise AuthorisationFailed("the browser came back without a code; nothing is stored: begin again")
        return found["code"]

    def _shown(self, text: str) -> str:
        known = known_credentials(self._world, self._name).values()
        texts = [self._state, self._verifier, *(secret.reveal() for secret in known)]
        return Redactor(texts).shown(text.encode())

    def _scope(self) -> Scope:
        bundle = known_credentials(self._world, self._name)
        return Scope(settings=self._settings, secrets=bundle, now=self._world.clock.now())


def _challenge(verifier: str) -> str:
    """Return the challenge of a verifier by S256 (RFC 7636, 4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
