"""Table on one DynamoDB table: pk, sk, value (a map), version, write, expires_at (its TTL attribute).

Every write counts the version up and carries an id of its own. Told that a condition failed, the id
says whether the item there is this very write: botocore's retry of a write that had been done, though
the answer was lost, is not a conflict. That is so for removing, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any, NoReturn
from uuid import uuid4

from boto3.dynamodb.types import TypeSerializer
from botocore.exceptions import ClientError

from sluice.aws.client_error import code_of, message_of
from sluice.model.item_value import plain_copy
from sluice.ports.table import ABSENT, Conflict, Item, ItemTooLarge

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import UniversalAttributeValueTypeDef

_AT_ONCE = 100
"""Keys that one request may name."""

_NAMES = {"#value": "value", "#version": "version", "#write": "write", "#expires": "expires_at"}
_SET = "SET #value = :value, #version = if_not_exists(#version, :zero) + :one, #write = :write"


class DynamoTable:
    """The items of the DynamoDB table ``name``; reads are consistent."""

    def __init__(self, client: DynamoDBClient, name: str) -> None:
        self._client = client
        self._name = name

    def get(self, partition: str, sort: str) -> Item | None:
        """Return the item as last written, or None."""
        found = self._read(partition, sort)
        return _item(found) if found else None

    def get_many(self, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Item]:
        """Return those of the items that are there, by (partition, sort), as last written."""
        left = iter(dict.fromkeys(keys))
        found: dict[tuple[str, str], Item] = {}
        while named := [_key(*key) for key in islice(left, _AT_ONCE)]:
            wanted: Any = {self._name: {"Keys": named, "ConsistentRead": True}}
            # An answer holds 16 MB at most, and what there was no capacity for is to be asked for again.
            while wanted:
                reply = self._client.batch_get_item(RequestItems=wanted)
                items = map(_item, reply["Responses"].get(self._name, []))
                found |= {(item.partition, item.sort): item for item in items}
                wanted = reply.get("UnprocessedKeys")
        return found

    def put(
        self,
        partition: str,
        sort: str,
        value: dict[str, Any],
        *,
        expected: int | None = None,
        expires_at: int | None = None,
    ) -> int:
        """Write and return the new version; raises Conflict, ItemTooLarge, TypeError or ValueError."""
        write = uuid4().hex
        values = {":value": plain_copy(value), ":zero": 0, ":one": 1, ":write": write}
        names = dict(_NAMES)
        conditions, expectation = _condition(expected)
        change = f"{_SET}, #expires = :expires" if expires_at is not None else f"{_SET} REMOVE #expires"
        if expires_at is not None:
            values[":expires"] = expires_at
        try:
            reply = self._client.update_item(
                TableName=self._name,
                Key=_key(partition, sort),
                UpdateExpression=change,
                ExpressionAttributeNames=names,
                ExpressionAttributeValues=_serialized(values | expectation),
                ReturnValues="UPDATED_NEW",
                **conditions,
            )
        except ClientError as error:
            if code_of(error) != "ConditionalCheckFailedException":
                _raise_too_large(error, partition, sort)
            return self._version_if_ours(partition, sort, write, error)
        return int(reply["Attributes"]["version"]["N"])

    def delete(self, partition: str, sort: str, *, expected: int | None = None) -> None:
        """Remove the item; raises Conflict as put does."""
        if expected is None:
            self._client.delete_item(TableName=self._name, Key=_key(partition, sort))
        elif expected == ABSENT:
            if self._read(partition, sort) is not None:
                raise Conflict(f"{partition} {sort}: not version {expected}")
        else:
            # What is gone bears no id: so it is marked as ours first, and then nobody else removes it.
            self._remove_marked(partition, sort, self._mark(partition, sort, expected))

    def query(
        self,
        partition: str,
        prefix: str = "",
        *,
        newest_first: bool = False,
        after: str | None = None,
        at_a_time: int | None = None,
    ) -> Iterator[Item]:
        """Yield the partition's items whose sort key starts with ``prefix``, by sort key."""
        condition, values = "pk = :pk", {":pk": partition}
        if prefix:
            condition, values = f"{condition} AND begins_with(sk, :prefix)", values | {":prefix": prefix}
        pages = self._client.get_paginator("query").paginate(
            TableName=self._name,
            KeyConditionExpression=condition,
            ExpressionAttributeValues=_serialized(values),
            ConsistentRead=True,
            ScanIndexForward=not newest_first,
            **_bounds(partition, after, at_a_time),
        )
        for page in pages:
            yield from (_item(found) for found in page["Items"])

    def _mark(self, partition: str, sort: str, expected: int) -> str:
        write = uuid4().hex
        conditions, expectation = _condition(expected)
        try:
            self._client.update_item(
                TableName=self._name,
                Key=_key(partition, sort),
                UpdateExpression="SET #write = :write",
                ExpressionAttributeNames={"#version": "version", "#write": "write"},
                ExpressionAttributeValues=_serialized({":write": write} | expectation),
                **conditions,
            )
        except ClientError as error:
            if code_of(error) != "ConditionalCheckFailedException":
                raise
            self._version_if_ours(partition, sort, write, error)
        return write

    def _remove_marked(self, partition: str, sort: str, write: str) -> None:
        try:
            self._client.delete_item(
                TableName=self._name,
                Key=_key(partition, sort),
                ConditionExpression="#write = :write",
                ExpressionAttributeNames={"#write": "write"},
                ExpressionAttributeValues=_serialized({":write": write}),
            )
        except ClientError as error:
            if code_of(error) != "ConditionalCheckFailedException":
                raise
            # Gone is by an earlier try of ours, whose answer was lost.
            if self._read(partition, sort) is not None:
                raise Conflict(f"{partition} {sort}: written since it was to be removed") from error

    def _read(self, partition: str, sort: str) -> Mapping[str, Any] | None:
        reply = self._client.get_item(TableName=self._name, Key=_key(partition, sort), ConsistentRead=True)
        return reply.get("Item")

    def _version_if_ours(self, partition: str, sort: str, write: str, error: ClientError) -> int:
        found = self._read(partition, sort)
        if found is None or found.get("write") != {"S": write}:
            raise Conflict(f"{partition} {sort}: not the expected version") from error
        return _item(found).version


def _condition(expected: int | None) -> tuple[dict[str, Any], dict[str, int]]:
    if expected is None:
        return {}, {}
    if expected == ABSENT:
        return {"ConditionExpression": "attribute_not_exists(#version)"}, {}
    return {"ConditionExpression": "#version = :expected"}, {":expected": expected}


def _bounds(partition: str, after: str | None, at_a_time: int | None) -> dict[str, Any]:
    # The key to start after need not be an item's: DynamoDB only looks where it would be.
    start = {} if after is None else {"ExclusiveStartKey": _key(partition, after)}
    return start | ({} if at_a_time is None else {"PaginationConfig": {"PageSize": at_a_time}})


def _key(partition: str, sort: str) -> dict[str, UniversalAttributeValueTypeDef]:
    return {"pk": {"S": partition}, "sk": {"S": sort}}


def _serialized(values: Mapping[str, Any]) -> dict[str, UniversalAttributeValueTypeDef]:
    serializer = TypeSerializer()
    return {name: serializer.serialize(value) for name, value in values.items()}


def _item(found: Mapping[str, Any]) -> Item:
    version = int(found["version"]["N"])
    return Item(found["pk"]["S"], found["sk"]["S"], _plain(found["value"]), version)


def _plain(found: Mapping[str, Any]) -> Any:
    """Return an attribute's value as plain_copy gave it to be stored; raises KeyError for any other type.

    boto3's TypeDeserializer and plain_copy do the same in three times the time, which is that of a page.
    """
    [(kind, value)] = found.items()
    return _PLAIN[kind](value)


def _number(text: str) -> int | Decimal:
    exact = Decimal(text)
    return int(exact) if exact == exact.to_integral_value() else exact


_PLAIN: Mapping[str, Callable[[Any], Any]] = {
    "S": str,
    "N": _number,
    "BOOL": bool,
    "NULL": lambda _: None,
    "L": lambda parts: [_plain(part) for part in parts],
    "M": lambda parts: {name: _plain(part) for name, part in parts.items()},
}
"""By DynamoDB's name of a type."""


def _raise_too_large(error: ClientError, partition: str, sort: str) -> NoReturn:
    if code_of(error) == "ValidationException" and message_of(error).startswith("Item size"):
        raise ItemTooLarge(f"{partition} {sort}: {message_of(error)}") from error
    raise error
