"""Workflow on Step Functions: executions of one state machine, and the task tokens it waits on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from sluice.aws.client_error import code_of, message_of
from sluice.aws.execution_steps import steps_of
from sluice.ports.workflow import (
    MAX_PAYLOAD_BYTES,
    MAX_STEPS,
    Execution,
    ExecutionNotFound,
    NotRedrivable,
    PayloadTooLarge,
    Step,
    TokenExpired,
)

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient
    from mypy_boto3_stepfunctions.type_defs import HistoryEventTypeDef

_PAGE = 1_000
_MAX_ERROR = 256
_MAX_CAUSE = 32_768
_ABSENT = frozenset({"ExecutionDoesNotExist", "ResourceNotFound"})
_ENDED = frozenset({"FAILED", "TIMED_OUT", "ABORTED"})
_NO_REDRIVE = frozenset({"ExecutionNotRedrivable", "ExecutionLimitExceeded", "ValidationException"})
_UNKNOWN_ACTION = frozenset({"InvalidAction", "UnknownOperationException"})
"""What an AWS answers that has no RedriveExecution: MiniStack 1.5.33."""
_NOBODY_WAITS = frozenset({"TaskTimedOut", "TaskDoesNotExist", "InvalidToken"})


class StepFunctions:
    """The state machine ``arn``. An execution's name is its run's id, used once."""

    def __init__(self, client: SFNClient, arn: str) -> None:
        self._client = client
        self._arn = arn

    def start(self, name: str, payload: dict[str, Any]) -> None:
        """Start an execution of this name; a name that was started before changes nothing."""
        text = _text(payload)
        try:
            self._client.start_execution(stateMachineArn=self._arn, name=name, input=text)
        except ClientError as error:
            if code_of(error) != "ExecutionAlreadyExists":
                raise

    def describe(self, name: str) -> Execution:
        """Return the execution; raises ExecutionNotFound."""
        try:
            found = self._client.describe_execution(executionArn=self._execution_arn(name))
        except ClientError as error:
            raise _not_found(error, name) from error
        stopped = found.get("stopDate")
        return Execution(
            name=found.get("name", name),
            status=found["status"],
            started_at=_instant(found["startDate"]),
            stopped_at=_instant(stopped) if stopped else None,
            error=found.get("error"),
            cause=found.get("cause"),
            arn=self._execution_arn(name),
        )

    def history(self, name: str, limit: int = MAX_STEPS, *, data: bool = True) -> list[Step]:
        """Return the execution's first ``limit`` steps, oldest first; raises ExecutionNotFound."""
        events = self._events(self._execution_arn(name))
        try:
            return list(islice(steps_of(events, data=data), limit))
        except ClientError as error:
            raise _not_found(error, name) from error

    def items(self, name: str, *, data: bool = True) -> Iterator[list[Step]]:
        """Yield the history of each execution that a distributed Map of it started; raises ExecutionNotFound.

        Each takes a request, and one more for every 1,000 events: Step Functions answers about 20 a second.
        """
        try:
            for item in self._item_arns(name):
                yield list(steps_of(self._events(item), data=data))
        except ClientError as error:
            raise _not_found(error, name) from error

    def definition(self, name: str) -> dict[str, Any]:
        """Return the definition (ASL) that the execution runs by; raises ExecutionNotFound."""
        try:
            found = self._client.describe_state_machine_for_execution(executionArn=self._execution_arn(name))
        except ClientError as error:
            raise _not_found(error, name) from error
        definition: dict[str, Any] = json.loads(found["definition"])
        return definition

    def stop(self, name: str, error: str, cause: str) -> bool:
        """End a running execution as ABORTED; return False where it had ended; raises ExecutionNotFound."""
        # Looked at first: Step Functions aborts nothing that has ended, and says so in words only.
        if self.describe(name).status != "RUNNING":
            return False
        error, cause = error[:_MAX_ERROR], cause[:_MAX_CAUSE]
        try:
            self._client.stop_execution(executionArn=self._execution_arn(name), error=error, cause=cause)
        except ClientError as refused:
            found = self.describe(name)
            if code_of(refused) == "ValidationException" and found.status != "RUNNING":
                # By us, if it ended by our words: the answer to an earlier try was lost.
                return (found.status, found.error, found.cause) == ("ABORTED", error, cause)
            raise _not_found(refused, name) from refused
        return True

    def redrive(self, name: str) -> None:
        """Let an ended execution go on; raises ExecutionNotFound, NotRedrivable."""
        status = self.describe(name).status
        if status not in _ENDED:
            raise NotRedrivable(f"{name} is {status}")
        try:
            self._client.redrive_execution(executionArn=self._execution_arn(name))
        except ClientError as error:
            if code_of(error) in _UNKNOWN_ACTION:
                raise NotRedrivable("this AWS has no RedriveExecution") from error
            if code_of(error) in _NO_REDRIVE:
                raise NotRedrivable(message_of(error)) from error
            raise _not_found(error, name) from error

    def succeed(self, token: str, output: dict[str, Any]) -> None:
        """Tell the waiting step that it succeeded; raises TokenExpired, PayloadTooLarge."""
        text = _text(output)
        try:
            self._client.send_task_success(taskToken=token, output=text)
        except ClientError as error:
            raise _expired(error) from error

    def fail(self, token: str, error: str, cause: str) -> None:
        """Tell the waiting step that it failed with ``error``; raises TokenExpired."""
        try:
            self._client.send_task_failure(
                taskToken=token, error=error[:_MAX_ERROR], cause=cause[:_MAX_CAUSE]
            )
        except ClientError as refused:
            raise _expired(refused) from refused

    def _item_arns(self, name: str) -> Iterator[str]:
        runs = self._client.get_paginator("list_map_runs").paginate(executionArn=self._execution_arn(name))
        for run in (run for page in runs for run in page["mapRuns"]):
            pages = self._client.get_paginator("list_executions").paginate(
                mapRunArn=run["mapRunArn"], PaginationConfig={"PageSize": _PAGE}
            )
            for page in pages:
                yield from (found["executionArn"] for found in page["executions"])

    def _events(self, arn: str) -> Iterator[HistoryEventTypeDef]:
        pages = self._client.get_paginator("get_execution_history").paginate(
            executionArn=arn,
            includeExecutionData=True,  # what functions say they used is in it
            PaginationConfig={"PageSize": _PAGE},
        )
        for page in pages:
            yield from page["events"]

    def _execution_arn(self, name: str) -> str:
        return f"{self._arn.replace(':stateMachine:', ':execution:', 1)}:{name}"


def _text(payload: dict[str, Any]) -> str:
    text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    if len(text.encode()) > MAX_PAYLOAD_BYTES:
        raise PayloadTooLarge(f"{len(text.encode())} bytes of JSON, a state takes {MAX_PAYLOAD_BYTES}")
    return text


def _not_found(error: ClientError, name: str) -> Exception:
    return ExecutionNotFound(name) if code_of(error) in _ABSENT else error


def _expired(error: ClientError) -> Exception:
    return TokenExpired(code_of(error)) if code_of(error) in _NOBODY_WAITS else error


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
