"""Runs as the API gives them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Status = Literal["running", "succeeded", "held", "failed", "stopped", "lost"]
Reason = Annotated[str, Field(max_length=500, description="Why, for those who come after.")]


class RunSummary(BaseModel):
    """A run in a listing."""

    id: str
    connection: str
    connector: str
    trigger: str = Field(description="What started it: schedule, manual, replay.")
    status: str
    started_at: str
    ended_at: str | None
    error: str | None = Field(description="The stable name of what went wrong.")
    cause: str | None = Field(description="What went wrong, in words.")
    counts: dict[str, int]


class RunPage(BaseModel):
    """A page of runs, the newest first. With a filter it may be short and still go on."""

    items: list[RunSummary]
    next: str | None = Field(description="The cursor of the next page; null where this is the last.")


class RunStreamModel(BaseModel):
    """What a stream of the run came to."""

    stream: str
    outcome: str = Field(description="reading, waiting, synced, held, failed, or replayed.")
    counts: dict[str, int]
    records_fetched: int
    error: str | None
    cause: str | None
    note: str
    advice: str = Field(description="What a person should do about the error.")


class StateModel(BaseModel):
    """How the run went through one state; a state inside a Map adds up the visits of all streams."""

    state: str
    type: str
    entered_at: str | None = Field(description="When it was first entered.")
    exited_at: str | None = Field(description="When it was last left.")
    visits: int
    attempts: int = Field(description="Visits and retries.")
    waited: int = Field(description="Seconds, of Wait states.")
    outcome: Literal["running", "succeeded", "caught", "failed"]
    error: str | None
    cause: str | None


class SpanModel(BaseModel):
    """What a stream was for a time."""

    outcome: str
    since: str
    until: str | None = Field(description="Null for what it is at last.")


class TimelineModel(BaseModel):
    """A stream's way through the run."""

    stream: str
    spans: list[SpanModel]


class RunModel(BaseModel):
    """A run with its streams, the states it went through, and what can be done about it."""

    id: str
    connection: str | None
    connector: str | None
    trigger: str | None
    status: str | None = Field(description="Null before its first step.")
    started_at: str | None
    ended_at: str | None
    execution_status: str | None = Field(description="What Step Functions says; null once it has forgotten.")
    error: str | None
    cause: str | None
    advice: str = Field(description="What a person should do about the error.")
    counts: dict[str, int]
    streams: list[RunStreamModel]
    states: list[StateModel] = Field(description="The path taken; empty once Step Functions has forgotten.")
    timeline: list[TimelineModel]
    can_be_stopped: bool
    can_be_redriven: bool = Field(
        description="Whether it was cut off; AWS may still refuse (14 days, or a later run)."
    )

    @classmethod
    def of(cls, run: str, found: dict[str, Any]) -> RunModel:
        """Return the model of a run as describe_run gives it."""
        absent = {"connection", "connector", "trigger", "status", "started_at", "ended_at"}
        absent |= {"execution_status", "error", "cause"}
        known = {name: found.get(name) for name in absent}
        return cls(**{"counts": {}, **found, **known, "id": run})


class DefinitionModel(BaseModel):
    """The state machine that the run is of."""

    definition: dict[str, Any] = Field(description="In the Amazon States Language.")


class StartedModel(BaseModel):
    """A run that was started."""

    run: str


class StopRun(BaseModel):
    """Why a run is stopped."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason = ""
