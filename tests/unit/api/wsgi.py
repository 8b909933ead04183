"""The API as a WSGI application, for what speaks HTTP: each request becomes an event of API Gateway."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

from tests.unit.api.client import Client, event_of

TEXT = ("text/", "application/json", "application/xml", "application/javascript")
"""Content types of which API Gateway hands the body over as text; all others come in base64."""


def application(client: Client) -> Callable[..., Iterable[bytes]]:
    """Return the application in front of a client's API."""

    def serve(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        answer = client.send(_event(environ))
        status = f"{answer.status} {HTTPStatus(answer.status).phrase}"
        start_response(status, list(answer.headers.items()))
        return [answer.body.encode()]

    return serve


def _event(environ: dict[str, Any]) -> dict[str, Any]:
    named = {
        name.removeprefix("HTTP_").replace("_", "-"): text
        for name, text in environ.items()
        if name.startswith("HTTP_")
    }
    # WSGI holds a path's bytes as Latin-1 (PEP 3333).
    path = environ["PATH_INFO"].encode("latin-1").decode(errors="replace")
    # API Gateway joins what a query names twice.
    query = {
        name: ",".join(found)
        for name, found in parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True).items()
    }
    event = event_of(environ["REQUEST_METHOD"], path, query=query, headers=named)
    kind = environ.get("CONTENT_TYPE", "")
    event["headers"]["content-type"] = kind
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    if body and kind.startswith(TEXT):
        event["body"] = body.decode(errors="replace")
    elif body:
        event |= {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}
    return event
