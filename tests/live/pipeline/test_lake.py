"""The lake equals the topic: every event on the information queue is in it once, as it was published."""

from __future__ import annotations

import json
import time
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import duckdb
import pytest

from sluice.bootstrap.deployment import Deployment
from sluice.lake.layout import read_key
from tests.live.pipeline.conftest import Customer

pytestmark = pytest.mark.timeout(600)

COLUMNS = "event_id, event_version, connection, connector, deleted, source_id, record, entity"


def in_the_lake(customer: Customer, folder: Path) -> list[dict[str, Any]]:
    """Return the connection's rows in the lake, of every file of events; ``folder`` keeps what was read."""
    objects = customer.deployment.world.objects
    for key in objects.keys("lake/"):
        file = read_key(key)
        assert file is not None, key
        local = folder / f"entity={file.partition.entity}" / key.rpartition("/")[2]
        if file.partition.connection == customer.name and file.part is not None and not local.exists():
            local.parent.mkdir(exist_ok=True)
            local.write_bytes(objects.get(key))
    files = [str(file) for file in folder.glob("*/*.parquet")]
    if not files:
        return []
    with duckdb.connect() as database:
        options = "hive_partitioning = true, union_by_name = true"
        rows = database.execute(f"SELECT {COLUMNS} FROM read_parquet(?, {options})", [files])  # noqa: S608
        names = [name for name, *_ in rows.description or ()]
        return [dict(zip(names, row, strict=True)) for row in rows.fetchall()]


def wait_for(count: int, customer: Customer, folder: Path, patience: float = 240) -> list[dict[str, Any]]:
    """Return the connection's rows once that many events are there."""
    until = time.monotonic() + patience
    while True:
        rows = in_the_lake(customer, folder)
        if len({row["event_id"] for row in rows}) >= count:
            return rows
        assert time.monotonic() < until, f"{len(rows)} rows of {count} after {patience} s"
        time.sleep(1)


def test_every_event_on_the_queue_is_in_the_lake_once(
    customer_of: Callable[..., Customer], tmp_path: Path
) -> None:
    acme = customer_of("acme-lake", scale=0.3)
    acme.run()
    acme.order("change", stream="department", count=2, set={"name": "Ny avdeling"})
    acme.order("delete", stream="product", count=1)
    acme.run()
    events = acme.events()
    assert {event["type"].rpartition(".")[2] for event in events} == {"upserted", "deleted"}
    assert max(event["entityversion"] for event in events) == 2
    published = {event["id"]: event for event in events}
    rows = wait_for(len(published), acme, tmp_path)
    assert {row["event_id"]: json.loads(row["record"]) for row in rows} == {
        name: event["data"] for name, event in published.items()
    }
    assert len(rows) == len(published)
    for row in rows:
        event = published[row["event_id"]]
        assert row["event_version"] == event["entityversion"]
        assert (row["connection"], row["connector"]) == (event["connection"], event["connector"])
        assert row["source_id"] == event["subject"]
        assert event["type"] == f"{row['entity']}.{'deleted' if row['deleted'] else 'upserted'}"


def test_what_is_no_event_becomes_a_dead_letter_and_what_came_with_it_is_written(
    customer_of: Callable[..., Customer], deployment: Deployment, tmp_path: Path
) -> None:
    acme = customer_of("acme-lake-bad", streams=("department",))
    queue, sqs = deployment.outputs["LakeQueueUrl"], deployment.session.sqs
    usual = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["VisibilityTimeout"])["Attributes"]
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "2"})  # five tries in seconds
    sqs.send_message(QueueUrl=queue, MessageBody="no event")
    acme.run()
    published = {event["id"] for event in acme.events()}
    assert {row["event_id"] for row in wait_for(len(published), acme, tmp_path)} == published
    letters = deployment.queue("lake_dead_letter")
    until = time.monotonic() + 120
    while not (dead := letters.receive(10, 1)):
        assert time.monotonic() < until
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": usual["VisibilityTimeout"]})
    assert [letter.body for letter in dead] == ["no event"]
    letters.delete(dead[0])


def test_the_catalogue_names_the_tables_and_views(deployment: Deployment) -> None:
    glue = boto3.client(
        "glue",
        endpoint_url=deployment.endpoint,
        region_name=deployment.region,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    database = deployment.outputs["LakeDatabaseName"]
    table = glue.get_table(DatabaseName=database, Name="invoice_events")["Table"]
    bucket = deployment.outputs["BucketName"]
    assert table["StorageDescriptor"]["Location"] == f"s3://{bucket}/lake/invoice/events/"
    view = glue.get_table(DatabaseName=database, Name="invoice")["Table"]["ViewOriginalText"]
    said = json.loads(b64decode(view.removeprefix("/* Presto View: ").removesuffix(" */")))
    assert said["schema"] == database
