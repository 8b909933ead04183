"""Plans requests: a page of a stream, or the login before it. Nothing here sends one.

What pages and windows there are is decided elsewhere (paging, windows); this puts their parameters in place.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from sluice.connector.expanding.window import is_of_keys, window_in_words
from sluice.connector.paging import PageState, page_parameters
from sluice.connector.settings import base_url_of
from sluice.connector.spec import Auth, Connector, Login, PageKind, Stream, Values
from sluice.connector.values import Call, Literal, Scope, evaluate, text_of
from sluice.errors import ConfigurationInvalid
from sluice.faults import Fault, pointer_of
from sluice.model import erp_json
from sluice.model.http import Request

_READABLE = ",()*:"
_BODY_TYPE = "application/json"
_FORM_TYPE = "application/x-www-form-urlencoded"


def plan_page(connector: Connector, stream: Stream, scope: Scope, state: PageState) -> Request:
    """Return the request of the next page; raises ConfigurationInvalid for a value that cannot be sent."""
    spec, pagination = stream.request, stream.pagination
    headers, query = dict(spec.headers), dict(spec.query)
    ranges = stream.ranges if is_of_keys(scope.window) else None
    for part in (stream.incremental if scope.since else None, stream.windows, ranges):
        headers |= part.headers if part else {}
        query |= part.query if part else {}
    texts = texts_of(query, scope, "query")
    header_texts = texts_of(headers, scope, "headers")
    for place, value in page_parameters(pagination, state).items():
        text = text_of(value)
        if text is not None:
            (texts if place.where == "query" else header_texts)[place.name] = text
    header_texts |= texts_of(connector.auth.headers, scope, "auth")
    attached = texts_of(connector.auth.query, scope, "auth")
    label = _label(stream, scope, state, spec.method)
    if pagination.kind in {PageKind.NEXT_URL, PageKind.LINK_HEADER} and state.cursor is not None:
        url = with_query(str(state.cursor), attached)
    else:
        path = _path(stream.path, stream.path_parameters, scope)
        url = with_query(base_url_of(connector, scope.settings, stream) + path, {**texts, **attached})
    body = None if spec.body is None else erp_json.write(evaluate(spec.body, scope))
    return Request(spec.method, url, _headers(header_texts, body, _BODY_TYPE), body, label)


def plan_detail(connector: Connector, stream: Stream, scope: Scope) -> Request:
    """Return the request for the scope's ``record``; raises as :func:`plan_page` does."""
    details = stream.details
    if details is None:
        raise RuntimeError(f"{stream.name} has no requests for single records")
    spec, auth = details.request, connector.auth
    path = _path(details.path, details.path_parameters, scope)
    query = {**texts_of(spec.query, scope, "query"), **texts_of(auth.query, scope, "auth")}
    headers = {**texts_of(spec.headers, scope, "headers"), **texts_of(auth.headers, scope, "auth")}
    url = with_query(base_url_of(connector, scope.settings, stream) + path, query)
    label = f"{spec.method} {details.path} (detail)"
    return Request(spec.method, url, _headers(headers, None, _BODY_TYPE), None, label)


def plan_login(connector: Connector, login: Login, scope: Scope) -> Request:
    """Return the request that opens a session; raises ConfigurationInvalid as :func:`plan_page` does."""
    spec = login.request
    body, kind = None, _BODY_TYPE
    if login.form is not None:
        body, kind = urlencode(_form(login.form, scope)).encode(), _FORM_TYPE
    elif spec.body is not None:
        body = erp_json.write(evaluate(spec.body, scope))
    address, shown = _login_address(connector, login, scope)
    url = with_query(address, texts_of(spec.query, scope, "query"))
    headers = _headers(texts_of(spec.headers, scope, "headers"), body, kind)
    return Request(spec.method, url, headers, body, f"{spec.method} {shown} (login)")


def _login_address(connector: Connector, login: Login, scope: Scope) -> tuple[str, str]:
    """Return where the login goes, and its path as people are told of it."""
    if login.url is not None:
        address = str(evaluate(login.url, scope))
        return address, urlsplit(address).path or "/"
    path = _path(login.path, login.path_parameters, scope)
    return base_url_of(connector, scope.settings) + path, login.path


def _form(form: Values, scope: Scope) -> dict[str, str]:
    """Return the form's fields; raises ConfigurationInvalid where a person has still to authorise us."""
    texts = texts_of(form, scope, "form")
    for name, value in form.items():
        if isinstance(value, Call) and value.word == "first" and name not in texts:
            message = (
                f"lacks the secret {name!r}; `sluice connections authorize NAME` obtains it in a browser"
            )
            fault = Fault("missing_secret", pointer_of(name), message, "secrets")
            raise ConfigurationInvalid("the connection is not authorised yet", [fault])
    return texts


def with_query(url: str, parameters: Mapping[str, str]) -> str:
    """Return the address with these parameters added to its query."""
    if not parameters:
        return url
    query = urlencode(parameters, quote_via=quote, safe=_READABLE)
    return f"{url}{'&' if '?' in url else '?'}{query}"


def without_credentials(url: str, auth: Auth) -> str:
    """Return an ERP's address of a next page without what authenticates: it is added anew."""
    if not auth.query:
        return url
    parts = urlsplit(url)
    kept = [
        piece
        for piece in parts.query.split("&")
        if piece and next(iter(parse_qsl(piece, keep_blank_values=True)), ("", ""))[0] not in auth.query
    ]
    return urlunsplit(parts._replace(query="&".join(kept)))


def credential_texts(auth: Auth, scope: Scope) -> list[str]:
    """Return every secret text that requests may carry, for cutting it out of what an ERP says."""
    texts = [secret.reveal() for secret in (*scope.secrets.values(), *scope.captured.values())]
    sent = (text_of(evaluate(value, scope)) for value in (*auth.headers.values(), *auth.query.values()))
    return texts + [text for text in sent if text]


def sent_credentials(login: Login, request: Request) -> list[str]:
    """Return the texts that a login sent to say who we are, as they were sent: encoded, signed."""
    form = dict(parse_qsl((request.body or b"").decode())) if login.form is not None else {}
    texts = [text for name, text in form.items() if isinstance((login.form or {}).get(name), Call)]
    said = {name for name, value in login.request.headers.items() if not isinstance(value, Literal)}
    return texts + [text for name, text in request.headers.items() if name in said]


def texts_of(values: Values, scope: Scope, part: str) -> dict[str, str]:
    """Return the values as texts; what cannot be had or is null is left out.

    Raises ConfigurationInvalid for one that comes to an object; ``part`` says of what it is.
    """
    found: dict[str, str] = {}
    for name, value in values.items():
        evaluated = evaluate(value, scope)
        if isinstance(evaluated, dict):
            raise _unsendable(part, name, "comes to an object; here only a text can be sent")
        text = text_of(evaluated)
        if text is not None:
            found[name] = text
    return found


def _label(stream: Stream, scope: Scope, state: PageState, method: str) -> str:
    window = f" {window_in_words(scope.window, '..')}" if scope.window else ""
    return f"{method} {stream.path}{window} page {state.pages + 1}"


def _headers(texts: Mapping[str, str], body: bytes | None, kind: str) -> dict[str, str]:
    for name, text in texts.items():
        if not text.isprintable() or not text.isascii():
            message = (
                "holds a line break, a control character or a letter outside ASCII; a secret pasted wrong?"
            )
            raise _unsendable("headers", name, message)
    present = {name.lower() for name in texts}
    defaults = {"Accept": "application/json", **({"Content-Type": kind} if body is not None else {})}
    return {**{name: text for name, text in defaults.items() if name.lower() not in present}, **texts}


def _path(path: str, parameters: Values, scope: Scope) -> str:
    for name, text in texts_of(parameters, scope, "path_parameters").items():
        if text.strip(".") == "":
            raise _unsendable("path_parameters", name, "is empty or only dots, which is no part of a path")
        path = path.replace("{" + name + "}", quote(text, safe=""))
    if "{" in path:
        raise _unsendable("path_parameters", path, "has a placeholder without a value")
    return path


def _unsendable(part: str, name: str, message: str) -> ConfigurationInvalid:
    fault: Any = Fault("cannot_be_sent", pointer_of(part, name), f"{name!r} {message}", "request")
    return ConfigurationInvalid("a request cannot be made from what is configured", [fault])
