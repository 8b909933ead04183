"""Lets a person authorise a connection in a browser: OAuth 2.0's authorization code with PKCE.

RFC 6749, 4.1 and RFC 7636, read 2026-11-21. It plans the address that the person opens and the request that
changes the code for tokens, and reads its reply; listening for the code and storing what came is the
caller's business.
"""

from __future__ import annotations

from msgspec.structs import replace

from sluice.connector.logins.opening import login_verdict, open_session
from sluice.connector.planning import credential_texts, plan_login, sent_credentials, texts_of, with_query
from sluice.connector.replies.answer import Answer
from sluice.connector.replies.redaction import Redactor
from sluice.connector.replies.refusals import Refusal
from sluice.connector.session import Session
from sluice.connector.spec import Authorization, Connector
from sluice.connector.values import Scope, evaluate
from sluice.errors import ConfigurationInvalid
from sluice.faults import Fault
from sluice.model.http import Reply, Request
from sluice.model.secret import Secret


def authorization_url(
    connector: Connector, scope: Scope, redirect_uri: str, state: str, code_challenge: str
) -> str:
    """Return the address that a person opens to let Sluice in; afterwards the vendor calls ``redirect_uri``.

    ``scope`` holds the connection's settings and secrets. ``code_challenge`` is the unpadded base64url of
    the SHA-256 of a verifier (S256). Raises ConfigurationInvalid for a connector that needs no browser.
    """
    flow = _flow(connector)
    values = {"client_id": flow.client_id, **({"scope": flow.scope} if flow.scope is not None else {})}
    asked = {
        "response_type": "code",
        **texts_of(values, scope, "auth"),
        "redirect_uri": redirect_uri,
        "state": state,
        "code_challenge": code_challenge,
        "code_challenge_method": "S256",
        **texts_of(flow.parameters, scope, "authorize_parameters"),
    }
    return with_query(str(evaluate(flow.url, scope)), asked)


def plan_code_exchange(
    connector: Connector, scope: Scope, code: str, redirect_uri: str, code_verifier: str
) -> Request:
    """Return the request that changes a code for tokens; ``redirect_uri`` and verifier as at the address.

    Raises ConfigurationInvalid as :func:`authorization_url` does.
    """
    given = {"code": code, "redirect_uri": redirect_uri, "code_verifier": code_verifier}
    captured = {name: Secret(text) for name, text in given.items()}
    request = plan_login(connector, _flow(connector).exchange, replace(scope, captured=captured))
    return replace(request, label=request.label.replace("(login)", "(authorisation)"))


def read_code_exchange(connector: Connector, scope: Scope, request: Request, reply: Reply) -> Session:
    """Return the session that the reply to :func:`plan_code_exchange` opens, with its refresh token.

    ``scope.now`` is when the reply came. Raises CredentialsRejected where the code or the client is refused,
    ConfigurationInvalid where no refresh token is given, ApiChanged (D20 and others) for an answer of another
    form, ErpUnavailable for none. No error holds a secret, the code or the verifier.
    """
    flow, auth, answer = _flow(connector), connector.auth, Answer(reply)
    texts = credential_texts(auth, scope) + sent_credentials(flow.exchange, request)
    refusal = Refusal(request.label, reply, Redactor(texts), reply.status < 300, request.url)
    if login_verdict(connector, answer, refusal) is not None:
        raise refusal.unavailable(f"the ERP asks for patience: {refusal.said()}")
    unreadable = refusal.of_body(answer)
    if unreadable is not None:
        raise unreadable
    session = open_session(auth, answer, refusal, scope.now)
    if missing := auth.kept - set(session.values):
        message = f"gives no {', '.join(missing)}; some vendors do so only for a scope such as offline_access"
        fault = Fault("no_refresh_token", "/auth/scope", message, _source(connector))
        raise ConfigurationInvalid(f"{request.label}: the connection cannot be kept authorised", [fault])
    return session


def _flow(connector: Connector) -> Authorization:
    if connector.auth.authorization is None:
        message = f"is {connector.auth.kind}; should be oauth2_authorization_code"
        fault = Fault("not_allowed", "/auth/kind", message, _source(connector))
        raise ConfigurationInvalid(
            f"the connector {connector.name!r} is not authorised in a browser", [fault]
        )
    return connector.auth.authorization


def _source(connector: Connector) -> str:
    return f"connectors/{connector.name}/connector.yaml"
