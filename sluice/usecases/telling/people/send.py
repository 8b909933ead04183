"""Sends one message to one subscription, once, and says what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import orjson
from msgspec import Struct

from sluice.errors import ConfigurationInvalid
from sluice.messages.people.letter import letter
from sluice.messages.people.signing import KeyInvalid, Signed, signature_headers
from sluice.messages.people.slack import slack_message
from sluice.messages.people.teams import teams_message
from sluice.messages.people.told import Told
from sluice.model.http import Reply, Request
from sluice.ports.mailer import MailFailed
from sluice.ports.secrets import SecretNotFound
from sluice.ports.sender import TransportFailed
from sluice.registry.telling.subscriptions import Channel, Subscription
from sluice.usecases.telling.people.outbox import Outbox
from sluice.usecases.telling.people.secrets import receiver_of

GONE = 410
LONGEST_WAIT = 43_000
"""Seconds; SQS hides a message for 12 hours at most."""

_FINE = range(200, 300)
_JSON = {"content-type": "application/json; charset=utf-8"}


class Letterbox(Struct, frozen=True):
    """One message as each channel wants it: in words, and the event itself, under its id for the receiver."""

    message: Told
    event: Mapping[str, Any]
    id: str


class Answer(Struct, frozen=True):
    """``error`` is empty where the message arrived, else it says why not, without the URL.

    ``wait`` is how many seconds the receiver asked for, 0 where it did not. ``is_gone``: it wants no more.
    ``is_busy``: nothing was tried, as someone else is sending it.
    """

    error: str = ""
    wait: int = 0
    is_gone: bool = False
    is_busy: bool = False


def send(outbox: Outbox, to: Subscription, what: Letterbox) -> Answer:
    """Send the message; failures of the receiver are answers, failures of AWS are raised."""
    try:
        if to.channel is Channel.EMAIL:
            outbox.mailer.send(letter(what.message, to.target))
            return Answer()
        return _answer(outbox.world.sender.send(_request(outbox, to, what)), outbox.world.clock.now())
    except (TransportFailed, MailFailed, ConfigurationInvalid, KeyInvalid) as error:
        return Answer(str(error).splitlines()[0] if str(error) else type(error).__name__)
    except SecretNotFound:
        return Answer("its URL is not in the secret store; add the subscription again")


def _request(outbox: Outbox, to: Subscription, what: Letterbox) -> Request:
    now = outbox.world.clock.now()
    receiver = receiver_of(outbox.world.secrets, to.name, now)
    headers = dict(_JSON)
    if to.channel is Channel.WEBHOOK:
        body = orjson.dumps(what.event)
        headers |= signature_headers(Signed(what.id, body, now), receiver.keys)
    else:
        make = slack_message if to.channel is Channel.SLACK else teams_message
        body = orjson.dumps(make(what.message))
    return Request("POST", receiver.url.reveal(), headers, body, label=f"notification to {to.name}")


def _answer(reply: Reply, now: datetime) -> Answer:
    if reply.status in _FINE:
        return Answer()
    wait = _seconds(reply.header("retry-after") or "", now)
    return Answer(f"the receiver answered {reply.status}", wait, reply.status == GONE)


def _seconds(retry_after: str, now: datetime) -> int:
    """Return the seconds of a Retry-After header (RFC 9110, 10.2.3): a number, or a date."""
    text = retry_after.strip()
    if text.isascii() and text.isdecimal():
        return min(int(text[:9]), LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return 0
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0, min(int((aware - now).total_seconds()), LONGEST_WAIT))
