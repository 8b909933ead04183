"""Topics: what waits on the queues behind them, and their dead letters."""

from __future__ import annotations

import re
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from pydantic import BaseModel, ConfigDict, Field

from lambdas.api.problems import not_found
from lambdas.api.routing import Answers, Resource, answer
from sluice.model.structs import as_dict
from sluice.usecases.operating.topics import (
    DEAD_LETTERS,
    MOST_A_SECOND,
    MOST_MOVED,
    MOST_PEEKED,
    Redriving,
    list_topics,
    peek,
    redrive,
)

resource = Resource("topics")

Name = Annotated[
    str, Path(pattern=r"^[a-z][a-z_]{0,39}$", description="The queue.", examples=["information"])
]
Peeked = Annotated[int, Query(ge=1, le=MOST_PEEKED, description="At most so many messages.")]
Dead = Annotated[bool, Query(description="Its dead letters in place of what waits.")]

_SHOWN_CHARACTERS = 64 * 1024
_STEP_SECONDS = 15.0
"""For how long a redrive begins to move letters: with all that is around it, its answer comes within 29 s."""

_TASK_TOKEN = re.compile(r'("task_token": ?")[^"]*')
"""Whoever has one may say what came of a chunk: it is the transformer's alone."""


class TopicModel(BaseModel):
    """A queue and its dead letters. What is not measured where this runs is null."""

    name: str
    depth: int | None = Field(
        description="About how many messages wait; null for a queue of dead letters only."
    )
    dead_letters: int | None
    oldest_seconds: int | None = Field(description="The age of the oldest message.")
    sent_last_hour: int | None
    dead_letters_oldest_seconds: int | None


class TopicList(BaseModel):
    """Every queue. There are few: they come in one page."""

    items: list[TopicModel]
    next: None = None


class MessageModel(BaseModel):
    """A message as it waits. Looking at it counts as a delivery."""

    id: str
    body: str = Field(description="JSON as a text, its first 65,536 characters. Vendors' words are in it.")
    attributes: dict[str, str]
    deliveries: int = Field(description="How often it was delivered; after five it goes to the dead letters.")
    sent_at: str | None = Field(description="When it was put into this queue; null where that is not told.")


class MessageList(BaseModel):
    """Some of the messages that wait, in no promised order."""

    items: list[MessageModel]
    next: None = None


class RedriveWanted(BaseModel):
    """Which dead letters are moved in this step, how many at most, and how fast."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(ge=1, le=MOST_MOVED)] = 100
    ids: list[Annotated[str, Field(min_length=1, max_length=100)]] | None = Field(
        default=None,
        min_length=1,
        max_length=MOST_MOVED,
        description="Only these: the `id` of messages that were looked at. Without: any.",
    )
    rate: Annotated[float, Field(ge=1, le=MOST_A_SECOND)] | None = Field(
        default=None, description="At most so many in a second. Without: 100."
    )


class MovedModel(BaseModel):
    """What was moved; ask again while some are left. A step takes 15 seconds at most."""

    moved: int = Field(
        description="With `ids`, fewer: the others are gone, in somebody's hands, or come next."
    )
    left: int = Field(description="About how many dead letters are left.")


@resource.operation("GET /topics", "List the topics' queues", Answers(TopicList))
def list_queues() -> Response[str]:
    """Return how much waits on each queue, how old it is, what came in an hour, and its dead letters."""
    return answer(TopicList(items=[TopicModel(**as_dict(one)) for one in list_topics(resource.world)]))


@resource.operation(
    "GET /topics/{name}/messages", "Look at messages that wait", Answers(MessageList, problems=(404,))
)
def peek_messages(name: Name, limit: Peeked = 10, dead_letters: Dead = False) -> Response[str]:  # noqa: FBT002
    """Return some messages, which stay where they are; consumers do not get them for five seconds."""
    found = peek(resource.world, _known(name + DEAD_LETTERS if dead_letters else name), limit)
    items = [
        MessageModel(
            id=one.id,
            body=_TASK_TOKEN.sub(r"\1***", one.body)[:_SHOWN_CHARACTERS],
            attributes=dict(one.attributes),
            deliveries=one.deliveries,
            sent_at=one.sent_at or None,
        )
        for one in found
    ]
    return answer(MessageList(items=items))


@resource.operation(
    "POST /topics/{name}/redrive",
    "Move dead letters back to their queue",
    Answers(MovedModel, problems=(404,)),
    has_body=True,
)
def redrive_dead_letters(name: Name, wanted: RedriveWanted) -> Response[str]:
    """Move dead letters back, one by one, some or any, at a rate; doing it twice does no harm."""
    _known(name), _known(name + DEAD_LETTERS)
    step = Redriving(wanted.limit, wanted.ids or (), wanted.rate or MOST_A_SECOND, _STEP_SECONDS)
    return answer(MovedModel(**as_dict(redrive(resource.world, name, step))))


def _known(name: str) -> str:
    if name not in resource.world.queues:
        raise not_found("queue", name)
    return name
