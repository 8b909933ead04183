"""What every queue does. ``send`` stands for whoever fills it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from sluice.aws.session import AwsSession
from sluice.aws.sqs_queue import SqsQueue
from sluice.local.fixed_clock import FixedClock
from sluice.local.memory_queue import MemoryQueue
from sluice.ports.queue import Queue
from sluice.ports.topic import OutgoingMessage

Send = Callable[[str], None]


class QueueContract:
    """A subclass gives ``queue`` (empty), ``send`` and ``wait_out_visibility``."""

    def test_an_empty_queue_gives_nothing(self, queue: Queue) -> None:
        assert queue.receive() == []
        assert queue.depth() == 0

    def test_a_message_comes_with_body_attributes_and_delivery(self, queue: Queue, send: Send) -> None:
        send("one")
        (found,) = queue.receive(1, 1)
        assert (found.body, dict(found.attributes), found.deliveries) == ("one", {"kind": "events"}, 1)
        assert found.id
        assert found.receipt
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", found.sent_at)

    @pytest.mark.parametrize("group", ["", "acme"])
    def test_a_message_keeps_its_group(self, queue: Queue, group: str) -> None:
        queue.send("one", {}, group=group)
        assert [found.group for found in queue.receive(1, 1)] == [group]

    def test_never_more_than_asked_for(self, queue: Queue, send: Send) -> None:
        for number in range(25):
            send(str(number))
        assert len(queue.receive(3)) == 3
        assert len(queue.receive(12)) == 12
        assert len(queue.receive(50)) == 10

    def test_depth_counts_what_is_being_worked_on(self, queue: Queue, send: Send) -> None:
        send("one")
        send("two")
        (first,) = queue.receive(1)
        assert queue.depth() == 2
        queue.delete(first)
        assert queue.depth() == 1

    def test_what_was_deleted_does_not_come_again(
        self, queue: Queue, send: Send, wait_out_visibility: Callable[[], None]
    ) -> None:
        send("one")
        (found,) = queue.receive()
        queue.delete(found)
        queue.delete(found)
        wait_out_visibility()
        assert queue.receive() == []

    def test_what_was_not_deleted_comes_again(
        self, queue: Queue, send: Send, wait_out_visibility: Callable[[], None]
    ) -> None:
        send("one")
        assert len(queue.receive()) == 1
        assert queue.receive() == []
        wait_out_visibility()
        (again,) = queue.receive()
        assert (again.body, again.deliveries) == ("one", 2)

    def test_what_is_hidden_for_no_time_comes_again_at_once(self, queue: Queue, send: Send) -> None:
        send("one")
        assert [one.body for one in queue.receive(1, 0, 0)] == ["one"]
        (again,) = queue.receive(1)
        assert (again.body, again.deliveries) == ("one", 2)

    def test_what_is_sent_comes_with_its_attributes(self, queue: Queue) -> None:
        queue.send("ø", {"type": "run.failed", "connection": "acme"})
        (found,) = queue.receive(1, 1)
        assert (found.body, dict(found.attributes)) == ("ø", {"type": "run.failed", "connection": "acme"})

    def test_what_is_hidden_again_comes_when_its_time_is_over(self, queue: Queue) -> None:
        queue.send("one", {})
        (found,) = queue.receive(1, 1)
        queue.hide(found, 3600)
        assert queue.receive() == []
        queue.hide(found, 0)
        (again,) = queue.receive()
        assert (again.body, again.deliveries) == ("one", 2)

    def test_what_is_gone_can_be_hidden(self, queue: Queue) -> None:
        queue.send("one", {})
        (found,) = queue.receive(1, 1)
        queue.delete(found)
        queue.hide(found, 0)
        assert queue.receive() == []

    def test_what_is_sent_with_a_delay_comes_after_it(
        self, queue: Queue, wait_out_visibility: Callable[[], None]
    ) -> None:
        queue.send("one", {}, delay_seconds=1)
        assert queue.receive() == []
        wait_out_visibility()
        assert [found.body for found in queue.receive()] == ["one"]


class TestMemoryQueue(QueueContract):
    @pytest.fixture
    def clock(self) -> FixedClock:
        return FixedClock(datetime(2026, 11, 21, tzinfo=UTC))

    @pytest.fixture
    def queue(self, clock: FixedClock) -> MemoryQueue:
        return MemoryQueue(clock)

    @pytest.fixture
    def send(self, queue: MemoryQueue) -> Send:
        return lambda body: queue.accept(OutgoingMessage(body, {"kind": "events"}))

    @pytest.fixture
    def wait_out_visibility(self, clock: FixedClock) -> Callable[[], None]:
        return lambda: clock.advance(31)


class TestSqsQueue(QueueContract):
    @pytest.fixture
    def url(self, aws: AwsSession) -> str:
        return aws.sqs.create_queue(QueueName="information")["QueueUrl"]

    @pytest.fixture
    def queue(self, aws: AwsSession, url: str) -> Queue:
        return SqsQueue(aws.sqs, url)

    @pytest.fixture
    def send(self, aws: AwsSession, url: str) -> Send:
        def call(body: str) -> None:
            kind = {"kind": {"DataType": "String", "StringValue": "events"}}
            aws.sqs.send_message(QueueUrl=url, MessageBody=body, MessageAttributes=kind)  # type: ignore[arg-type]

        return call

    @pytest.fixture
    def wait_out_visibility(self, aws: AwsSession, url: str) -> Callable[[], None]:
        aws.sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "1"})
        return lambda: time.sleep(1.1)
