"""A table's writes whose answers are lost: nobody conflicts with itself, see test_did_but_said_timeout.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from sluice.aws.dynamo_table import DynamoTable
from sluice.aws.session import AwsSession
from sluice.ports.table import ABSENT, Conflict
from tests.unit.aws.losing import ALL, Loss, doing


@pytest.fixture
def table(aws: AwsSession) -> DynamoTable:
    keys = [("pk", "HASH"), ("sk", "RANGE")]
    aws.dynamodb.create_table(
        TableName="state",
        KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in keys],  # type: ignore[typeddict-item]
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name, _ in keys],
        BillingMode="PAY_PER_REQUEST",
    )
    return DynamoTable(aws.dynamodb, "state")


def test_an_unconditional_put(aws: AwsSession, table: DynamoTable, loss: Loss, lost: int) -> None:
    loss.of(aws.dynamodb, "UpdateItem", lost)
    version = doing(lambda: table.put("p", "s", {"n": 1}), loss, lost)
    found = table.get("p", "s")
    assert found is not None
    assert (found.value, found.version) == ({"n": 1}, version)


@pytest.mark.parametrize("before", [ABSENT, 1, 2])
def test_a_conditional_put_is_no_conflict_with_itself(
    aws: AwsSession, table: DynamoTable, loss: Loss, before: int
) -> None:
    for _ in range(before):
        table.put("p", "s", {})
    loss.of(aws.dynamodb, "UpdateItem", ALL - 1)
    assert table.put("p", "s", {"n": 1}, expected=before) == before + 1


def test_a_conditional_put_of_which_nothing_was_heard_is_found_by_who_looks_again(
    aws: AwsSession, table: DynamoTable, loss: Loss
) -> None:
    loss.of(aws.dynamodb, "UpdateItem", ALL)
    with pytest.raises(ReadTimeoutError):
        table.put("p", "s", {"owner": "me"}, expected=ABSENT)
    with pytest.raises(Conflict):
        table.put("p", "s", {"owner": "me"}, expected=ABSENT)
    found = table.get("p", "s")
    assert found is not None
    assert (found.value, found.version) == ({"owner": "me"}, 1)


def test_a_delete(aws: AwsSession, table: DynamoTable, loss: Loss, lost: int) -> None:
    table.put("p", "s", {})
    loss.of(aws.dynamodb, "DeleteItem", lost)
    doing(lambda: table.delete("p", "s"), loss, lost)
    assert table.get("p", "s") is None


@pytest.mark.parametrize("times", [1, ALL - 1])
def test_a_conditional_delete_is_no_conflict_with_itself(
    aws: AwsSession, table: DynamoTable, loss: Loss, times: int
) -> None:
    table.put("p", "s", {})
    loss.of(aws.dynamodb, "DeleteItem", times)
    table.delete("p", "s", expected=1)
    assert table.get("p", "s") is None


def test_a_conditional_delete_of_what_another_wrote_meanwhile_is_a_conflict(
    aws: AwsSession, table: DynamoTable, loss: Loss
) -> None:
    table.put("p", "s", {})
    loss.of(aws.dynamodb, "DeleteItem", 1)
    aws.dynamodb.meta.events.register_last("before-send.dynamodb.DeleteItem", _written_anew(table))
    with pytest.raises(Conflict):
        table.delete("p", "s", expected=1)
    assert table.get("p", "s") is not None


def _written_anew(table: DynamoTable) -> Callable[..., None]:
    left = [None]

    def write(**_: Any) -> None:
        if left:
            left.pop()
            table.put("p", "s", {"owner": "another"})
            table.put("p", "s", {"owner": "another"})

    return write


def test_a_conditional_delete_of_what_is_gone_is_a_conflict(table: DynamoTable) -> None:
    with pytest.raises(Conflict):
        table.delete("p", "s", expected=1)
