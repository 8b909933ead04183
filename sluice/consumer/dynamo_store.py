"""Store in a table of DynamoDB with the key `id`, a text: one item a record, written on a condition."""

from __future__ import annotations

from typing import Any

import orjson

from sluice.consumer.event import Event
from sluice.consumer.order import Held, Standing, standing


class DynamoStore:
    """Items of id, version, event, deleted, entity, connection, data (JSON, as text: no digit is lost).

    ``client`` is a client of DynamoDB as boto3 makes it; needed is dynamodb:PutItem. The table must not
    expire deleted records: their versions keep older events from bringing them back.
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
