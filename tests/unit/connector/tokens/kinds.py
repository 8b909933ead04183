"""A toy connector for each OAuth kind: what a token request holds, and what stands in for its vendor."""

from __future__ import annotations

from typing import Any

from sluice.connector.outcomes import Outcome
from sluice.connector.reader import StreamReader
from sluice.connector.session import Session
from sluice.connector.spec import Connector
from sluice.model.http import Reply, Request
from sluice.model.secret import Secret
from tests.unit.connector.scripted import CONNECTOR, reader, reply, toy

SECRETS = {"client_id": "id-1:ab", "client_secret": "client-s3cr3t", "refresh_token": "refresh-0-token"}
TOKEN_URL = "https://login.toy.example/oauth/token"

CLIENT_CREDENTIALS = """\
auth:
  kind: oauth2_client_credentials
  token_url: {setting: token_url}
  client_id: {secret: client_id}
  client_secret: {secret: client_secret}
  scope: "read write"
  parameters: {tenant_id: {setting: tenant}}
  headers: {X-App: toy}
  attach: {headers: {X-Tenant: {setting: tenant}}}
"""
AUTHORIZATION_CODE = """\
auth:
  kind: oauth2_authorization_code
  authorize_url: {setting: authorize_url}
  token_url: {setting: token_url}
  client_id: {secret: client_id}
  client_secret: {secret: client_secret}
  scope: [offline_access, accounting.read]
  authorize_parameters: {prompt: consent}
"""
SIGNED = """\
auth:
  kind: oauth2_jwt_bearer
  token_url: {setting: token_url}
  issuer: {secret: client_id}
  key_id: {secret: key_id}
  private_key: {secret: private_key}
  algorithm: ES256
  scope: [restlets, rest_webservices]
"""
_BEARER = "auth: {kind: bearer, token: {secret: api_key}}\n"
_SETTINGS = """\
    token_url: {type: string, format: uri, default: "https://login.toy.example/oauth/token"}
    authorize_url: {type: string, format: uri, default: "https://login.toy.example/oauth/authorize"}
    tenant: {type: string, default: "t-7"}
    from_day"""
_SECRETS = """\
  client_id: {title: Client id}
  client_secret: {title: Client secret}
  refresh_token: {title: Refresh token, optional: true}
"""
_KEY = "  key_id: {title: Key id}\n  private_key: {title: Private key}\n"


def manifest(auth: str) -> str:
    """Return the toy connector's YAML with this auth, and the settings and secrets that it takes."""
    text = CONNECTOR.replace(_BEARER, auth).replace("    from_day", _SETTINGS)
    text = text.replace("base_url: {type: string, default", "base_url: {type: string, format: uri, default")
    return text.replace("  api_key: {title: Key}\n", _SECRETS + (_KEY if "oauth2_jwt_bearer" in auth else ""))


def connector_of(auth: str) -> Connector:
    return toy(manifest(auth))


def reading(auth: str = AUTHORIZATION_CODE, **changes: Any) -> StreamReader:
    """Return a reader of the toy stream; ``secrets`` are texts."""
    texts = changes.pop("secrets", SECRETS)
    return reader(connector_of(auth), secrets={name: Secret(text) for name, text in texts.items()}, **changes)


def session(refresh_token: str | None = None, **values: str) -> Session:
    given = {"access_token": "access-1-token", **values}
    given |= {"refresh_token": refresh_token} if refresh_token else {}
    return Session({name: Secret(text) for name, text in given.items()})


def tokens(access_token: str | None = "access-1-token", **fields: Any) -> Reply:  # noqa: S107
    return reply({"access_token": access_token, "token_type": "Bearer", **fields})


def sent(reading: StreamReader) -> Request:
    request = reading.next_request()
    assert request is not None
    return request


def logged_in(reading: StreamReader, answer: Reply) -> Outcome:
    assert sent(reading).url == TOKEN_URL
    assert reading.wants_login
    return reading.receive(answer)


def kept(reading: StreamReader) -> dict[str, str]:
    """Return what the reader's session holds."""
    assert reading.session is not None
    return {name: secret.reveal() for name, secret in reading.session.values.items()}
