"""How a resource declares its operations: each with a role, a summary, its answer and its problems.

What is declared here is what the OpenAPI document says, so that neither can be without the other.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, TypeVar

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Header
from msgspec import Struct, field
from msgspec.structs import replace
from pydantic import BaseModel

from lambdas.api.caller import Caller
from lambdas.api.problems import MEDIA_TYPE, TITLES, ProblemModel, not_found
from lambdas.api.roles import LOWEST
from sluice.usecases.connections import ConnectionDesk
from sluice.usecases.telling.people.outbox import Outbox
from sluice.usecases.world import World

JSON = "application/json"

ALWAYS = (401, 403, 422, 500, 503)
"""What any operation may answer beside its own: it takes a person with a role, and parts that work."""

WITH_BODY = (400, 415)

Operation = TypeVar("Operation", bound=Callable[..., Any])

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="The caller's own name of this start (a UUID): with the same one nothing starts twice.",
        pattern=r"^[!-~]{8,200}$",
        max_length=200,
    ),
]
"""A start that is sent twice, because nobody knows whether it arrived, starts once."""

_DESK, _CALLER, _OUTBOX = "desk", "caller", "outbox"

MakeOutbox = Callable[[World], Outbox]
"""Gives what notifications are sent with, of a world: few requests need it."""


class Answers(Struct, frozen=True):
    """What an operation answers: the model of a good answer, its status, its headers, and its problems.

    ``headers`` are names with what they say. ``problems`` are the statuses beside ALWAYS.
    """

    model: type[BaseModel]
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[int, ...] = ()

    def documented(self, *, has_body: bool) -> dict[int, Any]:
        """Return the answers as Powertools documents them."""
        good: dict[str, Any] = {"description": "Done.", "content": {JSON: {"model": self.model}}}
        if self.headers:
            good["headers"] = {
                name: {"description": says, "schema": {"type": "string"}}
                for name, says in self.headers.items()
            }
        statuses = sorted({*ALWAYS, *self.problems, *(WITH_BODY if has_body else ())})
        problem = {"content": {MEDIA_TYPE: {"model": ProblemModel}}}
        return {self.status: good} | {one: {"description": TITLES[one], **problem} for one in statuses}


def taking(parameters: Mapping[str, tuple[Any, Any]]) -> Callable[[Operation], Operation]:
    """Give an operation these parameters, each a type and a default; they arrive by name.

    A listing has more of them than a function should have, and of a model of them the document would only
    tell the types.
    """

    def given(function: Operation) -> Operation:
        known = inspect.signature(function, eval_str=True)
        own = [one for one in known.parameters.values() if one.kind is not inspect.Parameter.VAR_KEYWORD]
        more = [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)
            for name, (kind, default) in parameters.items()
        ]
        vars(function)["__signature__"] = known.replace(parameters=[*own, *more])
        return function

    return given


class Resource:
    """The operations on one kind of thing; ``router`` holds them for the resolver."""

    def __init__(self, tag: str) -> None:
        self.router = Router()  # type: ignore[no-untyped-call]
        self._tag = tag

    def operation(
        self, called: str, summary: str, answers: Answers, *, has_body: bool = False
    ) -> Callable[[Operation], Operation]:
        """Declare an operation; ``called`` is its key in the table of roles: ``GET /connections/{name}``.

        The function's docstring is the operation's description. Raises KeyError where the table lacks it.
        """
        method, _, path = called.partition(" ")
        role = LOWEST[called]
        if "{" in path:
            answers = replace(answers, problems=(*answers.problems, 404))

        def declared(function: Operation) -> Operation:
            self.router.route(
                re.sub(r"\{(\w+)\}", r"<\1>", path),
                method,
                summary=summary,
                description=" ".join((function.__doc__ or "").split()),
                responses=answers.documented(has_body=has_body),
                tags=[self._tag],
                operation_id=function.__name__,
                openapi_extensions={"x-sluice-role": role.value},
            )(function)
            return function

        return declared

    def require_connection(self, name: str) -> None:
        """Raise Problem (404) unless there is a connection of this name."""
        if self.world.connections.find(name) is None:
            raise not_found("connection", name)

    @property
    def desk(self) -> ConnectionDesk:
        """Where connections are changed, of the deployment that was asked."""
        found: ConnectionDesk = self.router.context[_DESK]
        return found

    @property
    def world(self) -> World:
        """What the use cases work on."""
        return self.desk.world

    @property
    def outbox(self) -> Outbox:
        """What notifications are sent with."""
        make: MakeOutbox = self.router.context[_OUTBOX]
        return make(self.world)

    @property
    def caller(self) -> Caller:
        """Who asks."""
        found: Caller = self.router.context[_CALLER]
        return found


def request_context(desk: ConnectionDesk, caller: Caller, outbox: MakeOutbox) -> dict[str, Any]:
    """Return what a resolver keeps for the operations while one request is answered."""
    return {_DESK: desk, _CALLER: caller, _OUTBOX: outbox}


def caller_in(context: Mapping[str, Any]) -> Caller:
    """Return who asks, out of a resolver's context."""
    found: Caller = context[_CALLER]
    return found


def answer(model: BaseModel, status: int = 200, **headers: str) -> Response[str]:
    """Return a good answer; of ``headers`` the names are written with ``_`` for ``-``."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Response(status, JSON, model.model_dump_json(), headers=dict(named))
