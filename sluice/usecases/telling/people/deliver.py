"""Works off the delivery queue: a notification becomes one job for each subscription, a job one message.

So a receiver that fails makes nobody else wait, and nobody else gets a message again.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import orjson
from msgspec.structs import replace

from sluice.messages.people.told import collapsed, told, with_link
from sluice.ports.queue import ReceivedMessage
from sluice.ports.table import Conflict
from sluice.registry.telling.deliveries import CLAIM, WINDOW, Deliveries, Turn, Window
from sluice.registry.telling.subscriptions import Subscription
from sluice.usecases.telling.people.outbox import Outbox
from sluice.usecases.telling.people.send import LONGEST_WAIT, Answer, Letterbox, send
from sluice.usecases.world import iso

WAITS = (30, 60, 120, 300, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 28_800)
"""Seconds before each further try: 22 hours in all."""

LAST_TRY = len(WAITS) + 1
"""Of a message; the queue's maxReceiveCount says the same, and then it is a dead letter."""

_BUSY = Answer("someone else is sending it", wait=CLAIM, is_busy=True)
_MOST_BYTES = 200_000
_WORDS = ("title", "detail", "advice", "run", "stream", "incident", "resolves", "since", "page", "runbook")


def deliver(outbox: Outbox, message: ReceivedMessage) -> int | None:
    """Do what the message says; return None where it is done with, else in how many seconds to try again.

    Raises ValueError where it is nothing that we know.
    """
    event = orjson.loads(message.body)
    if "specversion" in event:
        fan_out(outbox, event)
        return None
    found = outbox.subscriptions.find(str(event["subscription"]))
    if found is None:
        return None  # removed meanwhile
    subscription, version = found
    if not subscription.is_active:
        return None
    job = event["job"]
    if job not in {"deliver", "collapsed"}:
        raise ValueError(f"no job {job!r}")
    answer = (
        _collapse(outbox, subscription) if job == "collapsed" else _tell(outbox, subscription, event["event"])
    )
    if answer is None or answer.is_gone:
        if answer is not None:
            _disable(outbox, subscription, version, answer)
        return None
    return _again(outbox, subscription, message.deliveries, answer)


def fan_out(outbox: Outbox, event: Mapping[str, Any]) -> None:
    """Put one job on the queue for each subscription that wants the notification.

    Who dies half-way does it again: jobs that come twice find the note of the first.
    """
    for subscription in outbox.subscriptions.all():
        if subscription.is_active and subscription.wants(event):
            job = {"job": "deliver", "subscription": subscription.name, "event": _fitting(event)}
            outbox.queue.send(orjson.dumps(job).decode(), {})


def _tell(outbox: Outbox, to: Subscription, event: Mapping[str, Any]) -> Answer | None:
    deliveries, now = outbox.deliveries(to.name), outbox.world.clock.now()
    turn, is_first = deliveries.begin(event["id"], now)
    if turn is not Turn.SEND:
        return None if turn is Turn.DONE else _BUSY
    if is_first and not _has_place(outbox, to, event):
        deliveries.done(event["id"], now)
        return None
    message = told(event, outbox.console_url)
    what = Letterbox(message, with_link(event, message.link), deliveries.webhook_id(event["id"]))
    return _sent(outbox, to, event["id"], what)


def _sent(outbox: Outbox, to: Subscription, note: str, what: Letterbox) -> Answer | None:
    """Send what was claimed; return None where it arrived. Who dies before the note sends it again."""
    deliveries = outbox.deliveries(to.name)
    answer = send(outbox, to, what)
    now = outbox.world.clock.now()
    if answer.error:
        deliveries.failed(note, now)
        return answer
    deliveries.done(note, now)
    deliveries.note_sent(iso(now))
    return None


def _has_place(outbox: Outbox, to: Subscription, event: Mapping[str, Any]) -> bool:
    now = outbox.world.clock.now()
    free, window = outbox.deliveries(to.name).take_place(str(event.get("connection", "")), now)
    left = window.began_at + WINDOW - int(now.timestamp())
    # Whoever is held back first calls for the one message; after the window, because that call was lost.
    if not free and (sum((window.held or {}).values()) == 1 or left <= 0):
        _call_for_collapsed(outbox, to, max(left, 0))
    return free


def _call_for_collapsed(outbox: Outbox, to: Subscription, seconds: int) -> None:
    job = orjson.dumps({"job": "collapsed", "subscription": to.name}).decode()
    outbox.queue.send(job, {}, delay_seconds=seconds)


def _collapse(outbox: Outbox, to: Subscription) -> Answer | None:
    deliveries, now = outbox.deliveries(to.name), outbox.world.clock.now()
    window = deliveries.window()
    if not window.held:
        return None
    turn, _ = deliveries.begin(window.key, now)
    if turn is Turn.BUSY:
        return _BUSY
    if turn is Turn.SEND:
        answer = _sent(outbox, to, window.key, _of_many(to, deliveries, window, iso(now)))
        if answer is not None:
            return answer
    if deliveries.close_window(window).held:
        _call_for_collapsed(outbox, to, WINDOW)
    return None


def _of_many(to: Subscription, deliveries: Deliveries, window: Window, at: str) -> Letterbox:
    message = collapsed(to.name, window.key, window.held or {}, at)
    event = {
        "specversion": "1.0",
        "id": window.key,
        "source": "/sluice/subscriptions",
        "type": "notifications.collapsed",
        "time": at,
        "datacontenttype": "application/json",
        "severity": message.severity,
        "data": {"title": message.title, "advice": message.advice, "connections": window.held},
    }
    return Letterbox(message, event, deliveries.webhook_id(f"{window.key}"))


def _again(outbox: Outbox, to: Subscription, tries: int, answer: Answer) -> int:
    """Return in how many seconds to try again; 0 after the last try, which makes it a dead letter."""
    if answer.is_busy:
        return answer.wait
    is_last = tries >= LAST_TRY
    at = iso(outbox.world.clock.now())
    outbox.deliveries(to.name).note_failed(at, answer.error, given_up=is_last)
    if is_last:
        return 0
    # Jitter: what failed together does not come back together.
    wait = int(WAITS[max(tries, 1) - 1] * random.uniform(1, 1.2))  # noqa: S311
    return min(max(wait, answer.wait), LONGEST_WAIT)


def _disable(outbox: Outbox, to: Subscription, version: int, answer: Answer) -> None:
    at = iso(outbox.world.clock.now())
    try:
        outbox.subscriptions.replace(replace(to, disabled=f"{at}: {answer.error}, it wants no more"), version)
    except Conflict:
        return  # changed by a person meanwhile: the next message finds out again
    outbox.deliveries(to.name).note_failed(at, answer.error)


def _fitting(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the event, or, where it would not fit into a message, what is told of it."""
    if len(orjson.dumps(event)) <= _MOST_BYTES:
        return event
    data = event["data"]
    words = {name: data[name] for name in _WORDS if name in data}
    short = {name: text[:10_000] if isinstance(text, str) else text for name, text in words.items()}
    return {**event, "data": {**short, "shortened": True}}
