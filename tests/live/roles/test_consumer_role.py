"""The role of docs/consumers/lambda/template.yml, enforced: the example works with it, and not with less."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from sluice.bootstrap.deployment import Deployment
from sluice.local import embedded_aws
from sluice.messages.events import encode, pack
from sluice.settings import DEFAULT_REGION
from tests.live.pipeline.test_consumer import client, kept_in, own_stack, packaged, refusals, told_of, until
from tests.unit.messages.consumer.making import SOURCE, gone, named

pytestmark = pytest.mark.timeout(300)

KEEP = "Action: [dynamodb:PutItem]\n"


@dataclass
class Place:
    """An embedded AWS with a topic, as far as a consumer's team knows it."""

    endpoint: str
    region: str = DEFAULT_REGION
    outputs: dict[str, str] = field(default_factory=dict)


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    home = tmp_path_factory.mktemp("home")
    running = embedded_aws.start(home, port=0, extra={"AUTH": "true"})
    try:
        place = cast("Deployment", Place(running.endpoint))
        topic = client(place, "sns").create_topic(Name="information")
        place.outputs["InformationTopicArn"] = topic["TopicArn"]
        yield place
    finally:
        embedded_aws.stop(home)


@pytest.fixture(scope="module")
def template(deployment: Deployment) -> str:
    # One machine speaks plain http.
    return packaged(deployment, "code").replace('aws:SecureTransport: "false"', 'aws:SecureTransport: "no"')


def publish(deployment: Deployment, *events: dict[str, Any]) -> None:
    for message in pack([encode(event) for event in events], SOURCE):
        client(deployment, "sns").publish(
            TopicArn=deployment.outputs["InformationTopicArn"],
            Message=message.body,
            MessageAttributes={
                name: {"DataType": "String", "StringValue": value}
                for name, value in message.attributes.items()
            },
        )


def test_with_its_role_it_keeps_records_and_tells_of_them(deployment: Deployment, template: str) -> None:
    with own_stack(deployment, "allowed", template) as made:
        publish(deployment, named(1, 1), gone(2, 3), named(1, 2))
        until(lambda: len(kept_in(deployment, made["RecordsTable"], "acme")) == 2, "nothing was kept")
        until(lambda: len(told_of(deployment, made["DoneTable"])) >= 2, "nothing was told")
        assert refusals(deployment, "/aws/lambda/allowed") == set()


def test_a_role_that_may_not_keep_brings_the_message_again(deployment: Deployment, template: str) -> None:
    assert template.count(KEEP) == 1
    less = template.replace(KEEP, "Action: [dynamodb:DescribeTable]\n")
    with own_stack(deployment, "refused", less) as made:
        publish(deployment, named(1, 1))
        refused = {("ClientError", False)}
        until(lambda: refusals(deployment, "/aws/lambda/refused") == refused, "nobody was refused")
        assert kept_in(deployment, made["RecordsTable"], "acme") == {}
