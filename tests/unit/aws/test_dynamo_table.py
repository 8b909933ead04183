"""A conditional write that was done, though its answer was lost, is not a conflict when it is repeated."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from moto import mock_aws

from sluice.aws.dynamo_table import DynamoTable
from sluice.aws.session import AwsSession
from sluice.ports.table import ABSENT, Conflict


class LosesTheFirstAnswer:
    """A client as botocore's retry makes it look: each write is sent twice, the second answer is given."""

    def __init__(self, client: Any, between: Any = None) -> None:
        self._client = client
        self._between = between

    def update_item(self, **call: Any) -> Any:
        self._client.update_item(**call)
        if self._between:
            self._between()
        return self._client.update_item(**call)

    def get_item(self, **call: Any) -> Any:
        return self._client.get_item(**call)


@pytest.fixture
def client(session: AwsSession) -> Iterator[Any]:
    with mock_aws():
        session.dynamodb.create_table(
            TableName="state",
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "sk", "AttributeType": "S"},
            ],
            BillingMode="PAY_PER_REQUEST",
        )
        yield session.dynamodb


@pytest.mark.parametrize("before", [0, 1, 2])
def test_the_repeated_write_is_told_its_version(client: Any, before: int) -> None:
    table = DynamoTable(client, "state")
    for _ in range(before):
        table.put("p", "s", {})
    stuttering = DynamoTable(LosesTheFirstAnswer(client), "state")  # type: ignore[arg-type]
    assert stuttering.put("p", "s", {"owner": "me"}, expected=before) == before + 1
    found = table.get("p", "s")
    assert found is not None
    assert (found.value, found.version) == ({"owner": "me"}, before + 1)


def test_a_write_that_another_has_overwritten_since_is_a_conflict(client: Any) -> None:
    table = DynamoTable(client, "state")
    lossy: Any = LosesTheFirstAnswer(client, between=lambda: table.put("p", "s", {"owner": "other"}))
    with pytest.raises(Conflict):
        DynamoTable(lossy, "state").put("p", "s", {"owner": "me"}, expected=ABSENT)


def test_the_layout(client: Any) -> None:
    DynamoTable(client, "state").put("acme", "cursor#customer", {"since": None, "n": 1}, expires_at=9)
    item = client.get_item(TableName="state", Key={"pk": {"S": "acme"}, "sk": {"S": "cursor#customer"}})[
        "Item"
    ]
    assert len(item.pop("write")["S"]) == 32
    assert item == {
        "pk": {"S": "acme"},
        "sk": {"S": "cursor#customer"},
        "value": {"M": {"since": {"NULL": True}, "n": {"N": "1"}}},
        "version": {"N": "1"},
        "expires_at": {"N": "9"},
    }
