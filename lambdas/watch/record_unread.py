"""Handler of the state RecordUnread."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.powers import powered, world
from sluice.usecases.failures import read_failure
from sluice.usecases.watch.unread import RecordUnread, record_unread


@powered
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001
    """Write down why a description could not be read; see record_unread."""
    wanted = RecordUnread(
        connector=event["connector"],
        place=event["place"],
        failure=read_failure(event.get("failure")),
    )
    return record_unread(world(), wanted)
