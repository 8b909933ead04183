"""What of a request is billed, in which units."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from sluice.aws.billing import asked, brought_along, capacity_wanted, units_of

KB64 = 64 * 1024


def told(service: str, operation: str, answer: dict[str, Any] | None = None, **params: Any) -> Any:
    """Return what one try of a request is billed as, as (kind, units)."""
    kept = asked(service, operation, params)
    found = units_of(operation, kept, {} if answer is None else answer) if kept else None
    return None if found is None else (found.kind, found.units)


@pytest.mark.parametrize(
    ("operation", "kind"),
    [
        ("PutObject", "s3_write"),
        ("CopyObject", "s3_write"),
        ("ListObjectsV2", "s3_write"),
        ("CreateMultipartUpload", "s3_write"),
        ("UploadPart", "s3_write"),
        ("CompleteMultipartUpload", "s3_write"),
        ("GetObject", "s3_read"),
        ("HeadObject", "s3_read"),
    ],
)
def test_requests_of_s3(operation: str, kind: str) -> None:
    assert told("s3", operation) == (kind, 1)


@pytest.mark.parametrize("operation", ["DeleteObject", "DeleteObjects", "AbortMultipartUpload"])
def test_what_is_free_is_not_counted(operation: str) -> None:
    assert told("s3", operation) is None
    assert told("stepfunctions", "SendTaskSuccess", taskToken="t", output="{}") is None


@pytest.mark.parametrize(
    ("operation", "kind"),
    [
        ("GetItem", "dynamodb_read"),
        ("BatchGetItem", "dynamodb_read"),
        ("Query", "dynamodb_read"),
        ("TransactGetItems", "dynamodb_read"),
        ("PutItem", "dynamodb_write"),
        ("UpdateItem", "dynamodb_write"),
        ("DeleteItem", "dynamodb_write"),
        ("TransactWriteItems", "dynamodb_write"),
    ],
)
def test_dynamodb_says_itself_what_it_took(operation: str, kind: str) -> None:
    params: dict[str, Any] = {}
    capacity_wanted("dynamodb", operation, params)
    assert params == {"ReturnConsumedCapacity": "TOTAL"}
    one = {"ConsumedCapacity": {"TableName": "t", "CapacityUnits": 2.5}}
    assert told("dynamodb", operation, one) == (kind, Decimal("2.5"))
    several = {"ConsumedCapacity": [{"CapacityUnits": 2.5}, {"CapacityUnits": 4.0}]}
    assert told("dynamodb", operation, several) == (kind, Decimal("6.5"))


@pytest.mark.parametrize(("consistent", "units"), [(True, 2), (False, 1)])
def test_a_read_takes_no_less_than_what_came(consistent: bool, units: int) -> None:
    flat = {"ConsumedCapacity": {"CapacityUnits": 0.5}}
    large, small = {"pk": {"S": "x" * 5_000}}, {"pk": {"S": "x"}}
    one = told("dynamodb", "GetItem", {**flat, "Item": large}, Key=small, ConsistentRead=consistent)
    assert one == ("dynamodb_read", units)
    # What a query reads is rounded once, what a batch reads for each of its items.
    query = told("dynamodb", "Query", {**flat, "Items": [small] * 3 + [large]}, ConsistentRead=consistent)
    assert query == ("dynamodb_read", units)
    wanted = {"t": {"Keys": [small], "ConsistentRead": consistent}}
    batch = told(
        "dynamodb", "BatchGetItem", {**flat, "Responses": {"t": [small, small]}}, RequestItems=wanted
    )
    assert batch == ("dynamodb_read", units)
    nothing = told("dynamodb", "GetItem", flat, Key=small, ConsistentRead=consistent)
    assert nothing == ("dynamodb_read", Decimal("0.5"))


def test_a_transaction_reads_twice() -> None:
    answer = {"ConsumedCapacity": [{"CapacityUnits": 1}], "Responses": [{"Item": {"pk": {"S": "x"}}}, {}]}
    assert told("dynamodb", "TransactGetItems", answer) == ("dynamodb_read", 2)


def test_a_condition_that_did_not_hold_is_billed_by_what_was_sent() -> None:
    refused = {"Error": {"Code": "ConditionalCheckFailedException"}}
    params = {"Key": {"pk": {"S": "a" * 20}}, "ExpressionAttributeValues": {":v": {"S": "ø" * 700}}}
    assert told("dynamodb", "UpdateItem", refused, **params) == ("dynamodb_write", 2)
    assert told("dynamodb", "DeleteItem", refused, Key={"pk": {"S": "a"}}) == ("dynamodb_write", 1)
    nested = {":v": {"M": {"list": {"L": [{"S": "x" * 900}, {"N": "12"}, {"BOOL": True}, {"NULL": True}]}}}}
    assert told("dynamodb", "UpdateItem", refused, ExpressionAttributeValues=nested) == ("dynamodb_write", 1)


def test_what_dynamodb_throttled_or_never_answered_is_not_billed() -> None:
    throttled = {"Error": {"Code": "ProvisionedThroughputExceededException"}}
    assert told("dynamodb", "PutItem", throttled, Item={"pk": {"S": "a"}}) is None
    kept = asked("dynamodb", "PutItem", {"Item": {"pk": {"S": "a"}}})
    assert kept is not None
    assert units_of("PutItem", kept, None) is None


def test_tables_themselves_are_asked_for_no_capacity() -> None:
    params: dict[str, Any] = {}
    capacity_wanted("dynamodb", "DescribeTable", params)
    capacity_wanted("s3", "GetObject", params)
    assert params == {}
    assert told("dynamodb", "DescribeTable", {"Table": {}}) is None


@pytest.mark.parametrize(("size", "units"), [(0, 1), (1, 1), (KB64, 1), (KB64 + 1, 2), (4 * KB64, 4)])
def test_a_message_is_billed_by_64_kb(size: int, units: int) -> None:
    assert told("sqs", "SendMessage", MessageBody="x" * size) == ("sqs_request", units)
    assert told("sns", "Publish", Message="x" * size) == ("sns_publish", units)


def test_a_message_has_the_size_of_its_bytes_and_attributes() -> None:
    attributes = {"entity": {"DataType": "String", "StringValue": "invoice"}}
    assert told("sqs", "SendMessage", MessageBody="ø" * (KB64 // 2)) == ("sqs_request", 1)
    body = "x" * (KB64 - 10)
    assert told("sqs", "SendMessage", MessageBody=body, MessageAttributes=attributes) == ("sqs_request", 2)


def test_a_batch_is_one_request_by_the_size_of_all_its_messages() -> None:
    small = [{"Id": str(number), "Message": "x" * 100} for number in range(10)]
    assert told("sns", "PublishBatch", PublishBatchRequestEntries=small) == ("sns_publish", 1)
    large = [{"Id": str(number), "Message": "x" * KB64} for number in range(4)]
    assert told("sns", "PublishBatch", PublishBatchRequestEntries=large) == ("sns_publish", 4)
    bodies = [{"Id": "1", "MessageBody": "x" * KB64}, {"Id": "2", "MessageBody": "x"}]
    assert told("sqs", "SendMessageBatch", Entries=bodies) == ("sqs_request", 2)


def test_receiving_is_billed_by_what_came() -> None:
    assert told("sqs", "ReceiveMessage", {}) == ("sqs_request", 1)
    came = {"Messages": [{"Body": "x" * KB64}, {"Body": "x" * KB64}]}
    assert told("sqs", "ReceiveMessage", came) == ("sqs_request", 2)


def test_anything_else_counts_by_its_service() -> None:
    assert told("secretsmanager", "GetSecretValue", SecretId="s") == ("secrets_request", 1)
    assert told("kms", "Decrypt") == ("kms_request", 1)


@pytest.mark.parametrize(
    ("messages", "size", "units"), [(1, 10, 2), (10, 10, 2), (11, 10, 4), (4, KB64, 5), (90, KB64, 99)]
)
def test_messages_that_lambda_brings_were_received_and_are_removed(
    messages: int, size: int, units: int
) -> None:
    records = [{"eventSource": "aws:sqs", "body": "x" * size}] * messages
    found = brought_along(records)
    assert found is not None
    assert (found.kind, found.units) == ("sqs_request", units)


def test_events_of_others_cost_no_queue() -> None:
    assert brought_along([]) is None
    assert brought_along([{"eventSource": "aws:s3", "s3": {}}]) is None
