"""Turns in a table of DynamoDB with the key `id`, a text: one item a record, written on a condition."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from sluice.consumer.event import Event
from sluice.consumer.order import Held, Standing
from sluice.consumer.turns import Begun, Busy, TurnLost, may_begin

_NAMES = {f"#{name}": name for name in ("id", "version", "event", "done", "holder", "until")}
_BEGIN = "SET #version = :version, #event = :event, #done = :no, #holder = :turn, #until = :until"
_MAY_BEGIN = (
    "attribute_not_exists(#id) OR (#until < :now AND "
    "(#version < :version OR (#version = :version AND #event = :event AND #done = :no)))"
)


class DynamoTurns:
    """Items of id, version, event, done, holder, until; ``client`` is a client of DynamoDB as boto3 makes it.

    Needed is dynamodb:UpdateItem. The table must not expire its items. ``now`` gives seconds since 1970.
    """

    def __init__(self, client: Any, table: str, now: Callable[[], float] = time.time) -> None:
        self._client = client
        self._table = table
        self._now = now

    def begin(self, event: Event, turn: str, seconds: float) -> Standing:
        """Take the record's turn; raises Busy, Refused and botocore's errors."""
        now = self._now()
        values = {
            ":version": {"N": str(event.version)},
            ":event": {"S": event.id},
            ":no": {"BOOL": False},
            ":turn": {"S": turn},
            ":until": {"N": f"{now + seconds:.3f}"},
            ":now": {"N": f"{now:.3f}"},
        }
        found = self._update(event, _BEGIN, _MAY_BEGIN, values)
        if found is None or found["holder"]["S"] == turn:
            return Standing.NEWER  # taken; the second time by a repeat of a request whose answer was lost
        standing = may_begin(event, _begun(found), now)
        if standing is Standing.NEWER:  # the turn ended just now
            raise Busy(f"{event.place}: another worker was at it")
        return standing

    def finish(self, event: Event, turn: str) -> None:
        """Say that the version was written; raises TurnLost."""
        if self._give_back("SET #done = :yes, #until = :zero", event, {":turn": turn, ":yes": True}):
            raise TurnLost(f"{event.place}: its turn was over before the write was")

    def abandon(self, event: Event, turn: str) -> None:
        """Give the turn back with nothing said."""
        self._give_back("SET #until = :zero", event, {":turn": turn})

    def _give_back(self, changes: str, event: Event, given: Mapping[str, Any]) -> bool:
        """Return whether the turn was another's by then."""
        values = {name: {"BOOL": one} if one is True else {"S": one} for name, one in given.items()}
        found = self._update(event, changes, "#holder = :turn", {**values, ":zero": {"N": "0"}})
        return found is not None

    def _update(self, event: Event, change: str, condition: str, values: Mapping[str, Any]) -> Any:
        """Return None once it is changed, and the item as it is where the condition does not hold."""
        used = {name: _NAMES[name] for name in _NAMES if name in change + condition}
        try:
            self._client.update_item(
                TableName=self._table,
                Key={"id": {"S": event.key}},
                UpdateExpression=change,
                ConditionExpression=condition,
                ExpressionAttributeNames=used,
                ExpressionAttributeValues=values,
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except self._client.exceptions.ConditionalCheckFailedException as refused:
            return refused.response.get("Item", {})
        return None


def _begun(item: Mapping[str, Any]) -> Begun:
    held = Held(int(item["version"]["N"]), item["event"]["S"])
    return Begun(held, item["done"]["BOOL"], float(item["until"]["N"]))
