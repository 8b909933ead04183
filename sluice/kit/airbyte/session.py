"""Turns a SessionTokenAuthenticator into ``auth`` of the kind ``session``."""

from __future__ import annotations

from typing import Any

from sluice.kit.airbyte.config import Config
from sluice.kit.airbyte.incremental import seconds_of
from sluice.kit.airbyte.nodes import Node
from sluice.kit.airbyte.options import option_of
from sluice.kit.airbyte.requests import request_of
from sluice.kit.airbyte.values import NotConverted, Texts
from sluice.kit.words import quoted

_CAPTURED = {"captured": "token"}
_LOGIN_URL = {"type": "string", "format": "uri", "title": "Address of the login"}
_LONGEST = 31_536_000


def session(node: Node, texts: Texts, config: Config) -> dict[str, Any] | None:
    """Return the ``auth``; None, told, where the login does something else. Raises NotConverted."""
    requester = node.node("login_requester")
    path = [str(one) for one in node.plain("session_token_path", [])]
    decoder = node.node("decoder")
    if decoder is not None and decoder.kind("JsonDecoder") != "JsonDecoder":
        decoder.tell("a login's reply is read as JSON")
    if requester is None or requester.kind("HttpRequester") != "HttpRequester" or "*" in "".join(path):
        node.tell("the login is no plain request")
        return None
    attach = _attach(node, texts)
    if attach is None:
        return None
    auth: dict[str, Any] = {
        "kind": "session",
        "login": _login(requester, texts, config),
        "capture": {"token": ".".join(map(quoted, path))},
        "attach": attach,
    }
    seconds = seconds_of(str(node.peek("expiration_duration")))
    if seconds and 1 <= seconds <= _LONGEST:
        node.skip("expiration_duration")
        auth["expires"] = {"after_seconds": round(seconds)}
    return auth


def _login(requester: Node, texts: Texts, config: Config) -> dict[str, Any]:
    requested = request_of(requester, texts)
    address = requested.address
    if not isinstance(address.base, str) or address.path_parameters:
        raise NotConverted("the login's address")
    url = config.add("login_url", {**_LOGIN_URL, "default": address.base + address.path.rstrip("/")})
    headers = {**requested.headers, **_own_authentication(requester, texts)}
    parts = {"query": requested.query, "headers": headers, "body": requested.body}
    return {"method": requested.method, "url": url, **{key: value for key, value in parts.items() if value}}


def _own_authentication(requester: Node, texts: Texts) -> dict[str, Any]:
    node = requester.node("authenticator")
    if node is None or node.kind() == "NoAuth":
        return {}
    if node.kind() == "BasicHttpAuthenticator":
        pair = [texts.value(node, node.plain(key, "")) for key in ("username", "password")]
        return {"Authorization": {"basic": pair}}
    node.tell("a login says who it is by Basic or not at all")
    return {}


def _attach(node: Node, texts: Texts) -> dict[str, Any] | None:
    way = node.node("request_authentication")
    kind = way.kind() if way is not None else ""
    if kind == "Bearer":
        return {"headers": {"Authorization": {"join": ["Bearer ", _CAPTURED]}}}
    place = option_of(way, "inject_into", texts) if kind == "ApiKey" else None
    if way is None or place is None or place[0] not in {"query", "header"}:
        node.tell("the token goes into a header or a parameter")
        return None
    return {"query" if place[0] == "query" else "headers": {place[1]: dict(_CAPTURED)}}
