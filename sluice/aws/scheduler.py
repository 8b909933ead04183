"""Schedules on EventBridge Scheduler: one a connection, named after it, that starts the state machine.

The target is the state machine itself, not the universal target `aws-sdk:sfn:startExecution`: that one
could name the execution after the schedule's own execution, but MiniStack 1.5.33 does not run it. So a
scheduled run has a random name, and a start that is delivered twice is sorted out by the run's lease.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError
from msgspec import Struct

from sluice.aws.client_error import code_of, message_of
from sluice.errors import ConfigurationInvalid
from sluice.faults import Fault
from sluice.model.schedules.expression import schedule_fault, start_window

if TYPE_CHECKING:
    from mypy_boto3_scheduler import EventBridgeSchedulerClient
    from mypy_boto3_scheduler.type_defs import (
        CreateScheduleInputTypeDef,
        FlexibleTimeWindowTypeDef,
        TargetTypeDef,
    )

_ATTEMPTS = 5
_GIVE_UP_SECONDS = 900
"""A start that is this late is not worth making: the next is due, and reads from the same cursors."""


class ScheduleTarget(Struct, frozen=True):
    """What a schedule starts, the role it assumes for that, and the queue that keeps starts not made."""

    state_machine_arn: str
    role_arn: str
    dead_letters_arn: str


class EventBridgeSchedules:
    """The schedules in ``group``, all with the same target."""

    def __init__(self, client: EventBridgeSchedulerClient, group: str, target: ScheduleTarget) -> None:
        self._client = client
        self._group = group
        self._to = target

    def put(self, connection: str, expression: str, *, enabled: bool) -> None:
        """Create or replace the connection's schedule; raises ConfigurationInvalid for a wrong expression."""
        fault = schedule_fault(expression)
        if fault:
            raise ConfigurationInvalid(f"The schedule of {connection} is wrong", [fault])
        wanted: CreateScheduleInputTypeDef = {
            "Name": connection,
            "GroupName": self._group,
            "ScheduleExpression": expression,
            "ScheduleExpressionTimezone": "UTC",
            "FlexibleTimeWindow": _within(start_window(expression)),
            "State": "ENABLED" if enabled else "DISABLED",
            "Target": self._target(connection),
        }
        try:
            self._create_or_update(wanted)
        except ClientError as error:
            if code_of(error) != "ValidationException":
                raise
            fault = Fault(code="schedule_invalid", pointer="/schedule", message=message_of(error))
            raise ConfigurationInvalid(f"The schedule of {connection} is wrong", [fault]) from error

    def delete(self, connection: str) -> None:
        """Remove the connection's schedule; no error where there is none."""
        try:
            self._client.delete_schedule(Name=connection, GroupName=self._group)
        except ClientError as error:
            if code_of(error) != "ResourceNotFoundException":
                raise

    def _create_or_update(self, wanted: CreateScheduleInputTypeDef) -> None:
        # Created first: a missing group then shows as such, and is not taken for a missing schedule.
        try:
            self._client.create_schedule(**wanted)
        except ClientError as error:
            if code_of(error) != "ConflictException":
                raise
            self._client.update_schedule(**wanted)

    def _target(self, connection: str) -> TargetTypeDef:
        return {
            "Arn": self._to.state_machine_arn,
            "RoleArn": self._to.role_arn,
            "DeadLetterConfig": {"Arn": self._to.dead_letters_arn},
            "Input": json.dumps({"connection": connection, "trigger": "schedule"}),
            "RetryPolicy": {
                "MaximumRetryAttempts": _ATTEMPTS,
                "MaximumEventAgeInSeconds": _GIVE_UP_SECONDS,
            },
        }


def _within(minutes: int) -> FlexibleTimeWindowTypeDef:
    return {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": minutes} if minutes else {"Mode": "OFF"}
