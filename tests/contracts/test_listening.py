"""The queue of a certification hears every event once, also after one that was killed."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any, cast

import pytest

from sluice.aws.session import AwsSession
from sluice.bootstrap.deployment import Deployment
from sluice.cli.certify.listening import listening


@pytest.fixture
def deployment(aws: AwsSession) -> Deployment:
    outputs = {"InformationTopicArn": aws.sns.create_topic(Name="information")["TopicArn"]}
    return cast("Deployment", SimpleNamespace(session=aws, stage="toy", outputs=outputs))


def publish(deployment: Deployment, number: int) -> None:
    event = {"id": f"event{number}", "connection": "certify-toy"}
    attributes: dict[str, Any] = {"connection": {"DataType": "String", "StringValue": "certify-toy"}}
    deployment.session.sns.publish(
        TopicArn=deployment.outputs["InformationTopicArn"],
        Message=json.dumps([event]),
        MessageAttributes=attributes,
    )


def test_what_a_killed_certification_left_is_not_heard(deployment: Deployment) -> None:
    sns, sqs = deployment.session.sns, deployment.session.sqs
    left = sqs.create_queue(QueueName="sluice-toy-certify")["QueueUrl"]
    queue = sqs.get_queue_attributes(QueueUrl=left, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    earlier = sns.subscribe(
        TopicArn=deployment.outputs["InformationTopicArn"],
        Protocol="sqs",
        Endpoint=queue,
        Attributes={"RawMessageDelivery": "true"},
    )["SubscriptionArn"]
    publish(deployment, 1)
    with listening(deployment, "certify", ["certify-toy"]) as ears:
        publish(deployment, 2)
        assert [event["id"] for event in ears.heard("certify-toy", 1)] == ["event2"]
        (one,) = sns.list_subscriptions()["Subscriptions"]
        assert one["SubscriptionArn"] != earlier
    assert not sqs.list_queues().get("QueueUrls")
