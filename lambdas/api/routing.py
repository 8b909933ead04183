"""How a resource declares its operations: each with a role, a summary, its answer and its problems.

What is declared here is what the OpenAPI document says, so that neither can be without the other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from pydantic import BaseModel

from lambdas.api.caller import Caller
from lambdas.api.problems import MEDIA_TYPE, TITLES, ProblemModel
from lambdas.api.roles import LOWEST
from sluice.usecases.connections import ConnectionDesk
from sluice.usecases.world import World

JSON = "application/json"

ALWAYS = (401, 403, 422, 500, 503)
"""What any operation may answer beside its own: it takes a person with a role, and parts that work."""

WITH_BODY = (400, 415)

Operation = TypeVar("Operation", bound=Callable[..., Any])

_DESK, _CALLER = "desk", "caller"


@dataclass(frozen=True, slots=True)
class Answers:
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
    def caller(self) -> Caller:
        """Who asks."""
        found: Caller = self.router.context[_CALLER]
        return found


def request_context(desk: ConnectionDesk, caller: Caller) -> dict[str, Any]:
    """Return what a resolver keeps for the operations while one request is answered."""
    return {_DESK: desk, _CALLER: caller}


def caller_in(context: Mapping[str, Any]) -> Caller:
    """Return who asks, out of a resolver's context."""
    found: Caller = context[_CALLER]
    return found


def answer(model: BaseModel, status: int = 200, **headers: str) -> Response[str]:
    """Return a good answer; of ``headers`` the names are written with ``_`` for ``-``."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Response(status, JSON, model.model_dump_json(), headers=dict(named))
