"""Runs: what ran, the path it took, and starting, stopping and redriving them."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from lambdas.api.connection_models import NAME
from lambdas.api.idempotency import IdempotencyKey
from lambdas.api.paging import USUAL, Cursor, Limit, after_of, next_of
from lambdas.api.problems import Problem, not_found
from lambdas.api.routing import Answers, Resource, answer
from lambdas.api.run_models import (
    DefinitionModel,
    RunModel,
    RunPage,
    RunSummary,
    StartedModel,
    Status,
    StopRun,
)
from sluice.errors import ConfigurationInvalid
from sluice.registry.runs import Run, RunFilter
from sluice.usecases.operating.ending import NotRunning, NotToBeRedriven, redrive_run, stop_run
from sluice.usecases.operating.run_path import definition_of_run, describe_run
from sluice.usecases.operating.runs import execution_of, start_run

resource = Resource("runs")

RunId = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$", description="The run's id.")]
Name = Annotated[str, Path(pattern=NAME, description="The connection's name.", examples=["acme"])]
_DAY_OR_TIME = r"^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}Z)?$"
_FILTERS: dict[str, Any] = {
    "connection": Annotated[str | None, Query(pattern=NAME, description="Of this connection only.")],
    "status": Annotated[Status | None, Query(description="With this status only.")],
    "trigger": Annotated[
        str | None,
        Query(pattern=r"^[a-z]{1,20}$", description="Started by this only: schedule, manual, replay."),
    ],
    "since": Annotated[
        str | None, Query(pattern=_DAY_OR_TIME, description="Started then (a day or a time, UTC) or later.")
    ],
    "until": Annotated[str | None, Query(pattern=_DAY_OR_TIME, description="Started then or earlier.")],
    "text": Annotated[
        str | None,
        Query(min_length=1, max_length=200, description="With this in error or cause, in any case."),
    ],
}
"""What runs are listed by. Of a model of these the document would only tell the types."""


def _filtered(function: Callable[..., Response[str]]) -> Callable[..., Response[str]]:
    """Give an operation the filters as parameters of its own; they arrive by name."""
    known = inspect.signature(function, eval_str=True)
    own = [one for one in known.parameters.values() if one.kind is not inspect.Parameter.VAR_KEYWORD]
    more = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=kind)
        for name, kind in _FILTERS.items()
    ]
    vars(function)["__signature__"] = known.replace(parameters=[*own, *more])
    return function


_STARTED = Answers(StartedModel, 202, headers={"Location": "Where the run is."}, problems=(404,))
_ENDED = Answers(RunSummary, problems=(404, 409))


@resource.operation("GET /runs", "List runs", Answers(RunPage, problems=(400,)))
@_filtered
def list_runs(limit: Limit = USUAL, cursor: Cursor = None, **filters: str | None) -> Response[str]:
    """Return a page of runs, of one connection or of all, the newest first."""
    wanted = RunFilter(**{name: found or "" for name, found in filters.items()})
    scope = f"runs {wanted}"
    page = resource.world.runs.page(wanted, after=after_of(cursor, scope) or None, limit=limit)
    items = [_summary(run) for run in page.items]
    return answer(RunPage(items=items, next=next_of(page.after, scope)))


@resource.operation("GET /runs/{run}", "Show a run", Answers(RunModel, problems=(404,)))
def show_run(run: RunId) -> Response[str]:
    """Return a run with its streams, its errors in words, the states it went through, and its times."""
    try:
        return answer(RunModel.of(run, describe_run(resource.world, run)))
    except ConfigurationInvalid as unknown:
        raise not_found("run", run) from unknown


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
def start(name: Name, key: IdempotencyKey = None) -> Response[str]:
    """Start a run. One that finds another under way, or its connection paused, ends at once."""
    if resource.world.connections.find(name) is None:
        raise not_found("connection", name)
    run = start_run(resource.world, name, key)
    return answer(StartedModel(run=run), 202, Location=f"/runs/{run}")


@resource.operation("POST /runs/{run}/stop", "Stop a run", _ENDED, has_body=True)
def stop(run: RunId, wanted: StopRun) -> Response[str]:
    """End the run now, wherever it is; what it has handed over stays, and its connection is free."""
    _must_exist(run)
    try:
        return answer(_summary(stop_run(resource.world, run, wanted.reason)))
    except NotRunning as ended:
        raise Problem(409, "not_running", str(ended)) from ended


@resource.operation("POST /runs/{run}/redrive", "Let a run go on that was cut off", _ENDED)
def redrive(run: RunId) -> Response[str]:
    """Let the run go on from the step that did not succeed. Where that cannot be, a new run reads on."""
    _must_exist(run)
    try:
        return answer(_summary(redrive_run(resource.world, run)))
    except NotToBeRedriven as refused:
        detail = f"{refused}; right would be a new run: POST /connections/{{name}}/runs"
        raise Problem(409, "not_to_be_redriven", detail) from refused


def _must_exist(run: str) -> None:
    world = resource.world
    if world.runs.get(run) is None and execution_of(world, run) is None:
        raise not_found("run", run)


def _summary(run: Run) -> RunSummary:
    found = run.to_json()
    return RunSummary(**{name: found[name] for name in RunSummary.model_fields})
