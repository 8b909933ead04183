"""Handler of the HTTP API: every route of it."""

from __future__ import annotations

import functools
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.api.serving import serve
from lambdas.powers import powered
from sluice.bootstrap.desks import api_desk
from sluice.bootstrap.outboxes import api_outbox
from sluice.usecases.connections import ConnectionDesk


@functools.cache
def desk() -> ConnectionDesk:
    """Return where connections are changed, with the world of this execution environment."""
    return api_desk()


@powered
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one request; see lambdas.api."""
    return serve(event, context, desk(), api_outbox)
