"""A queue of its own behind the information topic, for the connections of one certification only.

What waits for others on the deployment's own queues is neither read nor taken.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sluice.aws.sqs_queue import SqsQueue
from sluice.bootstrap.deployment import Deployment
from sluice.cli.operating.topics import events_of

PATIENCE_SECONDS = 10.0
"""How long events that a run has counted may take from the topic to the queue."""


class Ears:
    """Receives what is published for some connections; each event is kept until it is asked for."""

    def __init__(self, queue: SqsQueue) -> None:
        self._queue = queue
        self._kept: list[dict[str, Any]] = []

    def heard(self, connection: str, expected: int) -> list[dict[str, Any]]:
        """Return the events of a connection since last asked: those expected, and any beyond them."""
        until = time.monotonic() + PATIENCE_SECONDS
        self._drain(0)
        while self._count(connection) < expected and time.monotonic() < until:
            self._drain(1)
        self._drain(0)
        found = [event for event in self._kept if event["connection"] == connection]
        self._kept = [event for event in self._kept if event["connection"] != connection]
        return found

    def _count(self, connection: str) -> int:
        return sum(event["connection"] == connection for event in self._kept)

    def _drain(self, wait_seconds: int) -> None:
        while messages := self._queue.receive(10, wait_seconds):
            for message in messages:
                self._kept += events_of(message)
                self._queue.delete(message)
            wait_seconds = 0


@contextmanager
def listening(deployment: Deployment, name: str, connections: Sequence[str]) -> Iterator[Ears]:
    """Give a queue that gets what is published for these connections; it is removed at the end."""
    sqs, sns = deployment.session.sqs, deployment.session.sns
    url = sqs.create_queue(QueueName=f"sluice-{deployment.stage}-{name}")["QueueUrl"]
    try:
        found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
        topic = deployment.outputs["InformationTopicArn"]
        _forget_earlier(sns, topic, found["QueueArn"])
        sqs.purge_queue(QueueUrl=url)
        wanted = {
            "RawMessageDelivery": "true",
            "FilterPolicy": json.dumps({"connection": list(connections)}),
        }
        subscription = sns.subscribe(
            TopicArn=topic,
            Protocol="sqs",
            Endpoint=found["QueueArn"],
            Attributes=wanted,
            ReturnSubscriptionArn=True,
        )
        try:
            yield Ears(SqsQueue(sqs, url))
        finally:
            sns.unsubscribe(SubscriptionArn=subscription["SubscriptionArn"])
    finally:
        sqs.delete_queue(QueueUrl=url)


def _forget_earlier(sns: Any, topic: str, queue: str) -> None:
    """End what a certification that was killed has left: the queue would get every event twice."""
    for page in sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic):
        for one in page["Subscriptions"]:
            if one["Endpoint"] == queue:
                sns.unsubscribe(SubscriptionArn=one["SubscriptionArn"])
