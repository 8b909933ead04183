"""The meter: what is counted is what was sent, for each invocation by itself."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError
from moto import mock_aws

from sluice.aws.meter import Meter
from sluice.aws.session import AwsSession
from sluice.model.metered import Metered

REGION = "eu-north-1"


@pytest.fixture
def meter() -> Meter:
    return Meter()


@pytest.fixture
def session(meter: Meter) -> Iterator[AwsSession]:
    with mock_aws():
        session = AwsSession(REGION, meter=meter)
        session.s3.create_bucket(Bucket="raw", CreateBucketConfiguration={"LocationConstraint": REGION})
        meter.begin(512)
        yield session


def test_requests_are_counted_by_kind(session: AwsSession, meter: Meter) -> None:
    session.s3.put_object(Bucket="raw", Key="a", Body=b"1")
    session.s3.get_object(Bucket="raw", Key="a")["Body"].read()
    session.s3.delete_object(Bucket="raw", Key="a")
    queue = session.sqs.create_queue(QueueName="q")["QueueUrl"]
    session.sqs.send_message(QueueUrl=queue, MessageBody="x" * 65_537)
    session.sqs.receive_message(QueueUrl=queue)
    topic = session.sns.create_topic(Name="t")["TopicArn"]
    session.sns.publish(TopicArn=topic, Message="m")
    session.secretsmanager.create_secret(Name="s", SecretString="x")
    # Making a queue and a topic are requests, too.
    assert meter.so_far().requests == {
        "s3_read": "1",
        "s3_write": "1",
        "secrets_request": "1",
        "sns_publish": "2",
        "sqs_request": "5",
    }


def test_every_try_of_a_request_is_counted(
    session: AwsSession, meter: Meter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)
    answers = iter((503, 503, 200))

    def answer(request: Any, **_: Any) -> AWSResponse:
        return AWSResponse(request.url, next(answers), {}, Raw())

    session.s3.meta.events.register_first("before-send.s3.PutObject", answer)
    session.s3.put_object(Bucket="raw", Key="a", Body=b"1")
    assert meter.so_far().requests == {"s3_write": "3"}


class Raw:
    """The empty body of an answer."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield b""

    def read(self, *_: Any) -> bytes:
        return b""


def test_a_refused_condition_is_billed(session: AwsSession, meter: Meter) -> None:
    session.dynamodb.create_table(
        TableName="t",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
    )
    with pytest.raises(ClientError):
        session.dynamodb.update_item(
            TableName="t",
            Key={"pk": {"S": "a"}},
            UpdateExpression="SET x = :x",
            ConditionExpression="attribute_exists(pk)",
            ExpressionAttributeValues={":x": {"S": "x" * 1024}},
        )
    assert meter.so_far().requests == {"dynamodb_write": "2"}


def test_each_invocation_is_counted_by_itself(session: AwsSession, meter: Meter) -> None:
    session.s3.put_object(Bucket="raw", Key="a", Body=b"1")
    meter.begin(1024)
    session.s3.get_object(Bucket="raw", Key="a")
    found = meter.so_far()
    assert (found.mb, found.requests) == (1024, {"s3_read": "1"})
    meter.begin(256)
    assert meter.so_far().requests == {}


def test_nothing_is_counted_before_an_invocation_has_begun() -> None:
    meter, asked = Meter(), []
    with mock_aws():
        session = AwsSession(REGION, meter=meter)
        session.dynamodb.meta.events.register("before-call", lambda params, **_: asked.append(params["body"]))
        session.dynamodb.list_tables()
        session.sqs.create_queue(QueueName="q")
        with pytest.raises(ClientError):
            session.dynamodb.get_item(TableName="t", Key={"pk": {"S": "a"}})
    assert meter.so_far().requests == {}
    assert asked
    assert not any(b"ReturnConsumedCapacity" in body for body in asked)


def test_threads_of_an_invocation_are_counted_together(session: AwsSession, meter: Meter) -> None:
    def put(number: int) -> None:
        for turn in range(10):
            session.s3.put_object(Bucket="raw", Key=f"{number}/{turn}", Body=b"1")

    assert session.s3 is session.s3
    side_by_side(put)
    assert meter.so_far().requests == {"s3_write": "80"}


def side_by_side(work: Callable[[int], None]) -> None:
    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_messages_that_came_along_are_counted_from_the_beginning(meter: Meter) -> None:
    meter.begin(512, [{"eventSource": "aws:sqs", "body": "{}"}])
    assert meter.so_far().requests == {"sqs_request": "2"}


def test_times_are_rounded_up_to_whole_ms(meter: Meter, monkeypatch: pytest.MonkeyPatch) -> None:
    passed, worked = iter((10.0, 10.0421)), iter((1.0, 1.0301))
    monkeypatch.setattr(time, "perf_counter", lambda: next(passed))
    monkeypatch.setattr(time, "process_time", lambda: next(worked))
    meter.begin(1769)
    assert meter.so_far() == Metered(43, 1769, 31, {})


def test_nothing_takes_no_time_at_all(meter: Meter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "perf_counter", lambda: 10.0)
    meter.begin(128)
    assert meter.so_far().ms == 1


def test_what_was_used_survives_json(meter: Meter) -> None:
    meter.begin(512, [{"eventSource": "aws:sqs", "body": "{}"}])
    found = meter.so_far()
    assert Metered.from_json(found.to_json()) == found
    assert Metered(2_000, 512, 0).gb_seconds == 1
