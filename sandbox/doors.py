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
from sluice.connector.paths import Path
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

    def is_login(self, request: Incoming) -> bool:
        """Return whether the request is the connector's login, with right credentials or wrong ones."""
        return self.auth.login is not None and self._read(self.auth.login, request) is not None

    def log_in(self, request: Incoming) -> Answer:
        """Answer a login; raises Refused for wrong credentials."""
        login = self.auth.login
        asked = self._read(login, request) if login else None
        if asked is None or asked.refused:
            raise Refused("unauthorised", "consumer or user credentials are not the sandbox's")
        with self._lock:
            self.logins += 1
            captured = {name: self._token(name) for name in self.auth.capture}
            scope = self.matcher.with_captured(captured)
            self._sessions[self._attached(scope)] = time.monotonic() + self.ttl
        reply: Any = {}
        for name, path in self.auth.capture.items():
            reply = placed(reply, path, captured[name])
        if self.auth.expires_at:
            expiry = (datetime.now(UTC) + timedelta(seconds=self.ttl)).replace(microsecond=0, tzinfo=None)
            told = asked.moment if asked.moment and self.told_ttl is None else f"{expiry.isoformat()}Z"
            reply = placed(reply, self.auth.expires_at, told)
        return Answer.of_json(self.login_status, reply)

    def check(self, request: Incoming) -> None:
        """Raise Refused where the request does not carry what it must."""
        if self.auth.kind == "none":
            return
        given = self._given(request)
        if self.auth.kind != "session":
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
    """Return ``value`` with ``what`` at ``path``; objects and lists come into being on the way."""
    if not path:
        return what
    head, *rest = path
    if head.isdecimal():
        items = list(value) if isinstance(value, list) else []
        items += [None] * (int(head) + 1 - len(items))
        items[int(head)] = placed(items[int(head)], tuple(rest), what)
        return items
    below = value if isinstance(value, dict) else {}
    return {**below, head: placed(below.get(head), tuple(rest), what)}
