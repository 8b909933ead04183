"""Dead letters as people look at them: what each was about, without what is personal or lets somebody in.

What is shown is a list of what may be: the envelope of an event, the words that every step is told, and of a
canonical record what the model does not call personal. The rest is masked, of a vendor's words all.
Moving them back is sluice.usecases.operating.topics' business.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from sluice.ports.queue import ReceivedMessage
from sluice.usecases.operating.redaction import MASK, masked, masked_data
from sluice.usecases.operating.topics import DEAD_LETTERS, peek
from sluice.usecases.world import World

_SHOWN = frozenset(
    (
        *("specversion", "id", "source", "type", "subject", "time", "dataschema", "datacontenttype"),
        *("connection", "connector", "entityversion", "severity"),
        *("stream", "run", "sweep", "chunk", "trigger"),
    )
)
_BATCH_SHOWN = 3
"""Events of one message that are shown: they are of one entity and one connection."""


class DeadLetter(Struct, frozen=True):
    """One dead letter. ``content`` is what may be shown of its body; ``events`` is how many events it packs.

    ``type`` and ``connection`` are empty where the message does not say; ``sent_at`` is ISO 8601 UTC.
    """

    id: str
    sent_at: str
    deliveries: int
    type: str
    connection: str
    events: int
    bytes: int
    content: Any


def list_dead_letters(world: World, name: str, limit: int = 10) -> list[DeadLetter]:
    """Return up to ``limit`` (1..MOST_PEEKED) dead letters of the queue; raises ConfigurationInvalid.

    They stay where they are, hidden from a redrive for seconds.
    """
    return [_shown(world, found) for found in peek(world, name + DEAD_LETTERS, limit)]


def _shown(world: World, message: ReceivedMessage) -> DeadLetter:
    body = _read(message.body)
    packed = body if isinstance(body, list) else [body]
    first = packed[0] if packed and isinstance(packed[0], Mapping) else {}
    content = [_content(world, one) for one in packed[:_BATCH_SHOWN]]
    return DeadLetter(
        id=message.id,
        sent_at=message.sent_at,
        deliveries=message.deliveries,
        type=str(first.get("type") or first.get("detail-type") or message.attributes.get("type", "")),
        connection=str(first.get("connection") or message.attributes.get("connection", "")),
        events=len(packed),
        bytes=len(message.body.encode()),
        content=content if isinstance(body, list) else content[0],
    )


def _read(body: str) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return MASK


def _content(world: World, value: Any) -> Any:
    if not isinstance(value, Mapping):
        return masked(value)
    return {
        name: found if name in _SHOWN else _data(world, value, found) if name == "data" else masked(found)
        for name, found in value.items()
    }


def _data(world: World, event: Mapping[str, Any], data: Any) -> Any:
    entity = str(event.get("type", "")).partition(".")[0]
    if not isinstance(data, Mapping) or entity not in world.catalog.canonical.names():
        return masked(data)
    return masked_data(data, world.catalog.canonical.entity(entity))
