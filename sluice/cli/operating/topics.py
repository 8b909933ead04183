"""`sluice topics`: what waits on the queues behind the topics, and their dead letters."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import click

from sluice.cli.failures import Commands
from sluice.cli.output import json_option, print_rows
from sluice.cli.reach import Reach, pass_reach
from sluice.cli.words import say
from sluice.model.structs import as_dict
from sluice.ports.queue import Queue, ReceivedMessage
from sluice.usecases.operating.dead_letters import list_dead_letters
from sluice.usecases.operating.topics import (
    MOST_A_SECOND,
    MOST_MOVED,
    MOST_PEEKED,
    Redriving,
    list_topics,
    redrive,
)

POLL_SECONDS = 2
LISTED = ("name", "depth", "oldest_seconds", "sent_last_hour", "dead_letters", "dead_letters_oldest_seconds")
SHOWN_OF_A_LETTER = ("id", "sent_at", "deliveries", "type", "connection", "events", "bytes")


@click.group("topics", cls=Commands)
def topics_group() -> None:
    """Look at what is published."""


@topics_group.command("tail")
@click.argument("topic", type=click.Choice(["information", "notification"]), default="information")
@click.option("--limit", type=click.IntRange(1), help="End after so many events.")
@click.option(
    "--wait", type=click.FloatRange(0), default=2, show_default=True,
    help="End when nothing came for so many seconds.",
)  # fmt: skip
@click.option("--follow", is_flag=True, help="Do not end by itself.")
@click.option("--take", is_flag=True, help="Delete the messages from the queue; else they come again later.")
@click.option("--json", "as_json", is_flag=True, help="Print each event as a line of JSON.")
@pass_reach
def tail_command(reach: Reach, /, topic: str, **given: Any) -> None:
    """Receive from the queue behind TOPIC through SQS, and print its events: one a line."""
    queue = reach.deployment.queue(topic)
    patience = float("inf") if given["follow"] else given["wait"]
    shown = 0
    for message in messages(queue, patience):
        for event in events_of(message):
            if shown == given["limit"]:
                return  # part of this message was not shown, so it stays
            click.echo(json.dumps(event, ensure_ascii=False) if given["as_json"] else in_one_line(event))
            shown += 1
        if given["take"]:
            queue.delete(message)
        if shown == given["limit"]:
            return
    if not shown:
        say(f"nothing came to {topic} within {given['wait']:g} s")


@topics_group.command("list")
@json_option
@pass_reach
def list_command(reach: Reach, as_json: bool) -> None:  # noqa: FBT001
    """List the queues behind the topics: how much waits, how old it is, and the dead letters.

    Ages and what came in the last hour are known where CloudWatch measures; the embedded AWS does not.
    """
    rows = [as_dict(topic) for topic in list_topics(reach.deployment.world)]
    print_rows(rows, LISTED, as_json=as_json, none="this deployment has no queues")


@topics_group.command("dead-letters")
@click.argument("queue")
@click.option("--limit", type=click.IntRange(1, MOST_PEEKED), default=10, show_default=True,
              help="At most so many messages.")  # fmt: skip
@json_option
@pass_reach
def dead_letters_command(reach: Reach, /, queue: str, limit: int, *, as_json: bool) -> None:
    """Look at dead letters of QUEUE, which stay there; with --json also at what may be shown of each.

    What is personal, and what a vendor wrote, is masked.
    """
    rows = [as_dict(letter) for letter in list_dead_letters(reach.deployment.world, queue, limit)]
    print_rows(rows, SHOWN_OF_A_LETTER, as_json=as_json, none=f"{queue} has no dead letters")


@topics_group.command("redrive")
@click.argument("queue")
@click.option("--limit", type=click.IntRange(1), default=MOST_MOVED, show_default=True,
              help="At most so many messages.")  # fmt: skip
@click.option("--id", "ids", multiple=True, help="Only this one of `topics dead-letters`; may be repeated.")
@click.option("--rate", type=click.FloatRange(1), default=MOST_A_SECOND, show_default=True,
              help="At most so many a second.")  # fmt: skip
@pass_reach
def redrive_command(reach: Reach, /, queue: str, limit: int, ids: tuple[str, ...], rate: float) -> None:
    """Move the dead letters of QUEUE back to it, one by one; doing it twice does no harm."""
    moved = left = 0
    most = min(limit, len(set(ids))) if ids else limit
    while moved < most:
        step = redrive(reach.deployment.world, queue, Redriving(most - moved, ids, rate))
        moved, left = moved + step.moved, step.left
        if not step.moved:
            break
    say(f"{moved} messages are back on {queue}, about {left} dead letters are left")
    if ids and moved < most:
        say(f"{most - moved} of those named were not found: they are gone, or somebody is looking at them")


def messages(queue: Queue, patience: float) -> Iterator[ReceivedMessage]:
    """Yield messages until none came for ``patience`` seconds; one that comes twice is yielded once."""
    seen: set[str] = set()
    quiet_since = time.monotonic()
    while True:
        new = [message for message in queue.receive(10, POLL_SECONDS) if message.id not in seen]
        for message in new:
            seen.add(message.id)
            yield message
        if new:
            quiet_since = time.monotonic()
        elif time.monotonic() - quiet_since >= patience:
            return


def events_of(message: ReceivedMessage) -> list[dict[str, Any]]:
    """Return a message's CloudEvents: a packed message is a batch of them, a notification is one."""
    body = json.loads(message.body)
    return body if isinstance(body, list) else [body]


def in_one_line(event: dict[str, Any]) -> str:
    """Return what a person wants to see of an event."""
    data = event.get("data", {})
    if "title" in data:
        return f"{event['time']} {event['type']} {data['title']}"
    name = data.get("name") or data.get("number") or data.get("description") or ""
    what = f"{event['time']} {event['type']} {event['connection']}/{event['subject']}"
    return f"{what} v{event['entityversion']} {name}".rstrip()
