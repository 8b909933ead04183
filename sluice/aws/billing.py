"""What of a request AWS bills, and in which units. Sends nothing, knows no prices.

Sources, read 2026-11-22: what AWS's pages on prices of S3, DynamoDB, SQS, SNS and Secrets Manager call one
request; sizes of items in the DynamoDB developer guide, "DynamoDB item sizes and formats".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

S3_WRITE, S3_READ = "s3_write", "s3_read"
DYNAMODB_WRITE, DYNAMODB_READ = "dynamodb_write", "dynamodb_read"
SQS, SNS, SECRETS = "sqs_request", "sns_publish", "secrets_request"

_MESSAGE_UNIT = 64 * 1024
_MESSAGES_AT_ONCE = 10
_WRITE_UNIT = 1024
_READ_UNIT = 4 * 1024
_FREE = frozenset({"stepfunctions", "sts"})
"""Task tokens, starting executions, reading histories and STS cost nothing; states are in the history."""

_MESSAGING = {"sqs": (SQS, "MessageBody"), "sns": (SNS, "Message")}
"""The kind of their requests, and which parameter is a message's text."""

_S3_FREE = ("Delete", "AbortMultipart")
_S3_WRITES = ("Put", "Copy", "Post", "Create", "Upload", "Complete", "List", "Restore")
_READS = ("Get", "BatchGet", "Query", "Scan", "TransactGet")
_REFUSED_BUT_BILLED = frozenset({"ConditionalCheckFailedException", "TransactionCanceledException"})
_OPERATIONS_WITHOUT_CAPACITY = ("Describe", "List", "Create", "Delete", "Update")


class Asked(NamedTuple):
    """What a request's parameters say: of which kind its units are, and how many there are at least."""

    kind: str
    units: Decimal


def capacity_wanted(service: str, operation: str, params: dict[str, Any]) -> None:
    """Have DynamoDB say what a request consumed, unless whoever asks wants to hear of it anyway."""
    if service == "dynamodb" and not _of_tables(operation):
        params.setdefault("ReturnConsumedCapacity", "TOTAL")


def asked(service: str, operation: str, params: Mapping[str, Any]) -> Asked | None:
    """Return what is billed for a request of an operation with these parameters; None for what is free."""
    if service in _FREE:
        return None
    if service == "s3":
        return _of_s3(operation)
    if service == "dynamodb":
        return _of_dynamodb(operation, params)
    if service in _MESSAGING:
        kind, text = _MESSAGING[service]
        return Asked(kind, _messages(_texts(params, text)))
    return Asked(SECRETS if service == "secretsmanager" else f"{service}_request", Decimal(1))


def units_of(operation: str, found: Asked, answer: Mapping[str, Any] | None) -> Asked | None:
    """Return what is billed for one try of a request; ``answer`` is None where none came.

    DynamoDB says itself what it took; it bills nothing that it refused, but a condition that did not hold.
    """
    if found.kind in {DYNAMODB_READ, DYNAMODB_WRITE}:
        return _consumed(found, answer)
    if operation == "ReceiveMessage" and answer:
        texts = [str(message.get("Body", "")) for message in answer.get("Messages", ())]
        return Asked(SQS, _messages(texts))
    return found


def brought_along(records: Iterable[Mapping[str, Any]]) -> Asked | None:
    """Return what receiving and removing these messages was at least, ten at a time; None for none of SQS."""
    texts = [str(one.get("body", "")) for one in records if one.get("eventSource") == "aws:sqs"]
    if not texts:
        return None
    batches = _steps(len(texts), _MESSAGES_AT_ONCE)
    return Asked(SQS, max(_messages(texts), Decimal(batches)) + batches)


def _of_s3(operation: str) -> Asked | None:
    if operation.startswith(_S3_FREE):
        return None
    return Asked(S3_WRITE if operation.startswith(_S3_WRITES) else S3_READ, Decimal(1))


def _of_dynamodb(operation: str, params: Mapping[str, Any]) -> Asked | None:
    if _of_tables(operation):
        return None
    if operation.startswith(_READS):
        return Asked(DYNAMODB_READ, _read_once(operation, params))
    sent = {**params.get("Item", {}), **params.get("Key", {}), **params.get("ExpressionAttributeValues", {})}
    return Asked(DYNAMODB_WRITE, Decimal(_steps(_bytes_of_map(sent), _WRITE_UNIT)))


def _of_tables(operation: str) -> bool:
    return operation.startswith(_OPERATIONS_WITHOUT_CAPACITY) and not operation.endswith("Item")


def _read_once(operation: str, params: Mapping[str, Any]) -> Decimal:
    """Return the units of reading up to 4 KB: twice as many in a transaction, half where it may be stale."""
    if operation.startswith("Transact"):
        return Decimal(2)
    asked_for = [params, *params.get("RequestItems", {}).values()]
    return Decimal(1) if any(one.get("ConsistentRead") for one in asked_for) else Decimal("0.5")


def _consumed(found: Asked, answer: Mapping[str, Any] | None) -> Asked | None:
    told = (answer or {}).get("ConsumedCapacity")
    if told:
        each = [told] if isinstance(told, Mapping) else told
        units = sum((Decimal(str(one["CapacityUnits"])) for one in each), Decimal(0))
        # MiniStack tells the same of a read, whatever it read.
        least = found.units * _steps_read(answer or {}) if found.kind == DYNAMODB_READ else Decimal(0)
        return Asked(found.kind, max(units, least))
    refused = (answer or {}).get("Error", {}).get("Code", "")
    return found if refused in _REFUSED_BUT_BILLED and found.kind == DYNAMODB_WRITE else None


def _steps_read(answer: Mapping[str, Any]) -> int:
    """Return how many times 4 KB were read for what came: of a query together, else of each item."""
    if "Items" in answer:
        return _steps(sum(map(_bytes_of_map, answer["Items"])), _READ_UNIT)
    came = [answer["Item"]] if answer.get("Item") else []
    came += [item for items in _by_table(answer) for item in items]
    return sum(_steps(_bytes_of_map(item), _READ_UNIT) for item in came)


def _by_table(answer: Mapping[str, Any]) -> Iterable[list[Any]]:
    found = answer.get("Responses", {})
    if isinstance(found, Mapping):
        return found.values()
    return [[one["Item"] for one in found if one.get("Item")]]  # of a transaction


def _texts(params: Mapping[str, Any], name: str) -> list[str]:
    """Return the texts of the messages that the parameters hold, with their attributes."""
    entries = params.get("Entries") or params.get("PublishBatchRequestEntries") or [params]
    found: list[str] = []
    for entry in entries:
        found.append(str(entry.get(name, "")))
        for key, attribute in entry.get("MessageAttributes", {}).items():
            if isinstance(attribute, Mapping):
                found += [key, str(attribute.get("DataType", "")), str(attribute.get("StringValue", ""))]
    return found


def _messages(texts: Iterable[str]) -> Decimal:
    """Return the units of one request that carries these texts: one for each 64 KB of them together."""
    return Decimal(_steps(sum(len(text.encode()) for text in texts), _MESSAGE_UNIT))


def _steps(size: int, step: int) -> int:
    return max(1, -(-size // step))


def _bytes_of_map(attributes: Mapping[str, Any]) -> int:
    return sum(len(name.encode()) + _bytes_of(value) for name, value in attributes.items())


def _bytes_of(value: Any) -> int:
    """Return about how many bytes DynamoDB takes an attribute's value for, as it is sent: {"S": "text"}."""
    [(kind, held)] = value.items()
    if kind == "S":
        return len(held.encode())
    if kind == "N":
        return len(held) // 2 + 2
    if kind == "M":
        return 3 + _bytes_of_map(held) + len(held)
    if kind == "L":
        return 3 + sum(_bytes_of(part) + 1 for part in held)
    return len(held) if isinstance(held, bytes) else 1
