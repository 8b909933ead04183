"""Handler of the state ProbeDescription."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.powers import powered
from sluice.bootstrap.worlds import watching_worlds
from sluice.usecases.watch.probe import ProbeDescription, probe_description
from sluice.usecases.world import World


def world_of(connection: str) -> World:
    """Return what powers.world_of returns, for whoever reads descriptions."""
    return watching_worlds().of(connection)


@powered
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001
    """Read one description and compare it with the one that is held; see probe_description."""
    wanted = ProbeDescription(
        connector=event["connector"],
        place=event["place"],
        connection=event["connection"],
    )
    return probe_description(world_of(wanted.connection), wanted)
