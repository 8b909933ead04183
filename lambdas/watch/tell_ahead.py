"""Handler of the state TellAhead."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.powers import powered, world
from sluice.usecases.watch.tell import TellAhead, tell_ahead


@powered
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001
    """Tell what is going to change; see tell_ahead."""
    wanted = TellAhead(
        run=event["run"],
        connectors=tuple(event["connectors"]),
        outcomes=tuple(probed["outcome"] for probed in event["probed"]),
    )
    return tell_ahead(world(), wanted)
