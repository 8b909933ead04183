"""Schedules, before a connection has them."""

from __future__ import annotations

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import BaseModel, Field

from lambdas.api.problems import Problem
from lambdas.api.routing import Answers, Resource, answer
from sluice.model.schedules.expression import schedule_fault
from sluice.model.schedules.times import next_times
from sluice.usecases.world import iso

SHOWN = 5

resource = Resource("schedules")

Expression = Annotated[
    str,
    Query(
        min_length=1,
        max_length=200,
        description="An EventBridge Scheduler expression, in UTC: `rate(1 hour)` or `cron(0 5 * * ? *)`.",
        examples=["cron(0 5 * * ? *)"],
    ),
]


class SchedulePreviewModel(BaseModel):
    """When a schedule would start runs next."""

    expression: str
    next: list[str] = Field(
        description="Up to five times, ISO 8601 UTC. Those of a rate are counted from now.",
        examples=[["2026-11-22T05:00:00Z"]],
    )


@resource.operation(
    "GET /schedules/preview", "The next times of a schedule expression", Answers(SchedulePreviewModel)
)
def preview_schedule(expression: Expression) -> Response[str]:
    """Return the next five times of an expression; nothing is stored."""
    fault = schedule_fault(expression)
    if fault is not None:
        raise Problem(422, "invalid", "the expression is no schedule", faults=[fault])
    times = next_times(expression, resource.world.clock.now(), SHOWN)
    return answer(SchedulePreviewModel(expression=expression, next=[iso(time) for time in times]))
