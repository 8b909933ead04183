"""Who may come in: checks what the connector attaches to requests, and answers its login with a session."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.exchange import Answer, Incoming
from sandbox.matching import Asked, Matcher
from sandbox.problems import Refused
from sandbox.tokens.server import TokenRefused, TokenServer
from sluice.connector.paths import LAST, Path
from sluice.connector.spec import Auth, Login
from sluice.connector.values import Scope, evaluate, text_of

DEFAULT_TTL = 86_400


@dataclass
class Door:
    """The sandbox's side of a connector's ``auth``. ``ttl`` is in seconds; tokens are the same for a seed.

    ``told_ttl``: logins tell this lifetime in place of the moment that was asked for.
    """

    auth: Auth
    matcher: Matcher
    seed: int
    ttl: float = DEFAULT_TTL
    login_status: int = 200
    logins: int = 0
    told_ttl: float | None = None

    def __post_init__(self) -> None:
        self._sessions: dict[tuple[str | None, ...], float] = {}
        self._lock = threading.Lock()
        self._usual_ttl = self.ttl
        self.tokens = TokenServer(self.auth, self.matcher, self.seed)

    def addresses(self) -> frozenset[str]:
        """Return the paths of the addresses that are not below that of the API: the login's, a browser's."""
        login, flow = self.auth.login, self.auth.authorization
        values = (login.url if login else None, flow.url if flow else None)
        return frozenset(self.tokens.path(value) for value in values if value is not None)

    def is_login(self, request: Incoming) -> bool:
        """Return whether the request is the connector's login, with right credentials or wrong ones."""
        if self.auth.is_token:
            path = self.tokens.path(self.auth.login.url if self.auth.login else None)
            return request.at_root and request.method == "POST" and request.path == path
        return self.auth.login is not None and self._read(self.auth.login, request) is not None

    def log_in(self, request: Incoming) -> Answer:
        """Answer a login; raises Refused for wrong credentials."""
        if self.auth.is_token:
            return self._give_token(request)
        login = self.auth.login
        asked = self._read(login, request) if login else None
        if asked is None or asked.refused:
            raise Refused("unauthorised", "consumer or user credentials are not the sandbox's")
        with self._lock:
            captured = self._opened()
        reply: Any = {}
        for name, path in self.auth.capture.items():
            reply = placed(reply, path, captured[name])
        if self.auth.expires_at:
            expiry = (datetime.now(UTC) + timedelta(seconds=self.ttl)).replace(microsecond=0, tzinfo=None)
            told = asked.moment if asked.moment and self.told_ttl is None else f"{expiry.isoformat()}Z"
            reply = placed(reply, self.auth.expires_at, told)
        return Answer.of_json(self.login_status, reply)

    def _give_token(self, request: Incoming) -> Answer:
        with self._lock:
            try:
                refresh_token = self.tokens.refresh_token_for(request)
            except TokenRefused as refused:
                return refused.answer()
            told = int(self._usual_ttl if self.told_ttl is None else self.told_ttl)
            reply = {**self._opened(), "token_type": "Bearer", "expires_in": told}
        given = {} if refresh_token is None else {"refresh_token": refresh_token}
        return Answer.of_json(self.login_status, {**reply, **given}, {"Cache-Control": "no-store"})

    def _opened(self) -> dict[str, str]:
        """Return what a new session is known by, from now on for its time to live."""
        self.logins += 1
        captured = {name: self._token(name) for name in self.auth.capture if name not in self.auth.kept}
        self._sessions[self._attached(self.matcher.with_captured(captured))] = time.monotonic() + self.ttl
        return captured

    def check(self, request: Incoming) -> None:
        """Raise Refused where the request does not carry what it must."""
        if self.auth.kind == "none":
            return
        given = self._given(request)
        if self.auth.login is None:
            if given != self._attached(self.matcher.scope):
                raise Refused("unauthorised", "credentials are missing or not the sandbox's")
            return
        with self._lock:
            ends = self._sessions.get(given)
        if ends is None:
            raise Refused("unauthorised", "no valid session token")
        if ends < time.monotonic():
            raise Refused("unauthorised", "the session token has expired")

    def expire_all(self) -> None:
        """End every session."""
        with self._lock:
            self._sessions.clear()

    def _token(self, name: str) -> str:
        text = f"{self.seed}/{name}/{self.logins}"
        return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()

    def _given(self, request: Incoming) -> tuple[str | None, ...]:
        headers = tuple(request.headers.get(name.lower()) for name in self.auth.headers)
        return headers + tuple(request.query.get(name) for name in self.auth.query)

    def _attached(self, scope: Scope) -> tuple[str | None, ...]:
        values = (*self.auth.headers.values(), *self.auth.query.values())
        return tuple(text_of(evaluate(value, scope)) for value in values)

    def _read(self, login: Login, request: Incoming) -> Asked | None:
        path = with_parameters(login.path, login.path_parameters, self.matcher)
        path = path if login.url is None else self.tokens.path(login.url)
        if request.host or request.at_root is not (login.url is not None):
            return None
        if request.method != login.request.method or request.path != path:
            return None
        asked = Asked()
        self.matcher.pairs(login.request.query, request.query, asked)
        self.matcher.pairs(login.request.headers, named_headers(login.request.headers, request), asked)
        if login.form is not None:
            self.matcher.pairs(login.form, request.form(), asked)
        body = login.request.body
        if body is not None and not self.matcher.value(body, request.json(), asked):
            return None
        return asked


def named_headers(templates: Mapping[str, Any], request: Incoming) -> dict[str, str]:
    """Return the request's headers under the names that the templates write them with."""
    found = {name: request.headers.get(name.lower()) for name in templates}
    return {name: value for name, value in found.items() if value is not None}


def with_parameters(path: str, parameters: Mapping[str, Any], matcher: Matcher) -> str:
    """Return a path with its placeholders filled."""
    for name, value in parameters.items():
        path = path.replace("{" + name + "}", matcher.text(value) or "")
    return path


def placed(value: Any, path: Path, what: Any) -> Any:
    """Return ``value`` with ``what`` at ``path``; objects and lists come into being on the way.

    The last element of a list (``-1``) is replaced only where there is one.
    """
    if not path:
        return what
    head, *rest = path
    if head == LAST:
        return (
            [*value[:-1], placed(value[-1], tuple(rest), what)]
            if isinstance(value, list) and value
            else value
        )
    if head.isdecimal():
        items = list(value) if isinstance(value, list) else []
        items += [None] * (int(head) + 1 - len(items))
        items[int(head)] = placed(items[int(head)], tuple(rest), what)
        return items
    below = value if isinstance(value, dict) else {}
    return {**below, head: placed(below.get(head), tuple(rest), what)}
