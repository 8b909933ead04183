"""One event of API Gateway in, one answer out: who asks, whether they may, and what was wrong.

A person's role is looked at before anything of the request is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, cast

import orjson
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.middlewares.openapi_validation import (
    OpenAPIRequestValidationMiddleware,
)
from aws_lambda_powertools.utilities.typing import LambdaContext
from msgspec.structs import replace

from lambdas.api import (
    audit,
    changes,
    connections,
    connectors,
    overview,
    own,
    quarantine,
    runs,
    schedules,
    subscriptions,
    topics,
)
from lambdas.api.access import authorizations, trials
from lambdas.api.caller import caller_of
from lambdas.api.data import comparisons, measures, records
from lambdas.api.document import OPENAPI
from lambdas.api.problems import Problem, answer_of, not_json
from lambdas.api.roles import LOWEST
from lambdas.api.routing import MakeOutbox, caller_in, request_context
from sluice.usecases.connections import ConnectionDesk

RESOURCES = (
    own.resource,
    schedules.resource,
    trials.resource,  # before those with a name in the path: `test` is none
    connections.resource,
    authorizations.resource,
    connectors.resource,
    overview.resource,
    runs.resource,
    changes.resource,
    quarantine.resource,
    topics.resource,
    subscriptions.resource,
    audit.resource,
    records.resource,
    comparisons.resource,
    measures.resource,
)
"""Every resource there is; a new one is added here, and its operations to the table of roles."""

SECURITY = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
}
"""On every answer: nothing is kept by anybody, and a browser takes it for nothing but data."""

_PATHS = [
    (re.compile(re.sub(r"\{\w+\}", "[^/]+", called.partition(" ")[2])), called.partition(" ")[0])
    for called in LOWEST
]


def _guarded(app: APIGatewayHttpResolver, next_middleware: Callable[..., Any]) -> Any:
    """Let a request through to an operation that the caller's role may call; raises Problem."""
    path = re.sub(r"<(\w+)>", r"{\1}", app.request.route)
    lowest = LOWEST.get(f"{app.request.method} {path}")
    if lowest is None:
        raise _no_operation(app.request.method, app.current_event.path)
    caller_in(app.context).must_be(lowest)
    return next_middleware(app)


def _readable(app: APIGatewayHttpResolver, next_middleware: Callable[..., Any]) -> Any:
    """Let a request through whose body is text; raises Problem.

    Here, because bytes that are no text may be read anywhere behind this too, and would be a fault of ours.
    """
    try:
        _ = app.current_event.decoded_body
    except UnicodeDecodeError as error:
        raise not_json() from error
    return next_middleware(app)


def _no_operation(method: str, path: str) -> Problem:
    methods = sorted({known for pattern, known in _PATHS if pattern.fullmatch(path)})
    if not methods or method in methods:
        return Problem(
            404, "not_found", "there is nothing at this path; GET /openapi.json says what there is"
        )
    detail = f"here there are {', '.join(methods)}"
    return Problem(405, "method_not_allowed", detail, headers={"Allow": ", ".join(methods)})


def resolver() -> APIGatewayHttpResolver:
    """Return a resolver with every operation."""
    # Unlike the one of Python it takes no NaN, and no text that UTF-8 cannot hold.
    app = APIGatewayHttpResolver(json_body_deserializer=orjson.loads)
    # Its own validation goes before whatever else is asked for: here a role does.
    app.use([_guarded, _readable, OpenAPIRequestValidationMiddleware()])  # type: ignore[no-untyped-call]
    for resource in RESOURCES:
        app.include_router(resource.router)
    app.exception_handler(Exception)(answer_of)
    return app


def serve(
    event: dict[str, Any], context: LambdaContext, desk: ConnectionDesk, outbox: MakeOutbox
) -> dict[str, Any]:
    """Return the answer to an event of an HTTP API (payload 2.0)."""
    try:
        caller = caller_of(event)
    except Problem as problem:
        return _with_security(_plain(answer_of(problem)))
    # What is done is done, and written down, in the caller's name.
    desk = replace(desk, world=replace(desk.world, who=caller.name))
    APP.append_context(**request_context(desk, caller, outbox))  # type: ignore[no-untyped-call]
    return _with_security(APP.resolve(event, context))


def _plain(response: Response[str]) -> dict[str, Any]:
    headers = {**response.headers, "Content-Type": response.content_type}
    return {"statusCode": response.status_code, "headers": headers, "body": response.body}


def _with_security(answer: Mapping[str, Any]) -> dict[str, Any]:
    headers = cast("dict[str, str]", answer.get("headers") or {})
    return {**answer, "headers": {**headers, **SECURITY}}


APP = resolver()
OPENAPI.describe(APP.get_openapi_json_schema)
