"""The overview: every connection's health, and what needs a person first."""

from __future__ import annotations

from aws_lambda_powertools.event_handler import Response
from pydantic import BaseModel, Field

from lambdas.api.routing import Answers, Resource, answer
from lambdas.api.run_models import RunSummary
from sluice.usecases.access.expiry import Expiry
from sluice.usecases.operating.overview import Health, Matter, overview

resource = Resource("overview")


class MatterModel(BaseModel):
    """Something that needs a person. Vendors' words are in it."""

    need: str = Field(examples=["stream_held"])
    reason: str
    target: str = Field(description="What to look at, as a path of this API.", examples=["/changes/3f9a"])
    connection: str = Field(description="Empty where it concerns no one connection.")
    stream: str | None


class StreamHealthModel(BaseModel):
    """How far a stream is."""

    stream: str
    committed_at: str | None
    lag: int | None = Field(description="Seconds since it was handed over last; null for never.")
    held: str | None = Field(description="The change that holds it.")


class CredentialsModel(BaseModel):
    """When the credentials of a connection end."""

    expires_at: str
    basis: str = Field(description="Why that is known, with its source.")


class HealthModel(BaseModel):
    """How a connection is."""

    connection: str
    connector: str
    paused: bool
    last_run: RunSummary | None
    next_run: str | None = Field(description="Null where none is foretold.")
    streams: list[StreamHealthModel]
    credentials: CredentialsModel | None = Field(description="Null where it is not known when they end.")
    changes: int = Field(description="Open API changes.")
    quarantined: list[str] = Field(description="Streams with records set aside.")
    needs: int = Field(description="How many of the matters are this connection's.")


class OverviewModel(BaseModel):
    """How everything is."""

    at: str
    first: list[MatterModel] = Field(description="What needs a person, the most urgent first.")
    connections: list[HealthModel]
    dead_letters: dict[str, int] = Field(description="How many there are, by queue.")


@resource.operation("GET /overview", "How everything is", Answers(OverviewModel))
def show_overview() -> Response[str]:
    """Return every connection's health, and what needs a person first."""
    found = overview(resource.world)
    model = OverviewModel(
        at=found.at,
        first=[_matter(one) for one in found.first],
        connections=[_health(one) for one in found.connections],
        dead_letters=found.dead_letters,
    )
    return answer(model)


def _matter(one: Matter) -> MatterModel:
    return MatterModel(
        need=one.need.name.lower(),
        reason=one.reason,
        target=f"/{one.target}",
        connection=one.connection,
        stream=one.stream,
    )


def _health(one: Health) -> HealthModel:
    return HealthModel(
        connection=one.connection,
        connector=one.connector,
        paused=one.paused,
        last_run=RunSummary.of(one.last_run) if one.last_run else None,
        next_run=one.next_run,
        streams=[StreamHealthModel.model_validate(stream, from_attributes=True) for stream in one.streams],
        credentials=_credentials(one.credentials),
        changes=one.changes,
        quarantined=list(one.quarantined),
        needs=len(one.matters),
    )


def _credentials(ends: Expiry | None) -> CredentialsModel | None:
    return CredentialsModel(expires_at=ends.expires_at, basis=ends.basis) if ends else None
