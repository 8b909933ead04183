"""Runs as the API gives them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from lambdas.api.audit import NoteModel, Reason
from lambdas.api.connection_models import STREAM
from lambdas.api.paging import Next
from sluice.registry.runs import Run

Status = Literal["running", "succeeded", "continued", "held", "failed", "stopped", "lost"]


class RunSummary(BaseModel):
    """A run in a listing."""

    id: str
    connection: str
    connector: str
    trigger: str = Field(description="What started it: schedule, manual, continued, replay, backfill.")
    status: str
    started_at: str
    ended_at: str | None
    error: str | None = Field(description="The stable name of what went wrong.")
    cause: str | None = Field(description="What went wrong, in words.")
    counts: dict[str, int]
    continues: str | None = Field(description="The run that it goes on with, whose history was full.")
    continued_as: str | None = Field(description="The run that goes on with it.")

    @classmethod
    def of(cls, run: Run) -> RunSummary:
        """Return a run as it is listed."""
        return cls(**{name: getattr(run, name) for name in cls.model_fields})


class RunPage(BaseModel):
    """A page of runs, the newest first. With a filter it may be short and still go on."""

    items: list[RunSummary]
    next: Next


class AdviceModel(BaseModel):
    """An error in words: the runbook's entry on its name."""

    meaning: str = Field(description="What the error's name means.")
    what_to_do: str = Field(description="What a person should do about it.")
    runbook: str = Field(
        description="Where more of it stands in the repository.", examples=["docs/runbook.md#erpunavailable"]
    )


class RunStreamModel(BaseModel):
    """What a stream of the run came to."""

    stream: str
    outcome: str = Field(description="reading, waiting, synced, continued, held, failed, or replayed.")
    counts: dict[str, int]
    records_fetched: int
    error: str | None
    cause: str | None
    note: str
    advice: AdviceModel | None = Field(description="What to do about the error; null where there is none.")


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
    came_from: dict[str, int] = Field(
        description="How often it was entered from which state; from the Map, where it is the first inside."
    )


class SpanModel(BaseModel):
    """What a stream was for a time."""

    outcome: str
    since: str
    until: str | None = Field(description="Null for what it is at last.")


class CostLineModel(BaseModel):
    """One thing that is paid for."""

    what: str
    quantity: str
    dollars: str
    source: str = Field(description="Where the price was read.")


class CostModel(BaseModel):
    """What the run costs on AWS, estimated from its history. Amounts are decimal texts in US dollars."""

    dollars: str
    region: str = Field(description="Whose list prices.")
    read: str = Field(description="The day the prices were read.")
    lines: list[CostLineModel]
    notes: list[str] = Field(description="What is counted too high, and what is not counted.")


class RunCostModel(BaseModel):
    """What one run or replay cost."""

    run: str
    trigger: str
    status: str
    started_at: str
    dollars: str = Field(description="Decimal text.")


class SpendingModel(BaseModel):
    """What a connection's runs cost on AWS, estimated from what each used. Amounts are decimal texts."""

    runs: list[RunCostModel] = Field(description="The newest runs, the newest first.")
    replays: list[RunCostModel] = Field(description="The newest replays.")
    backfills: list[RunCostModel] = Field(description="The newest backfills.")
    looked_at: int = Field(description="Of how many of the newest runs mean, least and most are.")
    mean: str | None = Field(description="Of a run; null where no run is kept yet.")
    least: str | None
    most: str | None
    starts: int | None = Field(description="How many runs its schedule starts in 30 days; null without one.")
    a_month: str | None = Field(description="Those runs at the mean; null where either is not known.")
    region: str = Field(description="Whose list prices.")
    read: str = Field(description="The day the prices were read.")
    basis: list[str] = Field(description="Where the figures come from, in words.")


class WaitingModel(BaseModel):
    """What waits to be handed over again."""

    records: int
    chunks: int
    counted: bool = Field(description="False where only a part was counted, and the rest taken like it.")


class ChangeSpendingModel(BaseModel):
    """What an API change has cost and will: estimates. Each run cost what it did for other streams, too."""

    runs: list[RunCostModel] = Field(description="Those that met it first and last.")
    replays: list[RunCostModel] = Field(description="Those that handed over what it held.")
    waiting: WaitingModel
    replay: CostModel | None = Field(description="Of handing over what waits; null where nothing does.")
    basis: list[str] = Field(description="Where the estimate comes from, in words.")


class TimelineModel(BaseModel):
    """A stream's way through the run."""

    stream: str
    spans: list[SpanModel]


class ProgressModel(BaseModel):
    """How far a backfill is: it reads a long history in windows, each of some days."""

    backfill: str = Field(description="Its id: that of its first run.")
    windows: int = Field(description="All that it has.")
    done: int
    failed: int = Field(description="Windows that the next run that resumes it reads.")
    reading: int
    records: int = Field(description="Read by this run.")
    per_second: float = Field(description="Records a second since the run began.")
    seconds_left: int | None = Field(description="As it goes on now; null where that is not known.")
    can_be_resumed: bool = Field(description="Whether another run may read what is left.")


class RunModel(BaseModel):
    """A run with its streams, the states it went through, and what can be done about it."""

    id: str
    connection: str | None
    connector: str | None
    trigger: str | None
    status: str | None = Field(description="Null before its first step.")
    started_at: str | None
    ended_at: str | None
    continues: str | None = Field(description="The run that it goes on with, whose history was full.")
    continued_as: str | None = Field(description="The run that goes on with it.")
    execution_status: str | None = Field(description="What Step Functions says; null once it has forgotten.")
    execution_arn: str | None = Field(description="What Step Functions knows it by, for links to there.")
    error: str | None
    cause: str | None
    advice: AdviceModel | None = Field(description="What to do about the error; null where there is none.")
    counts: dict[str, int]
    streams: list[RunStreamModel]
    states: list[StateModel] = Field(description="The path taken; empty once Step Functions has forgotten.")
    timeline: list[TimelineModel]
    progress: ProgressModel | None = Field(description="Of a backfill; null for every other run.")
    cost: CostModel | None = Field(description="Null where neither history nor usage is kept.")
    audit: list[NoteModel] = Field(description="Who did what to it, the newest first.")
    can_be_stopped: bool
    can_be_redriven: bool = Field(
        description="Whether it was cut off, and no later run has read since; AWS may still refuse."
    )

    @classmethod
    def of(cls, run: str, found: dict[str, Any], audit: list[NoteModel]) -> RunModel:
        """Return the model of a run as describe_run gives it."""
        absent = {"connection", "connector", "trigger", "status", "started_at", "ended_at"}
        absent |= {"execution_status", "error", "cause", "continues", "continued_as"}
        known = {name: found.get(name) for name in absent}
        return cls(**{"counts": {}, **found, **known, "id": run, "audit": audit})


class DefinitionModel(BaseModel):
    """The state machine that the run is of."""

    definition: dict[str, Any] = Field(description="In the Amazon States Language.")


class StartedModel(BaseModel):
    """A run that was started."""

    run: str


Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$", examples=["2026-01-31"])]


class BackfillWanted(BaseModel):
    """Which history is read. Without days: all that the stream has, and what is gone is deleted."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"stream": "invoice", "since": "2019-01-01"}]}
    )

    stream: Annotated[str, Field(pattern=STREAM)]
    since: Day | None = Field(default=None, description="From this day on; null: from its beginning.")
    until: Day | None = Field(default=None, description="To before this day; null: to its end.")
    days: int | None = Field(default=None, ge=1, description="Days of a window; null: as the stream says.")
    keys: Annotated[list[int], Field(min_length=2, max_length=2)] | None = Field(
        default=None,
        description="Of a stream without dates: between these two, ranges of its keys begin.",
        examples=[[0, 5_000_000]],
    )
    size: int | None = Field(default=None, ge=1, description="How many keys a range has.")


class StopRun(BaseModel):
    """Why a run is stopped."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason = ""
