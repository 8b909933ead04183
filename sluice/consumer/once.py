"""A side effect once for each event: an e-mail, a booking, a call of an API; by Powertools' idempotency.

Records need none of it: a store that compares versions bears every repeat. What Powertools promises is at
most once while its record lives, and again after a failure: an effect whose worker died midway is done
again once that worker's time is over. An effect that must not happen twice even then needs a key of its
own: the event's id is one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from aws_lambda_powertools.utilities.idempotency import IdempotencyConfig, idempotent_function
from aws_lambda_powertools.utilities.idempotency.exceptions import IdempotencyValidationError
from aws_lambda_powertools.utilities.idempotency.persistence.base import BasePersistenceLayer
from aws_lambda_powertools.utilities.typing import LambdaContext

from sluice.consumer.event import Event, Notice
from sluice.consumer.refusal import Reason, Refused

LEAST_DAYS = 28
"""So long an event can come: 14 days in a queue and its dead letters together, 14 more once redriven.

SQS Developer Guide, dead-letter queue retention and redrive, read 2026-11-22. Powertools' own default is
one hour.
"""

DAYS = 42
"""So long a done effect is remembered: for an event that is redriven twice."""

_DAY = 24 * 60 * 60


class Once:
    """Calls ``effect`` for each event once; whatever it raises, the event may come again.

    ``name`` is part of what is remembered: another effect for the same events needs another. ``layer`` is
    where it is remembered, such as Powertools' DynamoDBPersistenceLayer. Raises ValueError for fewer than
    LEAST_DAYS.
    """

    def __init__(
        self, name: str, effect: Callable[..., object], layer: BasePersistenceLayer, days: int = DAYS
    ) -> None:
        if days < LEAST_DAYS:
            raise ValueError(
                f"{days} days came; an event can come for {LEAST_DAYS}, so should be that or more"
            )
        self._config = IdempotencyConfig(
            event_key_jmespath="id",
            payload_validation_jmespath="content",
            raise_on_no_idempotency_key=True,
            expires_after_seconds=days * _DAY,
            hash_function="sha256",
        )

        def done(*, about: Mapping[str, Any], event: Event | Notice) -> None:
            del about  # the key: Powertools reads it
            effect(event)

        self._done = idempotent_function(
            done, data_keyword_argument="about", persistence_store=layer, config=self._config, key_prefix=name
        )

    def register(self, context: LambdaContext) -> None:
        """Take the invocation's context: who dies holds an effect no longer than it could have run."""
        self._config.register_lambda_context(context)

    def __call__(self, event: Event | Notice) -> None:
        """Do it, unless it was done.

        Raises Refused where the id was done for another content, Powertools'
        IdempotencyAlreadyInProgressError while another worker is at it, and what ``effect`` raises: each
        time the message is to come again.
        """
        # A notice may be told again in other words; its id says what it is about.
        content = event.id if isinstance(event, Notice) else {"version": event.version, "data": event.data}
        try:
            self._done(about={"id": event.id, "content": content}, event=event)
        except IdempotencyValidationError as err:
            detail = f"{event.place}: its id {event.id} was done for another content"
            raise Refused(Reason.ID_TAKEN, detail) from err
