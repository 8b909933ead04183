"""Handler of the EventBridge rule on executions that FAILED, TIMED_OUT or were ABORTED."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.powers import powered, world
from sluice.usecases.operating.report_ended_run import EndedRun, report_ended_run
from sluice.usecases.world import iso


@powered
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001
    """Tell of the ended execution unless it told itself; see report_ended_run."""
    detail = event["detail"]
    given = json.loads(detail.get("input") or "{}")
    started = datetime.fromtimestamp(int(detail.get("startDate") or 0) / 1000, UTC)
    ended = EndedRun(
        run=detail["name"],
        connection=str(given.get("connection", "unknown")),
        status=detail["status"],
        started_at=iso(started),
        error=detail.get("error") or "",
        cause=detail.get("cause") or "",
    )
    return {"told": report_ended_run(world(), ended)}
