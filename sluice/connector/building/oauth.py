"""Builds the OAuth 2.0 kinds of `auth`: each is a login by form whose reply holds an access token.

RFC 6749 (tokens), RFC 7636 (PKCE), RFC 7523 (signed client assertions); read 2026-11-21. What differs between
the kinds is the form: what is granted, and how the client says who it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain, repeat
from typing import Any

from sluice.connector.building.credentials import build_credential
from sluice.connector.building.headers import build_headers
from sluice.connector.building.requests import build_address
from sluice.connector.spec import Auth, Authorization, Lasting, Login, RequestSpec, Values
from sluice.connector.value_reader import At, Known, ValueReader
from sluice.connector.values import Call, ListOf, Literal, ObjectOf, Value
from sluice.model.schema_faults import in_words

REFRESH_TOKEN = "refresh_token"  # noqa: S105 (the name of a credential)
_ACCESS_TOKEN = "access_token"  # noqa: S105
_AT: At = ("auth",)
_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_TAKEN = frozenset(
    {
        *("grant_type", "client_id", "client_secret", "client_assertion", "client_assertion_type"),
        *("scope", "code", "redirect_uri", "code_verifier", "refresh_token"),
        *("response_type", "state", "code_challenge", "code_challenge_method"),
    }
)
_CLAIMS = frozenset({"iss", "aud", "scope", "iat", "exp"})


def captured_names(raw: Mapping[str, Any]) -> frozenset[str]:
    """Return what requests may refer to as captured, by a connector's ``auth``."""
    return frozenset({_ACCESS_TOKEN} if raw["kind"].startswith("oauth2_") else raw.get("capture", {}))


def build_oauth(reader: ValueReader, raw: Mapping[str, Any], known: Known) -> Auth:
    """Return the auth of an OAuth kind; faults pile up in the reader."""
    attach = raw.get("attach", {})
    headers = build_headers(reader, attach.get("headers"), (*_AT, "attach", "headers"), known)
    _refuse_authorization(reader, attach.get("headers"), (*_AT, "attach", "headers"))
    bearer = Call("join", values=(Literal("Bearer "), Call("captured", _ACCESS_TOKEN)))
    build = _BUILDERS[raw["kind"]]
    by_code = raw["kind"] == "oauth2_authorization_code"
    before = Known(settings=known.settings, secrets=known.secrets)
    return Auth(
        raw["kind"],
        headers={"Authorization": bearer, **headers},
        query=reader.values(attach.get("query"), (*_AT, "attach", "query"), known),
        login=build(reader, raw, before),
        capture={name: (name,) for name in (_ACCESS_TOKEN, *([REFRESH_TOKEN] if by_code else []))},
        expires_at=("expires_in",),
        kept=frozenset({REFRESH_TOKEN} if by_code else ()),
        is_token=True,
        rotating=by_code and raw.get("rotating", True),
        authorization=_authorization(reader, raw, before) if by_code else None,
        lasting=_lasting(reader, raw["refresh_token_life"]) if "refresh_token_life" in raw else None,
    )


def _lasting(reader: ValueReader, raw: Mapping[str, Any]) -> Lasting:
    at: At = (*_AT, "refresh_token_life", "told")
    return Lasting(raw["days"], raw["source"], reader.path(raw["told"], at) if "told" in raw else ())


def _client_credentials(reader: ValueReader, raw: Mapping[str, Any], known: Known) -> Login:
    form: dict[str, Value] = {"grant_type": Literal("client_credentials")}
    if "scope" in raw:
        form["scope"] = _scope(reader, raw["scope"], known)
    return _token_request(reader, raw, known, form | _client_in_form(reader, raw, known))


def _refresh(reader: ValueReader, raw: Mapping[str, Any], known: Known) -> Login:
    """The refresh token of the last session, or the one that the connection was authorised with."""
    names = (Call("captured", REFRESH_TOKEN), Call("secret", REFRESH_TOKEN))
    form: dict[str, Value] = {
        "grant_type": Literal("refresh_token"),
        REFRESH_TOKEN: Call("first", values=names),
    }
    declared = reader.document.value.get("secrets", {}).get(REFRESH_TOKEN)
    if declared is None or not declared.get("optional", False):
        came = "is not declared" if declared is None else "is not optional"
        message = f"the secret {REFRESH_TOKEN!r} {came}; should be declared with `optional: true`, because "
        message += "`sluice connections authorize` writes it"
        at: At = ("secrets", *([REFRESH_TOKEN] if declared is not None else []))
        reader.refuse("bad_secret", at if "secrets" in reader.document.value else (), message)
    return _token_request(reader, raw, known, form | _client_in_form(reader, raw, known))


def _signed(reader: ValueReader, raw: Mapping[str, Any], known: Known) -> Login:
    """NetSuite's form of RFC 7523: the scope is a claim of the assertion."""
    private_key = reader.scalar(raw["private_key"], (*_AT, "private_key"), known)
    if not (isinstance(private_key, Call) and private_key.word == "secret"):
        written = raw["private_key"]
        came = "written out here" if isinstance(written, str) else in_words(written)
        message = f"is {came}; should be a secret: {{secret: NAME}}"
        reader.refuse("wrong_type", (*_AT, "private_key"), message)
    key_id = reader.scalar(raw["key_id"], (*_AT, "key_id"), known)
    assertion = Call(
        "signed_jwt",
        values=(private_key, key_id, ObjectOf(_claims(reader, raw, known))),
        option=(raw.get("algorithm", "PS256"), raw.get("lifetime_seconds", 300)),
    )
    form: dict[str, Value] = {
        "grant_type": Literal("client_credentials"),
        "client_assertion_type": Literal(_ASSERTION_TYPE),
        "client_assertion": assertion,
    }
    return _token_request(reader, raw, known, form)


def _claims(reader: ValueReader, raw: Mapping[str, Any], known: Known) -> dict[str, Value]:
    claims: dict[str, Value] = {
        "iss": reader.scalar(raw["issuer"], (*_AT, "issuer"), known),
        # What is wrong with the token URL is told once, where the request is built.
        "aud": reader.scalar(raw["audience"], (*_AT, "audience"), known)
        if "audience" in raw
        else ValueReader(reader.document).scalar(raw["token_url"], (*_AT, "token_url"), known),
    }
    if "scope" in raw:
        claims["scope"] = reader.value(raw["scope"], (*_AT, "scope"), known)
    for name, value in raw.get("claims", {}).items():
        if name in _CLAIMS:
            message = f"the claim {name} is set by the kind itself; leave it out"
            reader.refuse("not_allowed", (*_AT, "claims", name), message)
        claims[name] = reader.value(value, (*_AT, "claims", name), known)
    return claims


_BUILDERS = {
    "oauth2_client_credentials": _client_credentials,
    "oauth2_authorization_code": _refresh,
    "oauth2_jwt_bearer": _signed,
}


def _authorization(reader: ValueReader, raw: Mapping[str, Any], known: Known) -> Authorization:
    form: dict[str, Value] = {
        "grant_type": Literal("authorization_code"),
        **{name: Call("captured", name) for name in ("code", "redirect_uri", "code_verifier")},
    }
    _refuse_taken(reader, raw.get("authorize_parameters", {}), "authorize_parameters")
    # The second building of what the refresh has too says nothing new: its faults are dropped.
    silent = ValueReader(reader.document)
    exchange = _token_request(silent, raw, known, form | _client_in_form(silent, raw, known))
    return Authorization(
        url=build_address(reader, raw["authorize_url"], (*_AT, "authorize_url"), known),
        client_id=silent.scalar(raw["client_id"], (*_AT, "client_id"), known),
        exchange=exchange,
        scope=_scope(reader, raw["scope"], known) if "scope" in raw else None,
        parameters=reader.values(raw.get("authorize_parameters"), (*_AT, "authorize_parameters"), known),
    )


def _token_request(reader: ValueReader, raw: Mapping[str, Any], known: Known, form: Values) -> Login:
    headers = build_headers(reader, raw.get("headers"), (*_AT, "headers"), known)
    _refuse_taken(reader, raw.get("parameters", {}), "parameters")
    further = reader.values(raw.get("parameters"), (*_AT, "parameters"), known)
    if "client_secret" in raw and raw.get("client_authentication", "basic") == "basic":
        _refuse_authorization(reader, raw.get("headers"), (*_AT, "headers"))
        client = _client(reader, raw, known)
        # RFC 6749, 2.3.1: both are encoded as in a form first, so that a colon in an id does no harm.
        encoded = tuple(Call("form_encoded", values=(part,)) for part in client.values())
        headers["Authorization"] = Call("basic", values=encoded)
    url = build_address(reader, raw["token_url"], (*_AT, "token_url"), known)
    return Login("", RequestSpec("POST", headers), form={**form, **further}, url=url)


def _client(reader: ValueReader, raw: Mapping[str, Any], known: Known) -> dict[str, Value]:
    return {
        "client_id": reader.scalar(raw["client_id"], (*_AT, "client_id"), known),
        "client_secret": build_credential(reader, raw["client_secret"], (*_AT, "client_secret"), known),
    }


def _client_in_form(reader: ValueReader, raw: Mapping[str, Any], known: Known) -> dict[str, Value]:
    in_form = raw.get("client_authentication", "basic") == "body"
    return _client(reader, raw, known) if in_form else {}


def _scope(reader: ValueReader, raw: Any, known: Known) -> Value:
    """Return scopes as one text, as a form and an address hold them: a list is joined by spaces."""
    if not isinstance(raw, list):
        return reader.scalar(raw, (*_AT, "scope"), known)
    scopes = reader.value(raw, (*_AT, "scope"), known)
    parts = scopes.items if isinstance(scopes, ListOf) else ()
    spaced = chain.from_iterable(zip(repeat(Literal(" ")), parts, strict=False))
    return Call("join", values=tuple(spaced)[1:])


def _refuse_taken(reader: ValueReader, raw: Mapping[str, Any], part: str) -> None:
    for name in raw:
        if name in _TAKEN:
            message = f"{name} is set by the kind itself; leave it out"
            reader.refuse("not_allowed", (*_AT, part, name), message)


def _refuse_authorization(reader: ValueReader, raw: Mapping[str, Any] | None, at: At) -> None:
    for name in raw or {}:
        if name.lower() == "authorization":
            reader.refuse(
                "not_allowed", (*at, name), f"the header {name} is set by the kind itself; leave it out"
            )
