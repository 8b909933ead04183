"""Builds how requests are authenticated: every kind comes down to headers and query, some have a login.

The kinds of OAuth 2.0 (RFC 6749) are in sluice.connector.building.oauth.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sluice.connector.building.credentials import build_credential, is_from_outside, refuse_written_out
from sluice.connector.building.headers import build_headers
from sluice.connector.building.oauth import build_oauth
from sluice.connector.building.requests import build_address, build_path_parameters
from sluice.connector.spec import Auth, Login, RequestSpec
from sluice.connector.value_reader import At, Known, ValueReader
from sluice.connector.values import Call, Literal


def build_auth(reader: ValueReader, raw: Mapping[str, Any], known: Known) -> Auth:
    """Return how requests are authenticated: headers and query for every kind."""
    kind, at = raw["kind"], ("auth",)
    if kind.startswith("oauth2_"):
        return build_oauth(reader, raw, known)
    if kind == "basic":
        parts = tuple(reader.scalar(raw[name], (*at, name), known) for name in ("username", "password"))
        # Of a key that is sent as a user name the password is often a fixed letter.
        if not any(map(is_from_outside, parts)):
            refuse_written_out(reader, (*at, "password"))
        return Auth(kind, headers={"Authorization": Call("basic", values=parts)})
    if kind == "bearer":
        token = build_credential(reader, raw["token"], (*at, "token"), known)
        return Auth(kind, headers={"Authorization": Call("join", values=(Literal("Bearer "), token))})
    attach = raw.get("attach", {})
    headers = build_headers(reader, attach.get("headers"), (*at, "attach", "headers"), known)
    query = reader.values(attach.get("query"), (*at, "attach", "query"), known)
    if kind != "session":
        return Auth(kind, headers=headers, query=query)
    expires = raw.get("expires", {})
    return Auth(
        kind,
        headers=headers,
        query=query,
        login=_login(reader, raw["login"], known),
        capture={name: reader.path(path, (*at, "capture", name)) for name, path in raw["capture"].items()},
        expires_at=reader.path(expires["path"], (*at, "expires", "path")) if "path" in expires else None,
        expires_after=expires.get("after_seconds"),
    )


def _login(reader: ValueReader, raw: Mapping[str, Any], known: Known) -> Login:
    at: At = ("auth", "login")
    before = Known(settings=known.settings, secrets=known.secrets)
    method = raw.get("method", "POST")
    if method == "GET" and ("form" in raw or "body" in raw):
        reader.refuse("not_allowed", (*at, "method"), "is GET, which has no form or body; should be POST")
    request = RequestSpec(
        method=method,
        headers=build_headers(reader, raw.get("headers"), (*at, "headers"), before),
        query=reader.values(raw.get("query"), (*at, "query"), before),
        body=reader.value(raw["body"], (*at, "body"), before) if "body" in raw else None,
    )
    form = reader.values(raw["form"], (*at, "form"), before) if "form" in raw else None
    if ("path" in raw) is ("url" in raw):
        came = "both a path and a url" if "path" in raw else "neither a path nor a url"
        reader.refuse("bad_form", at, f"has {came}; should have one of the two")
    parameters = build_path_parameters(reader, raw, at, before) if "path" in raw else {}
    url = build_address(reader, raw["url"], (*at, "url"), known) if "url" in raw else None
    return Login(raw.get("path", ""), request, parameters, form, url)
