"""Store in a table of DynamoDB with the key `id`, a text: one item a record, written on a condition."""

from __future__ import annotations

from typing import Any

import orjson

from sluice.consumer.event import Event
from sluice.consumer.order import Held, Standing, forgotten, standing

_LEFT = "begins_with(#id, :of) AND #version < :before AND NOT (#deleted = :yes AND #version = :last)"


class DynamoStore:
    """Items of id, version, event, deleted, entity, connection, data (JSON, as text: no digit is lost).

    ``client`` is a client of DynamoDB as boto3 makes it; needed is dynamodb:PutItem, and to forget
    dynamodb:Scan and dynamodb:UpdateItem. The table must not expire deleted records: their versions keep
    older events from bringing them back.
    """

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def put(self, event: Event) -> Standing:
        """Keep the event if it is newer; raises Refused, and botocore's errors."""
        try:
            self._client.put_item(
                TableName=self._table,
                Item=_item(event),
                ConditionExpression="attribute_not_exists(#id) OR #version < :version",
                ExpressionAttributeNames={"#id": "id", "#version": "version"},
                ExpressionAttributeValues={":version": {"N": str(event.version)}},
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except self._client.exceptions.ConditionalCheckFailedException as refused:
            # A write that was done and whose answer was lost is found here as well, as a repeat.
            held = refused.response["Item"]
            return standing(event, Held(int(held["version"]["N"]), held["event"]["S"]))
        return Standing.NEWER

    def forget(self, connection: str, before: int) -> int:
        """Keep nothing but the ids of records below that version; raises botocore's errors.

        It reads the whole table, and is for a person to do: no Lambda needs the right to.
        """
        forgot = 0
        pages = self._client.get_paginator("scan").paginate(
            TableName=self._table,
            ProjectionExpression="#id",
            FilterExpression=_LEFT,
            ExpressionAttributeNames={"#id": "id", "#version": "version", "#deleted": "deleted"},
            ExpressionAttributeValues={
                ":of": {"S": f"{connection}/"},
                ":yes": {"BOOL": True},
                **_below(before),
            },
        )
        for page in pages:
            for item in page["Items"]:
                forgot += self._forget(item["id"]["S"], before)
        return forgot

    def _forget(self, key: str, before: int) -> bool:
        """Return whether it was forgotten, not overtaken meanwhile."""
        names = {"#version": "version", "#event": "event", "#deleted": "deleted", "#data": "data"}
        left = {
            ":data": {"S": orjson.dumps(forgotten(key)).decode()},
            ":yes": {"BOOL": True},
            ":none": {"S": ""},
        }
        try:
            self._client.update_item(
                TableName=self._table,
                Key={"id": {"S": key}},
                UpdateExpression="SET #version = :last, #event = :none, #deleted = :yes, #data = :data",
                ConditionExpression="#version < :before",
                ExpressionAttributeNames=names,
                ExpressionAttributeValues={**left, **_below(before)},
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True


def _below(before: int) -> dict[str, Any]:
    return {":before": {"N": str(before)}, ":last": {"N": str(before - 1)}}


def _item(event: Event) -> dict[str, Any]:
    return {
        "id": {"S": event.key},
        "version": {"N": str(event.version)},
        "event": {"S": event.id},
        "deleted": {"BOOL": event.deleted},
        "entity": {"S": event.entity},
        "connection": {"S": event.connection},
        "data": {"S": orjson.dumps(event.data).decode()},
    }
