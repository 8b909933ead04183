"""Every error as a problem (RFC 9457): the one place that turns what was raised into an answer.

A problem says what was wrong and what would be right. What nobody foresaw says nothing of the inside: it has
a reference, which the log has too.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.exceptions import (
    RequestUnsupportedContentType,
    RequestValidationError,
)
from pydantic import BaseModel, Field

from lambdas.powers import logger
from sluice.bootstrap.worlds import OUTSIDE_FAILURES
from sluice.errors import ConfigurationInvalid, ErpUnavailable, SluiceError
from sluice.faults import Fault, pointer_of
from sluice.ports.table import Conflict
from sluice.registry.leases import LeaseTaken
from sluice.usecases.access.authorising import AuthorisationFailed

MEDIA_TYPE = "application/problem+json"

TITLES = {
    400: "The request cannot be read",
    401: "Nobody is signed in",
    403: "Not allowed",
    404: "Not found",
    405: "There is no such method here",
    409: "It conflicts with what there is",
    412: "It has changed meanwhile",
    413: "The request is too large",
    415: "The request's content type is not supported",
    422: "The request is wrong",
    428: "If-Match is missing",
    500: "Something went wrong",
    502: "The ERP did not answer",
    503: "A part of Sluice did not answer",
}
"""What each status means here."""

CONFLICTS = frozenset(
    {"connection_exists", "subscription_exists", "holds_already", "nothing_before", "never_delivered"}
)
"""Codes of faults that are no fault of the request alone: another state of things would let it pass."""


class FaultModel(BaseModel):
    """One thing wrong with a request."""

    pointer: str = Field(
        description="A JSON pointer (RFC 6901) into the request's body, or a parameter's name."
    )
    code: str = Field(description="Stable: programs may rely on it.")
    detail: str = Field(description="What came, and what would be right.")


class ProblemModel(BaseModel):
    """An error (RFC 9457)."""

    type: str = Field(
        description="A stable name of the kind of error.", examples=["urn:sluice:problem:not_found"]
    )
    title: str
    status: int
    detail: str = Field(description="What was wrong, and what would be right.")
    errors: list[FaultModel] | None = Field(default=None, description="All that is wrong with the request.")
    reference: str | None = Field(
        default=None, description="What to name when asking about an error of ours."
    )


class Problem(Exception):
    """An error with the status that it is answered by; ``code`` is stable, ``headers`` go with the answer."""

    def __init__(
        self, status: int, code: str, detail: str, *, faults: Iterable[Fault] = (), headers: Any = None
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.faults = tuple(faults)
        self.headers: Mapping[str, str] = headers or {}


def not_found(what: str, name: str) -> Problem:
    """Return the problem of a thing that the path names and that does not exist."""
    return Problem(404, "not_found", f"there is no {what} {name!r}")


def not_json() -> Problem:
    """Return the problem of a body that cannot be read."""
    return Problem(400, "not_json", "the body is no JSON in UTF-8 that can be read")


def answer_of(error: Exception) -> Response[str]:
    """Return the answer to an error, whatever it is; what nobody foresaw is logged with its reference."""
    if isinstance(error, Problem):
        return answered(error)
    foreseen = _foreseen(error)
    if foreseen is not None:
        return answered(foreseen)
    reference = uuid.uuid4().hex[:12]
    logger.exception("request_failed", exc_info=error, extra={"reference": reference})
    outside = isinstance(error, OUTSIDE_FAILURES)
    status, code = (503, "unavailable") if outside else (500, "internal_error")
    detail = "nothing is known to be wrong with the request; the reference leads to what happened in the log"
    return answered(Problem(status, code, detail), reference)


def answered(problem: Problem, reference: str | None = None) -> Response[str]:
    """Return a problem as an answer."""
    body: dict[str, Any] = {
        "type": f"urn:sluice:problem:{problem.code}",
        "title": TITLES[problem.status],
        "status": problem.status,
        "detail": problem.detail,
    }
    if problem.faults:
        body["errors"] = told(problem.faults)
    if reference:
        body["reference"] = reference
    return Response(problem.status, MEDIA_TYPE, json.dumps(body), headers=dict(problem.headers))


def told(faults: Iterable[Fault]) -> list[dict[str, str]]:
    """Return faults as problems list them."""
    return [{"pointer": one.pointer, "code": one.code, "detail": one.message} for one in faults]


def _foreseen(error: Exception) -> Problem | None:
    """Return the problem that one of the errors is that requests are known to lead to."""
    for kind, problem in _FORESEEN:
        if isinstance(error, kind):
            return problem(error)
    return None


def _of_configuration(invalid: ConfigurationInvalid) -> Problem:
    conflict = any(fault.code in CONFLICTS for fault in invalid.faults)
    status, code = (409, "conflict") if conflict else (422, "invalid")
    return Problem(status, code, str(invalid).partition("\n")[0], faults=invalid.faults)


def _not_valid(error: RequestValidationError) -> Problem:
    found = error.errors()
    if any(one["type"] == "json_invalid" for one in found):
        return not_json()
    faults = [Fault(str(one["type"]), _place(one["loc"]), str(one["msg"])) for one in found]
    return Problem(422, "invalid", "the request is not as the OpenAPI document says", faults=faults)


def _place(where: Iterable[str | int]) -> str:
    """Return the place of a fault: a pointer into the body, or the name of a parameter."""
    # What is wrong with a key of an object lies, for pydantic, below the key.
    kind, *rest = (part for part in where if part != "[key]")
    return pointer_of(*rest) if kind == "body" else " ".join(map(str, rest))


_FORESEEN: tuple[tuple[type[Exception], Callable[[Any], Problem]], ...] = (
    (RequestValidationError, _not_valid),
    (
        RequestUnsupportedContentType,
        lambda _: Problem(415, "unsupported_media_type", "right would be: Content-Type: application/json"),
    ),
    (ConfigurationInvalid, _of_configuration),
    (Conflict, lambda _: Problem(412, "changed_meanwhile", "somebody else has changed it: read it again")),
    (LeaseTaken, lambda error: Problem(409, "run_under_way", f"the run {error} is under way")),
    (AuthorisationFailed, lambda error: Problem(409, "authorisation_failed", str(error))),
    (ErpUnavailable, lambda error: Problem(502, "erp_unavailable", str(error))),
    (SluiceError, lambda error: Problem(409, "not_possible_now", str(error))),
)
"""What errors come to, the first that fits."""
