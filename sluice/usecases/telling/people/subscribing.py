"""Who is told of what: subscriptions added, changed, tried out and removed, and who did so."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from msgspec import Struct
from msgspec.structs import replace

from sluice.errors import ConfigurationInvalid
from sluice.faults import Fault
from sluice.messages.notification import Notice
from sluice.messages.people.signing import KeyInvalid, key_bytes, new_key
from sluice.messages.people.told import told
from sluice.model.egress.reach import HTTPS, Reach
from sluice.model.secret import Secret
from sluice.model.structs import as_dict
from sluice.ports.secrets import SecretNotFound
from sluice.ports.table import Conflict
from sluice.registry.audit import Act
from sluice.registry.telling.deliveries import Deliveries
from sluice.registry.telling.subscriptions import Channel, Subscription, Subscriptions
from sluice.usecases.operating.auditing import audited
from sluice.usecases.telling.people.outbox import Outbox
from sluice.usecases.telling.people.secrets import Receiver, rotate_key, secret_name, store_receiver
from sluice.usecases.telling.people.send import Answer, Letterbox, send
from sluice.usecases.world import World, iso

SEVERITIES = ("info", "warning", "error")
TOLD_BY_ITSELF = ("warning", "error")
"""The severities of a subscription that names none: runs that end well are no news."""

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_PATTERN = re.compile(r"[A-Za-z0-9_.*?-]{1,80}")


class Wanted(Struct, frozen=True):
    """A subscription as a person asks for it: ``target`` is a mail address, or a URL with all that is secret.

    ``key`` is one that the receiver of a webhook has already; None makes one.
    """

    name: str
    channel: Channel
    target: Secret
    severities: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    connections: tuple[str, ...] = ()
    key: Secret | None = None


def add_subscription(world: World, wanted: Wanted) -> tuple[Subscription, Secret | None]:
    """Store the subscription; return it, and the key that its webhooks are signed with, to be shown once.

    Raises ConfigurationInvalid, with nothing stored, where anything is wrong or the name is taken.
    """
    faults = faults_of(wanted)
    if faults:
        raise ConfigurationInvalid(f"the subscription {wanted.name[:40]!r} is wrong", faults)
    subscription = Subscription(
        name=wanted.name,
        channel=wanted.channel,
        target=shown_target(wanted),
        severities=wanted.severities or TOLD_BY_ITSELF,
        kinds=wanted.kinds,
        connections=wanted.connections,
        created_at=iso(world.clock.now()),
    )
    with audited(world, Act(world.who, "notifications.add", wanted.name)) as outcome:
        Subscriptions(world.state).add(subscription)
        Deliveries(world.state, wanted.name).forget()  # of one of that name that was there before
        key = (wanted.key or new_key()) if wanted.channel is Channel.WEBHOOK else None
        if wanted.channel is not Channel.EMAIL:
            store_receiver(world.secrets, wanted.name, Receiver(wanted.target, (key,) if key else ()))
        outcome.after = subscription.to_json()
    return subscription, key


def shown(world: World, subscription: Subscription) -> dict[str, Any]:
    """Return the subscription and how it goes, as a JSON object without secrets."""
    health = as_dict(Deliveries(world.state, subscription.name).health())
    return {**subscription.to_json(), "state": _state(subscription, health), **health}


def etag_of(subscription: Subscription) -> str:
    """Return a digest of the subscription, for If-Match; how it goes has no part in it."""
    text = json.dumps(subscription.to_json(), sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()


def pause_subscription(world: World, name: str, *, paused: bool, if_match: str | None = None) -> Subscription:
    """Pause the subscription, or let it go on, also where its receiver had disabled it.

    What is told meanwhile is not sent later. Raises ConfigurationInvalid, Conflict where ``if_match`` is the
    digest of another state.
    """
    subscription, version = as_read(world, name, if_match)
    action = "notifications.pause" if paused else "notifications.resume"
    with audited(world, Act(world.who, action, name)) as outcome:
        changed = replace(subscription, paused=paused, disabled=subscription.disabled if paused else "")
        Subscriptions(world.state).replace(changed, version)
        outcome.after = changed.to_json()
    return changed


def as_read(world: World, name: str, if_match: str | None) -> tuple[Subscription, int]:
    """Return the subscription and its version, if it is as the caller has read it.

    Raises ConfigurationInvalid where there is none, Conflict where ``if_match`` is the digest of another.
    """
    Subscriptions(world.state).get(name)  # says which there are
    found = Subscriptions(world.state).find(name)
    if found is None or (if_match is not None and if_match != etag_of(found[0])):
        raise Conflict(f"subscription {name} was changed meanwhile")
    return found


def rotate_signing_key(world: World, name: str) -> Secret:
    """Return a new key for the subscription's webhooks; both sign for a day. Raises ConfigurationInvalid."""
    subscription = Subscriptions(world.state).get(name)
    if subscription.channel is not Channel.WEBHOOK:
        message = f"{name} is a subscription by {subscription.channel}: only webhooks are signed"
        raise ConfigurationInvalid(message, [Fault("not_signed", "/name", message)])
    with audited(world, Act(world.who, "notifications.rotate", name)):
        try:
            return rotate_key(world.secrets, name, world.clock.now())
        except SecretNotFound as error:
            message = f"the key of {name} is not in the secret store; remove it and add it again"
            raise ConfigurationInvalid(message, [Fault("secret_missing", "/name", message)]) from error


def remove_subscription(world: World, name: str) -> None:
    """Forget the subscription, its secrets and what was sent to it; raises ConfigurationInvalid."""
    Subscriptions(world.state).get(name)
    with audited(world, Act(world.who, "notifications.remove", name)):
        Subscriptions(world.state).remove(name)
        world.secrets.delete(secret_name(name))
        Deliveries(world.state, name).forget()


def try_subscription(outbox: Outbox, name: str) -> Answer:
    """Send one message at once, paused or not, and return what the receiver said; nothing is tried again."""
    subscription = outbox.subscriptions.get(name)
    now = iso(outbox.world.clock.now())
    event: dict[str, Any] = {
        "specversion": "1.0",
        "id": uuid4().hex,
        "source": "/sluice/subscriptions",
        "type": "notifications.test",
        "time": now,
        "datacontenttype": "application/json",
        "severity": "info",
        "data": {
            "title": f"a test of the subscription {name}",
            "detail": "Notifications arrive here. This one was asked for by a person.",
            "advice": "Nothing.",
        },
    }
    with audited(outbox.world, Act(outbox.world.who, "notifications.test", name)) as outcome:
        answer = send(outbox, subscription, Letterbox(told(event, outbox.console_url), event, event["id"]))
        outcome.after = {"error": answer.error}
    deliveries = outbox.deliveries(name)
    if answer.error:
        deliveries.note_failed(now, answer.error)
    else:
        deliveries.note_sent(now)
    return answer


def _state(subscription: Subscription, health: dict[str, Any]) -> str:
    if subscription.disabled:
        return "disabled"
    if subscription.paused:
        return "paused"
    return "failing" if health["failing_since"] else "active"


def shown_target(wanted: Wanted) -> str:
    """Return what may be shown of where it goes: a mail address, or a URL's host and last four signs."""
    text = wanted.target.reveal()
    if wanted.channel is Channel.EMAIL:
        return text
    return f"{urlsplit(text).hostname} ...{text[-4:]}"


def faults_of(wanted: Wanted) -> list[Fault]:
    """Return all that is wrong with a subscription as a person asks for it."""
    faults = []
    if not _NAME.fullmatch(wanted.name):
        right = "right would be a-z, 0-9, - and _, beginning with a letter, at most 40"
        faults.append(Fault("bad_name", "/name", f"{wanted.name[:60]!r} is no name; {right}"))
    if wanted.channel is Channel.EMAIL:
        if not _ADDRESS.fullmatch(wanted.target.reveal()):
            faults.append(
                Fault("bad_address", "/target", "is no mail address; right would be one, such as a@b.no")
            )
    else:
        faults += _url_faults(wanted.target.reveal())
    for severity in set(wanted.severities) - set(SEVERITIES):
        right = f"right would be one of {', '.join(SEVERITIES)}"
        faults.append(Fault("bad_severity", "/severities", f"{severity[:20]!r} is no severity; {right}"))
    faults += _pattern_faults(wanted)
    if wanted.key is not None:
        try:
            key_bytes(wanted.key)
        except KeyInvalid as error:
            faults.append(Fault("bad_key", "/key", str(error)))
    return faults


def _pattern_faults(wanted: Wanted) -> list[Fault]:
    faults = []
    known = {kind.value for kind in Notice}
    for kind in wanted.kinds:
        if not _PATTERN.fullmatch(kind) or (not set(kind) & set("*?") and kind not in known):
            right = f"right would be one of {', '.join(sorted(known))}, or a pattern such as run.*"
            faults.append(Fault("bad_kind", "/kinds", f"{kind[:40]!r} is no kind of notification; {right}"))
    for connection in wanted.connections:
        if not _PATTERN.fullmatch(connection):
            right = "right would be the name of a connection, or a pattern such as acme-*"
            faults.append(Fault("bad_connection", "/connections", f"{connection[:40]!r} is no name; {right}"))
    return faults


def _url_faults(url: str) -> list[Fault]:
    """Return what is wrong with an address; whether it may be gone to is decided where it is sent."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", HTTPS if parts.port is None else parts.port
        wrong = parts.username is not None or port == 0
    except ValueError:
        return [Fault("bad_url", "/target", "is no address; right would be one that begins with https://")]
    local = parts.scheme == "http" and host in {"127.0.0.1", "localhost"}
    if (
        wrong
        or not host
        or not (parts.scheme == "https" or local)
        or not url.isascii()
        or not url.isprintable()
    ):
        right = "right would begin with https://, in ASCII, without user name and password"
        return [Fault("bad_url", "/target", f"is no address to send to; {right}")]
    # Where a name leads is looked at when something is sent there, each time anew.
    if refusal := Reach(allow_loopback=True).refusal_of_host(host, port):
        return [Fault("bad_url", "/target", f"is no address to send to: its host {refusal}")]
    return []
