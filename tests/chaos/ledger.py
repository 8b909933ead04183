"""What was published, held against the promises: nothing lost, nothing doubled, no order turned round."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

from sluice.ports.topic import OutgoingMessage
from tests.flows.rig import Consumer

Record = tuple[str, str]


def chance(seed: str) -> Random:
    """Return what draws lots; with one seed always the same."""
    return Random(seed)  # noqa: S311 - nothing of it is secret


class Broken(BaseException):
    """A promise does not hold; the message says which and where. No handler takes it for a fault."""


@dataclass
class Ledger:
    """Subscribed to the information topic: sees each message that was taken, in the order in which it was.

    ``twice`` counts further arrivals of an event, ``late_versions`` those of a version after a later one:
    both are legitimate, as a consumer goes by id and version. ``late`` is a consumer to whom
    messages come later, in another order and some of them twice; both must end with the same.
    """

    random: Random = field(default_factory=lambda: chance(""))
    taken: Consumer = field(default_factory=Consumer)
    late: Consumer = field(default_factory=Consumer)
    upserts: int = 0
    deletes: int = 0
    twice: int = 0
    late_versions: int = 0
    _contents: dict[str, str] = field(default_factory=dict)
    _versions: dict[str, dict[int, tuple[str, str]]] = field(default_factory=dict)
    _waiting: list[OutgoingMessage] = field(default_factory=list)

    def take(self, message: OutgoingMessage) -> None:
        """Note a message; raises Broken."""
        for event in json.loads(message.body):
            self._note(event)
        self.taken.take(message)
        self._waiting.append(message)

    def deliver(self, *, everything: bool = False) -> None:
        """Let some of what waits come to the late consumer, in an order by lot; some of it comes again."""
        self.random.shuffle(self._waiting)
        keep = 0 if everything else len(self._waiting) // 3
        coming, self._waiting = self._waiting[keep:], self._waiting[:keep]
        for message in coming:
            self.late.take(message)
            if self.random.random() < 0.1:
                self._waiting.append(message)
        if everything:
            for message in self._waiting:
                self.late.take(message)
            self._waiting.clear()

    def _note(self, event: dict[str, Any]) -> None:
        key, version = event["data"]["id"], event["entityversion"]
        content = json.dumps([event["type"], event["data"]], sort_keys=True)
        known = self._contents.setdefault(event["id"], content)
        if known != content:
            raise Broken(f"I2: the event {event['id']} of {key} has two contents")
        versions = self._versions.setdefault(key, {})
        known, one = versions.setdefault(version, (event["id"], content))
        if (known, one) != (event["id"], content):
            what = "two contents" if one != content else "two ids"
            raise Broken(f"I2: version {version} of {key} has {what}")
        if event["id"] in self.taken.ids:
            self.twice += 1
            return
        for beside in (version - 1, version + 1):
            if beside in versions and versions[beside][1] == content:
                raise Broken(f"I2: {key} is published twice as new, version {version}: {content[:200]}")
        # By a worker that was overtaken between its last look at the lease and publishing: consumers drop it.
        self.late_versions += version < max(versions)
        is_delete = event["type"].endswith(".deleted")
        self.deletes, self.upserts = self.deletes + is_delete, self.upserts + (not is_delete)

    def check_consumers(self) -> None:
        """Check that order and repeats changed nothing for a consumer."""
        if self.late.state != self.taken.state:
            raise Broken("order: a consumer to whom messages come in another order has another state")


@dataclass
class Incidents:
    """Which incidents were opened, and which notices went out: one notice for each opening."""

    opened: set[tuple[str, str]] = field(default_factory=set)

    def note(self, value: dict[str, Any]) -> None:
        """Note an incident as it is written."""
        if value["state"] == "open":
            self.opened.add((value["id"], value["run"]))

    def check(self, notices: Iterable[dict[str, Any]]) -> None:
        """Check that each opening was told by one notice, which may have come again under its id."""
        told: dict[tuple[str, str], set[str]] = {}
        for notice in notices:
            data = notice["data"]
            if data["incident"] and not notice["type"].endswith("resolved"):
                told.setdefault((data["incident"], data["run"]), set()).add(notice["id"])
        untold = self.opened - told.keys()
        if untold:
            raise Broken(f"I4: nobody was told of {sorted(untold)}")
        several = {one: len(ids) for one, ids in told.items() if len(ids) > 1}
        if several:
            raise Broken(f"I4: told by more than one notice: {several}")


def check_counts(stream: str, counts: dict[str, int], read: int | None) -> None:
    """Check that a stream's counts add up, and that as many records were counted as were read."""
    found = Counter(counts)
    if found["fetched"] != found["mapped"] + found["quarantined"]:
        raise Broken(f"counts of {stream}: {counts}")
    if found["mapped"] != found["unchanged"] + found["published"]:
        raise Broken(f"counts of {stream}: {counts}")
    if read is not None and found["fetched"] != read:
        raise Broken(f"counts of {stream}: {read} were read, {counts}")


def moment(text: str) -> datetime:
    """Return an ISO 8601 time."""
    return datetime.fromisoformat(text)
