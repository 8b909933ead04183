"""The overview: every connection's health, and what needs a person first."""

from __future__ import annotations

from dataclasses import asdict

from aws_lambda_powertools.event_handler import Response
from pydantic import BaseModel, Field

from lambdas.api.routing import Answers, Resource, answer
from lambdas.api.run_models import RunSummary
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


class HealthModel(BaseModel):
    """How a connection is."""

    connection: str
    connector: str
    paused: bool
    last_run: RunSummary | None
    next_run: str | None = Field(description="Null where none is foretold.")
    streams: list[StreamHealthModel]
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
    return MatterModel(**{**asdict(one), "need": one.need.name.lower(), "target": f"/{one.target}"})


def _health(one: Health) -> HealthModel:
    last = one.last_run.to_json() if one.last_run else None
    return HealthModel(
        connection=one.connection,
        connector=one.connector,
        paused=one.paused,
        last_run=RunSummary(**{name: last[name] for name in RunSummary.model_fields}) if last else None,
        next_run=one.next_run,
        streams=[StreamHealthModel(**asdict(stream)) for stream in one.streams],
        changes=one.changes,
        quarantined=list(one.quarantined),
        needs=len(one.matters),
    )
