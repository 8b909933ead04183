"""Runs: what ran, the path it took, and starting, stopping and redriving them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from lambdas.api.audit import NoteModel
from lambdas.api.connection_models import NAME, ConnectionName
from lambdas.api.paging import USUAL, Cursor, Limit, after_of, next_of
from lambdas.api.problems import Problem, not_found
from lambdas.api.routing import Answers, IdempotencyKey, Resource, answer, taking
from lambdas.api.run_models import (
    BackfillWanted,
    DefinitionModel,
    RunModel,
    RunPage,
    RunSummary,
    StartedModel,
    Status,
    StopRun,
)
from sluice.errors import ConfigurationInvalid
from sluice.usecases.backfill.start import find_backfill, resume_backfill, start_backfill
from sluice.usecases.operating.auditing import done_to_run
from sluice.usecases.operating.ending import NotRunning, NotToBeRedriven, redrive_run, stop_run
from sluice.usecases.operating.periods import DAY_OR_TIME
from sluice.usecases.operating.run_path import definition_of_run, describe_run
from sluice.usecases.operating.runs import execution_of, run_filter, start_run

resource = Resource("runs")

RunId = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$", description="The run's id.")]
BackfillId = Annotated[
    str,
    Path(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$",
        description="The backfill's id, or that of any run of it.",
    ),
]
# Documented only: run_filter says in words what would be right.
_DAY_OR_TIME = {"pattern": DAY_OR_TIME}
_FILTERS: dict[str, Any] = {
    "connection": Annotated[str | None, Query(pattern=NAME, description="Of this connection only.")],
    "status": Annotated[Status | None, Query(description="With this status only.")],
    "trigger": Annotated[
        Literal["schedule", "manual", "continued", "replay", "backfill"] | None,
        Query(description="Started by this only."),
    ],
    "since": Annotated[
        str | None,
        Query(json_schema_extra=_DAY_OR_TIME, description="Started then (a day or a time, UTC) or later."),
    ],
    "until": Annotated[
        str | None, Query(json_schema_extra=_DAY_OR_TIME, description="Started then or earlier.")
    ],
    "text": Annotated[
        str | None,
        Query(min_length=1, max_length=200, description="With this in error or cause, in any case."),
    ],
}
"""What runs are listed by."""


_STARTED = Answers(StartedModel, 202, headers={"Location": "Where the run is."}, problems=(404,))
_ENDED = Answers(RunSummary, problems=(404, 409))


@resource.operation("GET /runs", "List runs", Answers(RunPage, problems=(400,)))
@taking({name: (kind, None) for name, kind in _FILTERS.items()})
def list_runs(limit: Limit = USUAL, cursor: Cursor = None, **filters: str | None) -> Response[str]:
    """Return a page of runs, of one connection or of all, the newest first."""
    wanted = run_filter(**{name: found or "" for name, found in filters.items()})
    scope = f"runs {wanted}"
    page = resource.world.runs.page(wanted, after=after_of(cursor, scope) or None, limit=limit)
    items = [RunSummary.of(run) for run in page.items]
    return answer(RunPage(items=items, next=next_of(page.after, scope)))


@resource.operation("GET /runs/{run}", "Show a run", Answers(RunModel, problems=(404,)))
def show_run(run: RunId) -> Response[str]:
    """Return a run with its streams, its errors in words, the states it went through, and its times."""
    try:
        found = describe_run(resource.world, run)
    except ConfigurationInvalid as unknown:
        raise not_found("run", run) from unknown
    return answer(RunModel.of(run, found, NoteModel.of(done_to_run(resource.world, run))))


@resource.operation(
    "GET /runs/{run}/definition", "The state machine of a run", Answers(DefinitionModel, problems=(404,))
)
def show_definition(run: RunId) -> Response[str]:
    """Return the definition by which the run was executed, as it was then."""
    try:
        return answer(DefinitionModel(definition=definition_of_run(resource.world, run)))
    except ConfigurationInvalid as unknown:
        raise not_found("run", run) from unknown


@resource.operation("POST /connections/{name}/runs", "Run a connection now", _STARTED)
def start(name: ConnectionName, key: IdempotencyKey = None) -> Response[str]:
    """Start a run. One that finds another under way, or its connection paused, ends at once."""
    resource.require_connection(name)
    run = start_run(resource.world, name, key)
    return answer(StartedModel(run=run), 202, Location=f"/runs/{run}")


@resource.operation("POST /connections/{name}/backfills", "Read a long history", _STARTED, has_body=True)
def start_history(name: ConnectionName, wanted: BackfillWanted) -> Response[str]:
    """Read a stream's history in windows, four at once. Meanwhile the connection's runs leave it out."""
    resource.require_connection(name)
    run = start_backfill(resource.world, {"connection": name, **wanted.model_dump(mode="json")})
    return answer(StartedModel(run=run), 202, Location=f"/runs/{run}")


@resource.operation("POST /backfills/{backfill}/resume", "Read what a backfill has left", _STARTED)
def resume_history(backfill: BackfillId) -> Response[str]:
    """Start a run that reads the windows that are left; those that are done are not read again."""
    try:
        known = find_backfill(resource.world, backfill)
    except ConfigurationInvalid as unknown:
        raise not_found("backfill", backfill) from unknown
    run = resume_backfill(resource.world, known.sweep)
    return answer(StartedModel(run=run), 202, Location=f"/runs/{run}")


@resource.operation("POST /runs/{run}/stop", "Stop a run", _ENDED, has_body=True)
def stop(run: RunId, wanted: StopRun) -> Response[str]:
    """End the run now, wherever it is; what it has handed over stays, and its connection is free."""
    _must_exist(run)
    try:
        return answer(RunSummary.of(stop_run(resource.world, run, wanted.reason)))
    except NotRunning as ended:
        raise Problem(409, "not_running", str(ended)) from ended


@resource.operation("POST /runs/{run}/redrive", "Let a run go on that was cut off", _ENDED)
def redrive(run: RunId) -> Response[str]:
    """Let the run go on from the step that did not succeed. Where that cannot be, a new run reads on."""
    _must_exist(run)
    try:
        return answer(RunSummary.of(redrive_run(resource.world, run)))
    except NotToBeRedriven as refused:
        detail = f"{refused}; right would be a new run, which reads on from the cursors"
        raise Problem(409, "not_to_be_redriven", detail) from refused


def _must_exist(run: str) -> None:
    world = resource.world
    if world.runs.get(run) is None and execution_of(world, run) is None:
        raise not_found("run", run)
