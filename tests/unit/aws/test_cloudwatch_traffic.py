"""Traffic by CloudWatch, on moto: what was measured, and what was not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from sluice.aws.cloudwatch_traffic import CloudWatchTraffic
from sluice.aws.session import AwsSession
from sluice.ports.traffic import QueueTraffic

NAMES = {"information": "sluice-dev-information", "notification": "sluice-dev-notification"}


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsSession]:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        yield AwsSession(region="eu-north-1")


def measure(aws: AwsSession, queue: str, metric: str, *values: int) -> None:
    client: Any = aws.cloudwatch
    for number, value in enumerate(values):
        at = datetime.now(UTC) - timedelta(minutes=10 * (number + 1))
        dimensions = [{"Name": "QueueName", "Value": NAMES[queue]}]
        datum = {"MetricName": metric, "Dimensions": dimensions, "Timestamp": at, "Value": value}
        client.put_metric_data(Namespace="AWS/SQS", MetricData=[datum])


def test_the_newest_age_and_the_sum_of_an_hour_are_told_of_each_queue(aws: AwsSession) -> None:
    measure(aws, "information", "ApproximateAgeOfOldestMessage", 40, 900)
    measure(aws, "information", "NumberOfMessagesSent", 7, 5)
    measure(aws, "notification", "NumberOfMessagesSent", 3)
    found = CloudWatchTraffic(aws.cloudwatch, NAMES).of(["information", "notification", "triggers"])
    assert found == {
        "information": QueueTraffic(40, 12),
        "notification": QueueTraffic(None, 3),
        "triggers": QueueTraffic(None, None),
    }


def test_where_nothing_answers_nothing_is_known() -> None:
    class Refusing:
        def get_metric_data(self, **request: Any) -> dict[str, Any]:
            raise ClientError({"Error": {"Code": "AccessDenied"}}, "GetMetricData")

    found = CloudWatchTraffic(Refusing(), NAMES).of(["information"])
    assert found == {"information": QueueTraffic(None, None)}
