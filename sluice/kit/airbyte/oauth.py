"""Turns an OAuthAuthenticator into one of the OAuth 2.0 kinds of ``auth``."""

from __future__ import annotations

import re
from typing import Any

from sluice.kit.airbyte.config import WHERE, Config
from sluice.kit.airbyte.expressions import access, lone_expression
from sluice.kit.airbyte.nodes import Node
from sluice.kit.airbyte.values import NotConverted, Texts
from sluice.kit.proposal import Notes

_NAMES = {
    "client_id_name": "client_id",
    "client_secret_name": "client_secret",
    "refresh_token_name": "refresh_token",
    "access_token_name": "access_token",
    "expires_in_name": "expires_in",
    "grant_type_name": "grant_type",
}
_KEPT_ELSEWHERE = ("token_expiry_date", "token_expiry_date_format", "access_token_value")
_URL = {"type": "string", "format": "uri"}
_ENCODED = re.compile(r"Basic\s*\{\{(.*)\|\s*(?:b64encode|base64encode)\s*\}\}", re.DOTALL)


def oauth(node: Node, texts: Texts, config: Config, notes: Notes) -> dict[str, Any] | None:
    """Return the ``auth``; None, told, for another grant. Raises NotConverted."""
    grant = str(node.plain("grant_type", "refresh_token"))
    if grant not in {"refresh_token", "client_credentials"}:
        node.tell(f"the grant {grant} is none of oauth2_client_credentials and oauth2_authorization_code")
        return None
    auth: dict[str, Any] = {
        "kind": "oauth2_client_credentials",
        "token_url": _address(node, "token_refresh_endpoint", texts, config),
        "client_id": _client(node, "client_id", texts, config),
        "client_secret": _client(node, "client_secret", texts, config),
        **_token_request(node, texts),
    }
    if grant == "refresh_token":
        auth = _with_consent(auth, node, config, notes)
    scopes = node.plain("scopes", [])
    if scopes:
        auth["scope"] = texts.value(node, scopes)
    _names(node)
    return auth


def _with_consent(auth: dict[str, Any], node: Node, config: Config, notes: Notes) -> dict[str, Any]:
    expression = lone_expression(node.plain("refresh_token"))
    found = access(expression) if expression is not None else None
    if found is None or found.root != "config":
        node.tell("`sluice connections authorize` writes the secret refresh_token", "refresh_token")
    names = found.names if found is not None and found.root == "config" else ("refresh_token",)
    config.secret(names, "refresh_token")
    about = {**_URL, "title": "Address for consent", "description": "Where a person lets Sluice in."}
    notes.ask(WHERE, "settings: at which address does a person give access? (`authorize_url`)")
    rotates = node.has("refresh_token_updater")
    node.skip("refresh_token_updater")
    return {
        "kind": "oauth2_authorization_code",
        "authorize_url": config.add("authorize_url", about),
        **{key: value for key, value in auth.items() if key != "kind"},
        "rotating": rotates,
    }


def _address(node: Node, key: str, texts: Texts, config: Config) -> Any:
    value = texts.value(node, node.plain(key, ""))
    if not isinstance(value, str):
        return value
    about = {**_URL, "title": "Address of the token endpoint", "description": "Where an access token is had."}
    return config.add("token_url", {**about, **({"default": value} if value.startswith("https://") else {})})


def _client(node: Node, key: str, texts: Texts, config: Config) -> Any:
    if node.has(key):
        return texts.value(node, node.plain(key))
    config.secrets.setdefault(key, {"title": key.replace("_", " ").capitalize()})
    return {"secret": key}


def _token_request(node: Node, texts: Texts) -> dict[str, Any]:
    """Return what the token request says beside the grant; who the client is, by header or form."""
    found: dict[str, Any] = {"client_authentication": "body"}
    headers = node.node("refresh_request_headers")
    sent: dict[str, Any] = {}
    for name in headers.keys() if headers else ():
        if headers is None:
            continue
        given = str(headers.plain(name))
        encoded = _ENCODED.fullmatch(given.strip())
        if name.lower() == "authorization" and encoded and "client_id" in given and "client_secret" in given:
            found["client_authentication"] = "basic"
        elif name.lower() != "content-type":
            sent[name] = _or_told(headers, node, name, texts)
        elif "json" in given:
            headers.tell("the token request is a form", name)
    parameters = node.node("refresh_request_body")
    fields = {
        name: _or_told(parameters, node, name, texts)
        for name in (parameters.keys() if parameters else ())
        if parameters is not None
    }
    if node.plain("send_refresh_request_as_query_params"):
        node.tell("the token request is a form", "send_refresh_request_as_query_params")
    parts = {"headers": sent, "parameters": fields}
    return found | {
        key: kept
        for key, values in parts.items()
        if (kept := {name: one for name, one in values.items() if one is not None})
    }


def _or_told(inner: Node, owner: Node, name: str, texts: Texts) -> Any:
    try:
        return texts.value(owner, inner.plain(name))
    except NotConverted as err:
        inner.tell(f"{err} is more than a value can say", name)
        return None


def _names(node: Node) -> None:
    for key, usual in _NAMES.items():
        if node.has(key) and node.peek(key) != usual:
            node.tell(f"the standard's own name is used: {usual}", key)
        else:
            node.skip(key)
    node.skip(*_KEPT_ELSEWHERE)
