"""What every topic does, seen by a queue that is subscribed to it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

import pytest

from sluice.aws.session import AwsSession
from sluice.aws.sns_topic import SnsTopic
from sluice.aws.sqs_queue import SqsQueue
from sluice.local.fixed_clock import FixedClock
from sluice.local.memory_queue import MemoryQueue
from sluice.local.memory_topic import MemoryTopic
from sluice.ports.queue import Queue
from sluice.ports.topic import OutgoingMessage, PublishFailed, Topic


class Subscribed(NamedTuple):
    topic: Topic
    queue: Queue


def message(body: str, **attributes: str) -> OutgoingMessage:
    return OutgoingMessage(body, attributes)


class TopicContract:
    """A subclass gives the fixture ``subscribed``: a topic and a queue that receives what it takes."""

    def test_body_and_attributes_arrive(self, subscribed: Subscribed) -> None:
        subscribed.topic.publish(
            [message('{"name":"Blåbær \U0001f600"}', entity="customer", connection="acme")]
        )
        (found,) = subscribed.queue.receive()
        assert found.body == '{"name":"Blåbær \U0001f600"}'
        assert dict(found.attributes) == {"entity": "customer", "connection": "acme"}

    def test_nothing_to_publish_is_fine(self, subscribed: Subscribed) -> None:
        subscribed.topic.publish([])
        assert subscribed.queue.receive() == []

    def test_every_one_of_many_arrives(self, subscribed: Subscribed) -> None:
        bodies = [str(number) for number in range(23)]
        subscribed.topic.publish([message(body, entity="customer") for body in bodies])
        assert sorted(found.body for found in subscribed.queue.receive(50)) == sorted(bodies)

    def test_messages_that_together_pass_the_limit_of_a_call_arrive(self, subscribed: Subscribed) -> None:
        bodies = [f"{number}{'x' * 65_000}" for number in range(9)]
        subscribed.topic.publish([message(body, entity="customer") for body in bodies])
        assert sorted(found.body for found in subscribed.queue.receive(50)) == bodies

    def test_one_message_too_large_fails_before_anything_is_sent(self, subscribed: Subscribed) -> None:
        with pytest.raises(PublishFailed, match="message 1 "):
            subscribed.topic.publish([message("fine"), message("ø" * 140_000)])
        assert subscribed.queue.receive() == []


class TestMemoryTopic(TopicContract):
    @pytest.fixture
    def subscribed(self) -> Subscribed:
        queue = MemoryQueue(FixedClock(datetime(2026, 11, 21, tzinfo=UTC)))
        return Subscribed(MemoryTopic(queue.accept), queue)


class TestSnsTopic(TopicContract):
    @pytest.fixture
    def subscribed(self, aws: AwsSession) -> Subscribed:
        arn = aws.sns.create_topic(Name="information")["TopicArn"]
        url = aws.sqs.create_queue(QueueName="information")["QueueUrl"]
        aws.sns.subscribe(
            TopicArn=arn,
            Protocol="sqs",
            Endpoint=aws.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"][
                "QueueArn"
            ],
            Attributes={"RawMessageDelivery": "true"},
        )
        return Subscribed(SnsTopic(aws.sns, arn), SqsQueue(aws.sqs, url))
