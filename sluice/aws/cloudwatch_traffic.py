"""Traffic of SQS queues by CloudWatch: what SQS itself does not tell. One request for all queues.

Where nothing is measured (the embedded AWS) nothing is known, which is no error.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from sluice.ports.traffic import QueueTraffic

_HOUR = 3600
_AGE, _SENT = "ApproximateAgeOfOldestMessage", "NumberOfMessagesSent"
_NAMESPACE = "AWS/SQS"
_STATISTICS = {_AGE: ("Maximum", 300), _SENT: ("Sum", _HOUR)}


class MetricsClient(Protocol):
    """What is used of boto3's client of CloudWatch."""

    def get_metric_data(self, **request: Any) -> Mapping[str, Any]:
        """Return what GetMetricData answers."""


class CloudWatchTraffic:
    """``names`` maps the names of World.queues to those of SQS; ``now`` tells the time."""

    def __init__(
        self,
        client: MetricsClient,
        names: Mapping[str, str],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._client = client
        self._names = names
        self._now = now

    def of(self, queues: Collection[str]) -> Mapping[str, QueueTraffic]:
        """Return what is known of each of these queues."""
        asked = [name for name in queues if name in self._names]
        until = self._now()
        try:
            found = dict(self._values(asked, until)) if asked else {}
        except (BotoCoreError, ClientError):
            # A page that only lacks a figure is better than none.
            found = {}
        return {
            name: QueueTraffic(found.get((name, _AGE)), found.get((name, _SENT)))
            if name in asked
            else QueueTraffic()
            for name in queues
        }

    def _values(self, queues: list[str], until: datetime) -> Iterator[tuple[tuple[str, str], int]]:
        wanted = [(name, metric) for name in queues for metric in _STATISTICS]
        reply = self._client.get_metric_data(
            MetricDataQueries=[self._query(f"m{at}", *one) for at, one in enumerate(wanted)],
            StartTime=until - timedelta(seconds=_HOUR),
            EndTime=until,
            ScanBy="TimestampDescending",
        )
        for result in reply.get("MetricDataResults", ()):
            values = result.get("Values", [])
            if values:
                name, metric = wanted[int(result["Id"][1:])]
                yield (name, metric), round(values[0] if metric == _AGE else sum(values))

    def _query(self, key: str, queue: str, metric: str) -> dict[str, Any]:
        statistic, period = _STATISTICS[metric]
        dimensions = [{"Name": "QueueName", "Value": self._names[queue]}]
        return {
            "Id": key,
            "MetricStat": {
                "Metric": {"Namespace": _NAMESPACE, "MetricName": metric, "Dimensions": dimensions},
                "Period": period,
                "Stat": statistic,
            },
        }
