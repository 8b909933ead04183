"""Handler of the state CommitReplay."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.powers import powered_step, world_of
from sluice.usecases.replay.commit_replay import commit_replay
from sluice.usecases.replay.plan import Replay


@powered_step
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001
    """Commit the replay; see commit_replay."""
    replay = Replay(event["run"], event["connection"], event["stream"])
    return commit_replay(world_of(replay.connection), replay)
