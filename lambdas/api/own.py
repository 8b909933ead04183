"""What concerns the caller alone: who they are, and what this API can do."""

from __future__ import annotations

from aws_lambda_powertools.event_handler import Response
from pydantic import BaseModel, Field, JsonValue, RootModel

from lambdas.api.document import OPENAPI
from lambdas.api.roles import LOWEST, Role
from lambdas.api.routing import JSON, Answers, Resource, answer

resource = Resource("own")


class MeModel(BaseModel):
    """Who is signed in."""

    name: str = Field(examples=["admin"])
    role: Role | None = Field(description="The highest of the caller's groups.")
    groups: list[str]
    operations: list[str] = Field(description="What the caller may call.", examples=[["GET /connections"]])


class OpenApiModel(RootModel[dict[str, JsonValue]]):
    """An OpenAPI 3.1 document."""


@resource.operation("GET /me", "Who is signed in, and what they may do", Answers(MeModel))
def read_me() -> Response[str]:
    """Return the caller's name, groups and the operations that these allow."""
    caller = resource.caller
    allowed = [called for called, lowest in LOWEST.items() if caller.role and caller.role.may(lowest)]
    found = MeModel(name=caller.name, role=caller.role, groups=list(caller.groups), operations=allowed)
    return answer(found)


@resource.operation("GET /openapi.json", "This API as an OpenAPI 3.1 document", Answers(OpenApiModel))
def read_openapi() -> Response[str]:
    """Return the OpenAPI document of this version of the API."""
    return Response(200, JSON, OPENAPI.text())
