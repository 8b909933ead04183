"""Consumers after real runs: docs/consumers/consumer.py on a queue of its own, and docs/consumers/lambda/."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import random
import sqlite3
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest

from sluice.bootstrap.deployment import Deployment
from sluice.bootstrap.documents import ROOT
from tests.live.pipeline.conftest import Customer

pytestmark = pytest.mark.timeout(600)

EXAMPLES = ROOT / "docs/consumers"
ENTITIES = ("customer", "department", "product")
ACCESS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}

Rows = dict[str, tuple[int, bool, dict[str, Any]]]
"""By record: its version, whether it is deleted, and what it is."""


def client(deployment: Deployment, service: str) -> Any:
    """Return a client of the embedded AWS, as a consumer's team has one."""
    access = {key.lower(): value for key, value in ACCESS.items()}
    return boto3.client(service, endpoint_url=deployment.endpoint, region_name=deployment.region, **access)


@contextmanager
def own_stack(deployment: Deployment, name: str, template: str) -> Iterator[dict[str, str]]:
    """Make a stack as a consumer's team does; yield its outputs."""
    cloudformation = client(deployment, "cloudformation")
    given = {
        "Name": name,
        "TopicArn": deployment.outputs["InformationTopicArn"],
        "Entities": ",".join(ENTITIES),
    }
    parameters = [{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()]
    cloudformation.create_stack(
        StackName=name, TemplateBody=template, Parameters=parameters, Capabilities=["CAPABILITY_IAM"]
    )
    try:
        cloudformation.get_waiter("stack_create_complete").wait(
            StackName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 60}
        )
        (stack,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
        yield {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}
    finally:
        cloudformation.delete_stack(StackName=name)


@contextmanager
def consuming(deployment: Deployment, queue: str, file: Path) -> Iterator[None]:
    """Let the example run as it is, in a process of its own."""
    env = os.environ | ACCESS
    env |= {"AWS_ENDPOINT_URL": str(deployment.endpoint), "AWS_DEFAULT_REGION": deployment.region}
    command = [sys.executable, str(EXAMPLES / "consumer.py"), queue, str(file)]
    process = subprocess.Popen(command, env=env)  # noqa: S603 - our own file
    try:
        yield
        assert process.poll() is None, "it ended by itself"
    finally:
        process.terminate()
        process.wait(30)


def kept(file: Path, connection: str) -> Rows:
    """Return what the consumer has kept of the connection."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as store:
        rows = store.execute(
            "SELECT id, version, deleted, data FROM record WHERE id LIKE ?", [f"{connection}/%"]
        )
        return {name: (version, bool(gone), json.loads(data)) for name, version, gone, data in rows}


def newest(events: list[dict[str, Any]]) -> Rows:
    """Return each record of the wanted entities as its highest version says."""
    wanted = [event for event in events if event["type"].partition(".")[0] in ENTITIES]
    ordered = sorted(wanted, key=lambda event: event["entityversion"])
    return {
        event["data"]["id"]: (event["entityversion"], event["type"].endswith(".deleted"), event["data"])
        for event in ordered
    }


def until(holds: Callable[[], bool], what: str, patience: float = 90) -> None:
    """Wait until something holds."""
    end = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < end, what
        time.sleep(0.5)


def test_the_example_keeps_what_runs_published(
    customer_of: Callable[..., Customer], deployment: Deployment, tmp_path: Path
) -> None:
    file = tmp_path / "records.db"
    template = (EXAMPLES / "queue.yml").read_text()
    with (
        own_stack(deployment, "crm-records", template) as made,
        consuming(deployment, made["QueueUrl"], file),
    ):
        acme = customer_of("acme-consumer", scale=0.05, streams=ENTITIES)
        acme.run()
        acme.order("change", stream="department", count=2, set={"name": "Ny avdeling"})
        acme.order("delete", stream="product", count=1)
        acme.run()
        expected = newest(acme.events())
        assert {gone for _, gone, _ in expected.values()} == {False, True}
        assert max(version for version, _, _ in expected.values()) == 2
        until(lambda: kept(file, acme.name) == expected, "the consumer has not kept what was published")
        assert {name.split("/")[1] for name in kept(file, acme.name)} == set(ENTITIES)


def packaged(deployment: Deployment, bucket: str) -> str:
    """Return the Lambda's template with its code uploaded, as `aws cloudformation package` does it.

    Messages are given up sooner here: a poisoned one is a dead letter in half a minute, not half an hour.
    """
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as code:
        code.write(EXAMPLES / "lambda/handler.py", "handler.py")
        for file in sorted((ROOT / "sluice/consumer").glob("*.py")):
            code.write(file, f"sluice/consumer/{file.name}")
    s3 = client(deployment, "s3")
    location = {"LocationConstraint": deployment.region}
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration=location)
    s3.put_object(Bucket=bucket, Key="code.zip", Body=written.getvalue())
    template = (EXAMPLES / "lambda/template.yml").read_text()
    for old, new in {
        "Code: build": f"Code: {{S3Bucket: {bucket}, S3Key: code.zip}}",
        "VisibilityTimeout: 360 ": "VisibilityTimeout: 8 ",
        "maxReceiveCount: 5": "maxReceiveCount: 3",
    }.items():
        assert template.count(old) == 1
        template = template.replace(old, new)
    return template


def send(deployment: Deployment, queue: str, body: str, attributes: dict[str, str]) -> None:
    """Put a message into the consumer's queue, past the topic."""
    given = {name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()}
    client(deployment, "sqs").send_message(QueueUrl=queue, MessageBody=body, MessageAttributes=given)


def shuffled(events: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield messages with all events of the wanted entities twice, in another order and other packs."""
    wanted = [event for event in events if event["type"].partition(".")[0] in ENTITIES] * 2
    random.Random(7).shuffle(wanted)  # noqa: S311 - an order, no secret
    for entity in ENTITIES:
        mine = [event for event in wanted if event["type"].partition(".")[0] == entity]
        for start in range(0, len(mine), 7):
            first = mine[start]
            attributes = {name: first[name] for name in ("connection", "connector")} | {"entity": entity}
            yield json.dumps(mine[start : start + 7]), attributes


def table(deployment: Deployment, name: str) -> list[dict[str, Any]]:
    """Return all items of a table."""
    pages = client(deployment, "dynamodb").get_paginator("scan").paginate(TableName=name, ConsistentRead=True)
    return [item for page in pages for item in page["Items"]]


def kept_in(deployment: Deployment, name: str, connection: str) -> Rows:
    """Return what the Lambda has kept of the connection."""
    return {
        item["id"]["S"]: (int(item["version"]["N"]), item["deleted"]["BOOL"], json.loads(item["data"]["S"]))
        for item in table(deployment, name)
        if item["connection"]["S"] == connection
    }


def poisons(event: dict[str, Any]) -> dict[str, tuple[str, dict[str, str]]]:
    """Return messages that nobody is to believe, by the reason, made of one that is right."""
    entity = event["type"].partition(".")[0]
    right = {"connection": event["connection"], "connector": event["connector"], "entity": entity}
    forged = {**event, "data": {**event["data"], "name": "forged"}}
    newer = {**event, "dataschema": f"urn:sluice:{entity}:2"}
    return {
        "not_json": ("no JSON", right),
        "encoded": (base64.b64encode(json.dumps([event]).encode()).decode(), right),
        "newer_schema": (json.dumps([newer]), right),
        "altered": (json.dumps([forged]), right),
        "wrong_connection": (json.dumps([event]), {**right, "connection": "another"}),
    }


REFUSED = {
    ("not_json", False),
    ("encoded", False),
    ("newer_schema", False),
    ("altered", True),
    ("wrong_connection", True),
}


def refusals(deployment: Deployment, group: str) -> set[tuple[str, bool]]:
    """Return every reason that the Lambda has logged, and whether it is a matter of security."""
    pages = client(deployment, "logs").get_paginator("filter_log_events").paginate(logGroupName=group)
    lines = [line for page in pages for event in page["events"] for line in event["message"].splitlines()]
    told = [json.loads(line) for line in lines if '"reason"' in line]
    return {(one["reason"], one["security"]) for one in told}


def dead_letters(deployment: Deployment, queue: str, found: set[str]) -> set[str]:
    """Return all bodies that were found among the dead letters so far."""
    reply = client(deployment, "sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
    found.update(message["Body"] for message in reply.get("Messages", ()))
    return found


def test_the_lambda_keeps_what_runs_published_and_believes_nothing_else(
    customer_of: Callable[..., Customer], deployment: Deployment
) -> None:
    template = packaged(deployment, "crm-lambda-code")
    with own_stack(deployment, "crm-lambda", template) as made:
        acme = customer_of("acme-lambda", scale=0.05, streams=ENTITIES)
        acme.run()
        events = acme.events()
        poisoned = poisons(next(event for event in events if event["type"] == "department.upserted"))
        for body, attributes in poisoned.values():
            send(deployment, made["QueueUrl"], body, attributes)
        acme.order("change", stream="department", count=2, set={"name": "Ny avdeling"})
        acme.order("delete", stream="product", count=1)
        acme.run()
        events += acme.events()
        for body, attributes in shuffled(events):
            send(deployment, made["QueueUrl"], body, attributes)
        expected = newest(events)
        assert {gone for _, gone, _ in expected.values()} == {False, True}
        until(
            lambda: kept_in(deployment, made["RecordsTable"], acme.name) == expected,
            "the Lambda has not kept what was published",
        )
        dead: set[str] = set()
        wrong = {body for body, _ in poisoned.values()}
        # A slow machine gives up right ones, too, so soon as that is here: they were taken all the same.
        until(lambda: dead_letters(deployment, made["DeadLettersUrl"], dead) >= wrong, "not given up")
        assert kept_in(deployment, made["RecordsTable"], acme.name) == expected
        told = refusals(deployment, "/aws/lambda/crm-lambda")
        assert told >= REFUSED
        assert {reason for reason, is_security in told if is_security} == {"altered", "wrong_connection"}
        wanted = remembered(events, expected)
        until(lambda: told_of(deployment, made["DoneTable"]) >= wanted, "not told of all")


def told_of(deployment: Deployment, name: str) -> set[str]:
    """Return for which event ids, as Powertools writes them, the side effect was done."""
    return {
        item["id"]["S"].rpartition("#")[2]
        for item in table(deployment, name)
        if item["status"]["S"] == "COMPLETED"
    }


def remembered(events: list[dict[str, Any]], expected: Rows) -> set[str]:
    """Return the newest versions' event ids as Powertools writes them."""
    return {
        hashlib.sha256(json.dumps(event["id"]).encode()).hexdigest()
        for event in events
        if expected.get(event["data"]["id"], (0,))[0] == event["entityversion"]
    }
