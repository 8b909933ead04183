"""Authorisations: a person lets Sluice into an ERP with the browser that the console runs in."""

from __future__ import annotations

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from lambdas.api.connection_models import ConnectionName
from lambdas.api.routing import Answers, Resource, answer
from sluice.usecases.access.browser_way import begin_authorisation, complete_authorisation

resource = Resource("connections")

_SAID = Annotated[str, Field(max_length=2000)]


class NewAuthorization(BaseModel):
    """Where the vendor's page is to send the browser back to."""

    model_config = ConfigDict(extra="forbid")

    redirect_uri: str = Field(
        max_length=500,
        description="The console's origin with the path `/authorized`, as it is registered with the vendor.",
        examples=["http://localhost:4173/authorized"],
    )


class AuthorizationModel(BaseModel):
    """An authorisation that was begun."""

    address: str = Field(description="The vendor's page that the person opens.")
    until: str = Field(description="Until when it can be completed, ISO 8601 UTC.")


class CameBack(BaseModel):
    """What stood in the address that the browser came back to."""

    model_config = ConfigDict(extra="forbid")

    state: Annotated[str, Field(min_length=1, max_length=200)]
    code: Annotated[SecretStr, Field(max_length=10_000)] | None = None
    error: _SAID | None = Field(default=None, description="In place of a code: why the vendor let us not in.")
    error_description: _SAID | None = None

    def said(self) -> dict[str, str]:
        """Return what stood there by name."""
        code = self.code.get_secret_value() if self.code else None
        found = {
            "state": self.state,
            "code": code,
            "error": self.error,
            "error_description": self.error_description,
        }
        return {name: text for name, text in found.items() if text is not None}


class AuthorizedModel(BaseModel):
    """The connection that can be read now."""

    connection: str


@resource.operation(
    "POST /connections/{name}/authorizations",
    "Begin to authorise a connection in a browser",
    Answers(AuthorizationModel, 201, problems=(404,)),
    has_body=True,
)
def begin(name: ConnectionName, wanted: NewAuthorization) -> Response[str]:
    """Return the vendor's page to go to. Only the caller can complete it, and only once."""
    resource.require_connection(name)
    begun = begin_authorisation(resource.world, name, wanted.redirect_uri)
    return answer(AuthorizationModel(address=begun.address, until=begun.until), 201)


@resource.operation(
    "POST /connections/{name}/authorizations/complete",
    "Complete an authorisation",
    Answers(AuthorizedModel, problems=(404, 409, 502)),
    has_body=True,
)
def complete(name: ConnectionName, came_back: CameBack) -> Response[str]:
    """Give the code for tokens and store them in place of what was there, also for runs under way."""
    resource.require_connection(name)
    complete_authorisation(resource.world, name, came_back.said())
    return answer(AuthorizedModel(connection=name))
