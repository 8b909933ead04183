"""Proposes how to log in, from what the description says of its operations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from msgspec import Struct, field

from sluice.kit.proposal import Listed, Notes

_WHERE = "connector.yaml"
_TOKEN_URL = {
    "type": "string",
    "format": "uri",
    "title": "Address of the token endpoint",
    "description": "Where an access token is had.",
}


class Login(Struct):
    """The connector's ``auth`` and ``secrets``, and the settings that they need."""

    auth: dict[str, Any]
    secrets: dict[str, dict[str, Any]] = field(default_factory=dict)
    settings: dict[str, dict[str, Any]] = field(default_factory=dict)


def propose_login(lists: Sequence[Listed], notes: Notes) -> Login:
    """Return the way to log in that most of the lists accept, the simplest of those."""
    accepted = Counter(way for listed in lists for way in listed.operation.logins)
    if not accepted:
        notes.ask(_WHERE, "auth: the description does not say how to log in; a bearer token is assumed")
        return _bearer()
    most = max(accepted.values())
    way = min((one for one, count in accepted.items() if count == most), key=_complexity)
    notes.decide(_WHERE, f"auth: {way}, which {most} of {len(lists)} lists accept")
    notes.ask(_WHERE, "secrets: write down how a customer obtains them (`description`)")
    return _login(way, notes)


def _complexity(way: str) -> tuple[int, str]:
    kinds = ("no login", "bearer", "key in", "basic", "OAuth")
    return next((at for at, kind in enumerate(kinds) if way.startswith(kind)), len(kinds)), way


def _login(way: str, notes: Notes) -> Login:
    if way == "no login":
        return Login({"kind": "none"})
    if way == "basic":
        pair = {"username": {"secret": "username"}, "password": {"secret": "password"}}
        secrets = {"username": {"title": "User name"}, "password": {"title": "Password"}}
        return Login({"kind": "basic", **pair}, secrets)
    if way.startswith("OAuth") or way == "OpenID Connect":
        return _client_credentials(notes)
    keys = [part.removeprefix("key in ") for part in way.split(" and ") if part.startswith("key in ")]
    if keys:
        return _keys(keys)
    if way != "bearer token":
        notes.ask(_WHERE, f"auth: the kit does not know how to log in with {way}; a bearer token is assumed")
    return _bearer()


def _bearer() -> Login:
    return Login({"kind": "bearer", "token": {"secret": "token"}}, {"token": {"title": "API token"}})


def _keys(keys: Sequence[str]) -> Login:
    attach: dict[str, dict[str, Any]] = {}
    secrets: dict[str, dict[str, Any]] = {}
    for number, key in enumerate(keys, 1):
        place, _, name = key.partition(" ")
        secret = "api_key" if len(keys) == 1 else f"api_key_{number}"
        attach.setdefault("query" if place == "query" else "headers", {})[name] = {"secret": secret}
        secrets[secret] = {"title": f"API key ({name})"}
    return Login({"kind": "api_key", "attach": attach}, secrets)


def _client_credentials(notes: Notes) -> Login:
    notes.ask(
        _WHERE,
        "auth: OAuth 2 with client credentials is assumed; with consent it is oauth2_authorization_code",
    )
    auth = {
        "kind": "oauth2_client_credentials",
        "token_url": {"setting": "token_url"},
        "client_id": {"secret": "client_id"},
        "client_secret": {"secret": "client_secret"},
    }
    secrets = {"client_id": {"title": "Client id"}, "client_secret": {"title": "Client secret"}}
    return Login(auth, secrets, {"token_url": dict(_TOKEN_URL)})
