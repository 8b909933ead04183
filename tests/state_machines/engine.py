"""An engine that runs state machines with mocked tasks: MiniStack of our own, or one at an address.

SLUICE_SFN_ENDPOINT names the address (Step Functions Local in Docker, started with mock_config.json).
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3

from sluice.settings import DEFAULT_REGION
from tests.state_machines.machine import BACKFILL

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient
    from mypy_boto3_stepfunctions.type_defs import DescribeExecutionOutputTypeDef

_ASKED = ("SummariseRun", "TellAhead", "FailReplay", "SummariseHousekeeping")
"""The states that sum up, each in a machine of its own."""

ROLE = "arn:aws:iam::000000000000:role/none"


@dataclass(frozen=True, slots=True)
class Ended:
    """An execution that has ended: its status, its error, and what its summing state (_ASKED) was told.

    ``items`` are error and cause of each execution that failed of those that a distributed Map of it started.
    """

    status: str
    error: str | None
    cause: str | None
    asked: dict[str, Any] | None
    items: tuple[tuple[str | None, str | None], ...] = ()


class Engine:
    """Creates state machines and runs their mock cases, many at once."""

    def __init__(self, endpoint: str, patience: float = 60) -> None:
        self._endpoint = endpoint
        self._patience = patience
        self._client: SFNClient = boto3.client(
            "stepfunctions",
            endpoint_url=endpoint,
            region_name=DEFAULT_REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    def create(self, name: str, definition: dict[str, Any]) -> str:
        """Create (or replace) a state machine; return its ARN."""
        arns = {m["name"]: m["stateMachineArn"] for m in self._client.list_state_machines()["stateMachines"]}
        text = json.dumps(definition)
        if name in arns:
            self._client.update_state_machine(stateMachineArn=arns[name], definition=text)
            return arns[name]
        made = self._client.create_state_machine(name=name, definition=text, roleArn=ROLE)
        return made["stateMachineArn"]

    def store(self, bucket: str, key: str, text: str) -> None:
        """Store what a distributed Map reads its items from."""
        kind = {"endpoint_url": self._endpoint, "region_name": DEFAULT_REGION}
        s3 = boto3.client("s3", aws_access_key_id="test", aws_secret_access_key="test", **kind)
        with suppress(s3.exceptions.BucketAlreadyOwnedByYou):
            s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": DEFAULT_REGION})
        s3.put_object(Bucket=bucket, Key=key, Body=text.encode())

    def run_all(self, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Ended]:
        """Run each (state machine's ARN, case); return how each ended."""
        return {key: self._ended(execution) for key, execution in self._start_all(wanted).items()}

    def histories(self, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Counter[str]]:
        """Run each (state machine's ARN, case); return how often each state was entered and each error met.

        Those of the executions that a distributed Map started, and that failed, are counted with it.
        """
        started = self._start_all(wanted)
        for execution in started.values():
            self._waited_for(execution)
        return {
            key: Counter(
                name for one in (execution, *self._items(execution)) for name in self._entered_or_failed(one)
            )
            for key, execution in started.items()
        }

    def _entered_or_failed(self, execution: str) -> Iterator[str]:
        pages = self._client.get_paginator("get_execution_history").paginate(executionArn=execution)
        for event in (event for page in pages for event in page["events"]):
            if "stateEnteredEventDetails" in event:
                yield event["stateEnteredEventDetails"]["name"]
            elif event["type"] == "TaskFailed":
                yield event["taskFailedEventDetails"]["error"]

    def _start_all(self, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
        given = json.dumps({"connection": "acme", "connector": "*", "stream": "customer", "trigger": "test"})
        return {
            (arn, case): self._client.start_execution(stateMachineArn=f"{arn}#{case}", input=given)[
                "executionArn"
            ]
            for arn, case in wanted
        }

    def _waited_for(self, execution: str) -> DescribeExecutionOutputTypeDef:
        until = time.monotonic() + self._patience
        while (found := self._client.describe_execution(executionArn=execution))["status"] == "RUNNING":
            assert time.monotonic() < until, f"{execution} still runs after {self._patience} s"
            time.sleep(0.05)
        return found

    def _ended(self, execution: str) -> Ended:
        found = self._waited_for(execution)
        asked = self._input_of_the_one_that_sums_up(execution)
        error, cause = found.get("error"), found.get("cause")
        if error is None and found["status"] == "FAILED":  # Step Functions Local says it in the history only
            details = self._last(execution, lambda event: event["type"] == "ExecutionFailed")
            failed = (details or {}).get("executionFailedEventDetails", {})
            error, cause = failed.get("error"), failed.get("cause")
        return Ended(found["status"], error, cause, asked, tuple(self._failed_items(execution)))

    def _failed_items(self, execution: str) -> Iterator[tuple[str | None, str | None]]:
        for item in self._items(execution):
            found = self._client.describe_execution(executionArn=item)
            yield found.get("error"), found.get("cause")

    def _items(self, execution: str) -> Iterator[str]:
        """Yield the executions that failed of those that a distributed Map started."""
        if f":execution:{BACKFILL}" not in execution:  # Step Functions Local knows no distributed Map
            return
        for run in self._client.list_map_runs(executionArn=execution)["mapRuns"]:
            items = self._client.list_executions(mapRunArn=run["mapRunArn"], statusFilter="FAILED")
            yield from (item["executionArn"] for item in items["executions"])

    def _input_of_the_one_that_sums_up(self, execution: str) -> dict[str, Any] | None:
        event = self._last(
            execution, lambda event: event.get("stateEnteredEventDetails", {}).get("name") in _ASKED
        )
        found: dict[str, Any] | None = (
            json.loads(event["stateEnteredEventDetails"]["input"]) if event else None
        )
        return found

    def _last(self, execution: str, matches: Callable[[Any], bool]) -> Any:
        pages = self._client.get_paginator("get_execution_history").paginate(
            executionArn=execution, reverseOrder=True, maxResults=1000
        )
        return next((event for page in pages for event in page["events"] if matches(event)), None)
