"""Handler of the state CommitCursor."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.powers import powered_step, world_of
from sluice.usecases.commit_cursor import CommitCursor, commit_cursor


@powered_step
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001
    """Commit the stream's sweep; see commit_cursor."""
    wanted = CommitCursor(
        run=event["run"],
        connection=event["connection"],
        stream=event["stream"],
        position=event["position"],
        accepted=tuple(event.get("accepted", ())),
    )
    return commit_cursor(world_of(wanted.connection), wanted)
