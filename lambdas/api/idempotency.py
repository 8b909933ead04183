"""Idempotency-Key: a start that is sent twice, because nobody knows whether it arrived, starts once."""

from __future__ import annotations

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Header

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="The caller's own name of this start (a UUID): with the same one nothing starts twice.",
        pattern=r"^[!-~]{8,200}$",
        max_length=200,
    ),
]
