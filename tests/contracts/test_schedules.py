"""What every keeper of schedules does. ``kept`` looks past the port."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sluice.aws.scheduler import EventBridgeSchedules, ScheduleTarget
from sluice.aws.session import AwsSession
from sluice.errors import ConfigurationInvalid
from sluice.local.memory_schedules import MemorySchedules
from sluice.ports.schedules import Schedules

Kept = Callable[[], dict[str, tuple[str, bool]]]

WRONG = [
    "",
    "hourly",
    "rate(1 hours)",
    "rate(0 minutes)",
    "rate(5 minute)",
    "cron(0 5 * * *)",
    "cron(0 5 * * * *)",
]


class SchedulesContract:
    """A subclass gives ``schedules`` (empty) and ``kept``: connection -> (expression, enabled)."""

    def test_a_schedule_is_kept_by_connection(self, schedules: Schedules, kept: Kept) -> None:
        schedules.put("acme", "rate(1 hour)", enabled=True)
        schedules.put("beta", "cron(0 5 ? * MON-FRI *)", enabled=False)
        assert kept() == {"acme": ("rate(1 hour)", True), "beta": ("cron(0 5 ? * MON-FRI *)", False)}

    def test_a_put_replaces(self, schedules: Schedules, kept: Kept) -> None:
        schedules.put("acme", "rate(1 hour)", enabled=True)
        schedules.put("acme", "rate(15 minutes)", enabled=False)
        assert kept() == {"acme": ("rate(15 minutes)", False)}

    def test_a_delete_removes_and_may_be_repeated(self, schedules: Schedules, kept: Kept) -> None:
        schedules.put("acme", "rate(1 hour)", enabled=True)
        schedules.delete("acme")
        schedules.delete("acme")
        assert kept() == {}

    @pytest.mark.parametrize("expression", WRONG)
    def test_a_wrong_expression_is_refused_in_words(
        self, schedules: Schedules, kept: Kept, expression: str
    ) -> None:
        with pytest.raises(ConfigurationInvalid, match=r"right would be rate\(1 hour\)") as refused:
            schedules.put("acme", expression, enabled=True)
        assert [fault.code for fault in refused.value.faults] == ["schedule_invalid"]
        assert kept() == {}


class TestMemorySchedules(SchedulesContract):
    @pytest.fixture
    def schedules(self) -> MemorySchedules:
        return MemorySchedules()

    @pytest.fixture
    def kept(self, schedules: MemorySchedules) -> Kept:
        return lambda: {name: (found.expression, found.enabled) for name, found in schedules.kept.items()}


class TestEventBridgeSchedules(SchedulesContract):
    @pytest.fixture
    def schedules(self, aws: AwsSession) -> Schedules:
        aws.scheduler.create_schedule_group(Name="sluice-test")
        machine = "arn:aws:states:eu-north-1:123456789012:stateMachine:sync"
        role = "arn:aws:iam::123456789012:role/scheduler"
        dead_letters = "arn:aws:sqs:eu-north-1:123456789012:triggers"
        return EventBridgeSchedules(aws.scheduler, "sluice-test", ScheduleTarget(machine, role, dead_letters))

    @pytest.fixture
    def kept(self, aws: AwsSession) -> Kept:
        def look() -> dict[str, tuple[str, bool]]:
            names = [
                found["Name"] for found in aws.scheduler.list_schedules(GroupName="sluice-test")["Schedules"]
            ]
            found = [aws.scheduler.get_schedule(Name=name, GroupName="sluice-test") for name in names]
            return {one["Name"]: (one["ScheduleExpression"], one["State"] == "ENABLED") for one in found}

        return look

    def test_the_state_machine_is_started_with_the_connection(
        self, schedules: Schedules, aws: AwsSession
    ) -> None:
        schedules.put("acme", "rate(1 hour)", enabled=True)
        found = aws.scheduler.get_schedule(Name="acme", GroupName="sluice-test")
        target = found["Target"]
        assert target["Arn"].endswith(":stateMachine:sync")
        assert target["Input"] == '{"connection": "acme", "trigger": "schedule"}'
        assert target["RetryPolicy"] == {"MaximumRetryAttempts": 5, "MaximumEventAgeInSeconds": 900}
        assert found["FlexibleTimeWindow"] == {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 10}
        assert found["ScheduleExpressionTimezone"] == "UTC"

    def test_runs_a_minute_apart_start_when_they_are_due(self, schedules: Schedules, aws: AwsSession) -> None:
        schedules.put("acme", "rate(1 minute)", enabled=True)
        found = aws.scheduler.get_schedule(Name="acme", GroupName="sluice-test")
        assert found["FlexibleTimeWindow"] == {"Mode": "OFF"}
