"""A consumer's own queue (docs/consumers/queue.yml) and docs/consumers/consumer.py on it, after real runs."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
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


@contextmanager
def own_queue(deployment: Deployment, name: str) -> Iterator[str]:
    """Make a queue as a consumer's team does; yield its address."""
    access = {key.lower(): value for key, value in ACCESS.items()}
    cloudformation = boto3.client(
        "cloudformation", endpoint_url=deployment.endpoint, region_name=deployment.region, **access
    )
    given = {
        "Name": name,
        "TopicArn": deployment.outputs["InformationTopicArn"],
        "Entities": ",".join(ENTITIES),
    }
    parameters = [{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()]
    template = (EXAMPLES / "queue.yml").read_text()
    cloudformation.create_stack(StackName=name, TemplateBody=template, Parameters=parameters)
    try:
        cloudformation.get_waiter("stack_create_complete").wait(
            StackName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 60}
        )
        (stack,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
        yield {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}["QueueUrl"]
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


def test_the_example_keeps_what_runs_published(
    customer_of: Callable[..., Customer], deployment: Deployment, tmp_path: Path
) -> None:
    file = tmp_path / "records.db"
    with own_queue(deployment, "crm-records") as queue, consuming(deployment, queue, file):
        acme = customer_of("acme-consumer", scale=0.05)
        acme.run()
        acme.order("change", stream="department", count=2, set={"name": "Ny avdeling"})
        acme.order("delete", stream="product", count=1)
        acme.run()
        expected = newest(acme.events())
        assert {gone for _, gone, _ in expected.values()} == {False, True}
        assert max(version for version, _, _ in expected.values()) == 2
        until = time.monotonic() + 120
        while kept(file, acme.name) != expected:
            assert time.monotonic() < until, "the consumer has not kept what was published"
            time.sleep(0.5)
        assert {name.split("/")[1] for name in kept(file, acme.name)} == set(ENTITIES)
