"""Who is told of what, and how: subscriptions by name. Addresses that are secrets are not here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any

from msgspec import Struct

from sluice.errors import ConfigurationInvalid
from sluice.faults import Fault
from sluice.model.structs import as_dict
from sluice.ports.table import ABSENT, Conflict, Table

_PARTITION = "subscription"


class Channel(StrEnum):
    """How a message reaches people; the values are what operators write."""

    EMAIL = "email"
    SLACK = "slack"
    TEAMS = "teams"
    WEBHOOK = "webhook"


class Subscription(Struct, frozen=True):
    """``target`` is a mail address, or what may be shown of a URL: its host and its last four signs.

    A notification is sent that has one of the ``severities``, and a kind and a connection that match one of
    ``kinds`` and ``connections`` (``*`` and ``?`` stand for any signs); empty is all. ``disabled`` says why
    nothing is sent any more, because the receiver said so; empty otherwise.
    """

    name: str
    channel: Channel
    target: str
    severities: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    connections: tuple[str, ...] = ()
    paused: bool = False
    disabled: str = ""
    created_at: str = ""

    @property
    def is_active(self) -> bool:
        """Whether anything is sent."""
        return not self.paused and not self.disabled

    def wants(self, event: Mapping[str, Any]) -> bool:
        """Return whether the notification (a CloudEvent) is for it.

        What tells that an incident is over goes to whom the incident was for, whatever its own severity.
        """
        opened = event.get("data", {}).get("resolves") or {}
        kind = str(opened.get("kind") or event.get("type", ""))
        severity = str(opened.get("severity") or event.get("severity", ""))
        return (
            (not self.severities or severity in self.severities)
            and _matches(self.kinds, kind)
            and _matches(self.connections, str(event.get("connection", "")))
        )

    def to_json(self) -> dict[str, Any]:
        """Return the subscription as a JSON object."""
        found = as_dict(self)
        lists = {name: list(found[name]) for name in ("severities", "kinds", "connections")}
        return {**found, **lists, "channel": self.channel.value}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Subscription:
        """Return the subscription of a JSON object that to_json made."""
        lists = {name: tuple(value[name]) for name in ("severities", "kinds", "connections")}
        return cls(**{**value, **lists, "channel": Channel(value["channel"])})


class Subscriptions:
    """The subscriptions of a deployment."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, name: str) -> Subscription:
        """Return the subscription; raises ConfigurationInvalid naming those that exist."""
        found = self.find(name)
        if found is None:
            known = ", ".join(one.name for one in self.all()) or "none"
            message = f"no subscription {name!r}; there are: {known}"
            raise ConfigurationInvalid(message, [Fault("unknown_subscription", "/name", message)])
        return found[0]

    def find(self, name: str) -> tuple[Subscription, int] | None:
        """Return the subscription and its version, which counts changes; None where there is none."""
        item = self._table.get(_PARTITION, name)
        return (Subscription.from_json(item.value), item.version) if item else None

    def all(self) -> Iterator[Subscription]:
        """Yield every subscription by name."""
        for item in self._table.query(_PARTITION):
            yield Subscription.from_json(item.value)

    def add(self, subscription: Subscription) -> None:
        """Store a new subscription; raises ConfigurationInvalid where the name is taken."""
        try:
            self._table.put(_PARTITION, subscription.name, subscription.to_json(), expected=ABSENT)
        except Conflict as conflict:
            message = f"a subscription {subscription.name!r} exists; remove it first, or choose another name"
            raise ConfigurationInvalid(
                message, [Fault("subscription_exists", "/name", message)]
            ) from conflict

    def replace(self, subscription: Subscription, expected: int) -> None:
        """Store the subscription over that version of its item; raises Conflict if it is another by now."""
        self._table.put(_PARTITION, subscription.name, subscription.to_json(), expected=expected)

    def remove(self, name: str) -> None:
        """Forget the subscription."""
        self._table.delete(_PARTITION, name)


def _matches(patterns: tuple[str, ...], text: str) -> bool:
    return not patterns or any(fnmatchcase(text, pattern) for pattern in patterns)
