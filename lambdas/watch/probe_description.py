"""Handler of the state ProbeDescription."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.powers import powered
from lambdas.powers import watching_world as world
from sluice.usecases.watch.probe import ProbeDescription, probe_description


@powered
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001
    """Read one description and compare it with the one that is held; see probe_description."""
    wanted = ProbeDescription(
        connector=event["connector"],
        place=event["place"],
        connection=event["connection"],
    )
    return probe_description(world(), wanted)
