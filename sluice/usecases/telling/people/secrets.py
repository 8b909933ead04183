"""What of a subscription is secret: its URL, and the keys that its webhooks are signed with."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct

from sluice.messages.people.signing import new_key
from sluice.model.secret import Secret
from sluice.ports.secrets import Secrets

ROTATION = timedelta(hours=24)
"""How long a key that was replaced signs along with the new one."""


class Receiver(Struct, frozen=True):
    """``url`` may hold a credential, as Slack's and Teams' do. ``keys`` are of webhooks, the newest first."""

    url: Secret
    keys: tuple[Secret, ...] = ()


def secret_name(subscription: str) -> str:
    """Return the name of the subscription's secrets; no connection's name begins like it."""
    return f"_subscriptions/{subscription}/receiver"


def receiver_of(secrets: Secrets, subscription: str, now: datetime) -> Receiver:
    """Return the receiver with the keys that sign now; raises SecretNotFound."""
    bundle = secrets.get(secret_name(subscription))
    keys = [bundle["key"]] if "key" in bundle else []
    until = bundle.get("previous_until")
    if "previous_key" in bundle and until and now < datetime.fromisoformat(until.reveal()):
        keys.append(bundle["previous_key"])
    return Receiver(bundle["url"], tuple(keys))


def store_receiver(secrets: Secrets, subscription: str, receiver: Receiver) -> None:
    """Store a receiver in place of what was there."""
    signing = {"key": receiver.keys[0]} if receiver.keys else {}
    secrets.put(secret_name(subscription), {"url": receiver.url, **signing})


def move_receiver(secrets: Secrets, subscription: str, url: Secret) -> None:
    """Store another URL; keys stay as they are. Raises SecretNotFound."""
    secrets.put(secret_name(subscription), {**secrets.get(secret_name(subscription)), "url": url})


def rotate_key(secrets: Secrets, subscription: str, now: datetime) -> Secret:
    """Store a new key and return it; the one so far signs along for ROTATION. Raises SecretNotFound."""
    bundle = secrets.get(secret_name(subscription))
    key = new_key()
    until = Secret((now + ROTATION).isoformat())
    secrets.put(
        secret_name(subscription),
        {"url": bundle["url"], "key": key, "previous_key": bundle["key"], "previous_until": until},
    )
    return key
