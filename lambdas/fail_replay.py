"""Handler of the state FailReplay."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.powers import powered_step, world_of
from sluice.usecases.failures import Failure, read_failure
from sluice.usecases.replay.fail_replay import FailReplay, fail_replay
from sluice.usecases.replay.plan import Replay


@powered_step
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001
    """Deal with what stopped a replay; ``state`` is the whole state of the execution."""
    state = event["state"]
    wanted = FailReplay(
        replay=Replay(event["run"], str(state.get("connection")), str(state.get("stream"))),
        started_at=event["started_at"],
        failure=_failure(state),
        # Of the change that holds the stream meanwhile people were told, too.
        judged="judged" in state or _held_meanwhile(state),
    )
    return fail_replay(world_of(wanted.replay.connection), wanted)


def _failure(state: dict[str, Any]) -> Failure:
    planned = state.get("planned", {})
    if "failure" in state:
        return read_failure(state["failure"])
    if _held_meanwhile(state):
        return Failure("ApiChanged", str(planned["note"]))
    return Failure("OutcomeUnknown", f"PlanReplay answered with the outcome {planned.get('outcome')!r}")


def _held_meanwhile(state: dict[str, Any]) -> bool:
    return "failure" not in state and state.get("planned", {}).get("outcome") == "held"
