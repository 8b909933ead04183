"""What every workflow does: executions by name, history, task tokens."""

from __future__ import annotations

import json
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from sluice.aws.session import AwsSession
from sluice.aws.sqs_queue import SqsQueue
from sluice.aws.step_functions import StepFunctions
from sluice.local.fixed_clock import FixedClock
from sluice.local.memory_workflow import Failed, MemoryWorkflow, Succeeded
from sluice.ports.workflow import (
    Execution,
    ExecutionNotFound,
    NotRedrivable,
    PayloadTooLarge,
    TokenExpired,
    Workflow,
)


class Engine(ABC):
    """A machine of one step, HandOver, that waits on a token; it succeeds and fails with its step."""

    workflow: Workflow
    tells_causes = True
    stops = True

    @abstractmethod
    def token(self, name: str) -> str:
        """Return the token that the execution's step waits on."""

    @abstractmethod
    def ended(self, name: str) -> Execution:
        """Return the execution once it has ended."""


class WorkflowContract:
    """A subclass gives the fixture ``engine``."""

    def test_a_started_execution_runs(self, engine: Engine) -> None:
        engine.workflow.start("run-1", {"connection": "acme"})
        found = engine.workflow.describe("run-1")
        assert (found.name, found.status, found.stopped_at) == ("run-1", "RUNNING", None)
        assert datetime.fromisoformat(found.started_at).utcoffset() is not None

    def test_the_same_name_again_changes_nothing(self, engine: Engine) -> None:
        engine.workflow.start("run-1", {"connection": "acme"})
        engine.workflow.start("run-1", {"connection": "acme"})
        engine.workflow.start("run-1", {"connection": "other"})
        engine.workflow.succeed(engine.token("run-1"), {})
        ended = engine.ended("run-1")
        engine.workflow.start("run-1", {"connection": "acme"})
        assert engine.workflow.describe("run-1") == ended
        assert engine.workflow.history("run-1")[0].details["input"] == {"connection": "acme"}

    def test_an_unknown_execution_is_not_found(self, engine: Engine) -> None:
        with pytest.raises(ExecutionNotFound, match="run-9"):
            engine.workflow.describe("run-9")
        with pytest.raises(ExecutionNotFound, match="run-9"):
            engine.workflow.history("run-9")

    def test_a_step_that_succeeded_lets_the_execution_go_on(self, engine: Engine) -> None:
        engine.workflow.start("run-1", {})
        engine.workflow.succeed(engine.token("run-1"), {"published": 3, "name": "ø"})
        ended = engine.ended("run-1")
        assert (ended.status, ended.error) == ("SUCCEEDED", None)
        last = engine.workflow.history("run-1")[-1]
        assert (last.kind, last.state, last.details["output"]) == (
            "exited",
            "",
            {"published": 3, "name": "ø"},
        )

    def test_a_step_that_failed_says_why(self, engine: Engine) -> None:
        engine.workflow.start("run-1", {})
        engine.workflow.fail(engine.token("run-1"), "ApiChanged", "D38 at customer.name")
        ended = engine.ended("run-1")
        assert (ended.status, ended.error) == ("FAILED", "ApiChanged")
        assert ended.cause == ("D38 at customer.name" if engine.tells_causes else None)
        assert ended.stopped_at is not None
        assert ended.stopped_at >= ended.started_at

    def test_a_token_is_good_once(self, engine: Engine) -> None:
        engine.workflow.start("run-1", {})
        token = engine.token("run-1")
        engine.workflow.succeed(token, {})
        engine.ended("run-1")
        with pytest.raises(TokenExpired):
            engine.workflow.succeed(token, {})

    def test_nobody_waits_on_an_unknown_token(self, engine: Engine) -> None:
        with pytest.raises(TokenExpired):
            engine.workflow.succeed("unknown", {})
        with pytest.raises(TokenExpired):
            engine.workflow.fail("unknown", "ApiChanged", "too late")

    def test_a_payload_over_256_kib_is_refused_before_it_leaves(self, engine: Engine) -> None:
        with pytest.raises(PayloadTooLarge):
            engine.workflow.start("run-1", {"text": "ø" * 131_072})
        with pytest.raises(ExecutionNotFound):
            engine.workflow.describe("run-1")
        engine.workflow.start("run-1", {})
        with pytest.raises(PayloadTooLarge):
            engine.workflow.succeed(engine.token("run-1"), {"text": "x" * 262_144})

    def test_history_tells_the_steps_oldest_first(self, engine: Engine) -> None:
        engine.workflow.start("run-1", {"a": 1})
        engine.workflow.fail(engine.token("run-1"), "ErpUnavailable", "503")
        engine.ended("run-1")
        steps = engine.workflow.history("run-1")
        assert [(step.kind, step.state) for step in steps] == [
            ("entered", ""),
            ("entered", "HandOver"),
            ("failed", "HandOver"),
            ("failed", ""),
        ]
        told = {"error": "ErpUnavailable"} | ({"cause": "503"} if engine.tells_causes else {})
        assert {name: steps[2].details.get(name) for name in ("error", "cause")} == {"cause": None} | told
        assert [step.at for step in steps] == sorted(step.at for step in steps)

    def test_history_tells_the_same_steps_without_data(self, engine: Engine) -> None:
        engine.workflow.start("run-1", {"a": 1})
        engine.workflow.succeed(engine.token("run-1"), {"b": 2})
        engine.ended("run-1")
        whole, bare = (engine.workflow.history("run-1", data=data) for data in (True, False))
        assert [(step.at, step.kind, step.state) for step in bare] == [
            (step.at, step.kind, step.state) for step in whole
        ]

    def test_history_gives_no_more_than_asked_for(self, engine: Engine) -> None:
        engine.workflow.start("run-1", {})
        engine.token("run-1")
        assert [step.kind for step in engine.workflow.history("run-1", 1)] == ["entered"]
        assert len(engine.workflow.history("run-1", 2)) == 2

    def test_a_running_execution_is_stopped_once(self, engine: Engine) -> None:
        if not engine.stops:
            pytest.skip("moto 5.2.5 leaves a stopped execution RUNNING; MiniStack runs this one")
        engine.workflow.start("run-1", {})
        engine.token("run-1")
        assert engine.workflow.stop("run-1", "RunStopped", "stopped by anna") is True
        found = engine.workflow.describe("run-1")
        assert found.status == "ABORTED"
        assert found.stopped_at is not None
        if engine.tells_causes:
            assert (found.error, found.cause) == ("RunStopped", "stopped by anna")
        assert engine.workflow.stop("run-1", "RunStopped", "stopped by bob") is False
        assert engine.workflow.describe("run-1") == found

    def test_what_has_succeeded_is_neither_stopped_nor_redriven(self, engine: Engine) -> None:
        engine.workflow.start("run-1", {})
        engine.workflow.succeed(engine.token("run-1"), {})
        ended = engine.ended("run-1")
        assert engine.workflow.stop("run-1", "RunStopped", "") is False
        with pytest.raises(NotRedrivable):
            engine.workflow.redrive("run-1")
        assert engine.workflow.describe("run-1") == ended

    def test_an_unknown_execution_is_neither_stopped_nor_redriven(self, engine: Engine) -> None:
        with pytest.raises(ExecutionNotFound, match="run-9"):
            engine.workflow.stop("run-9", "RunStopped", "")
        with pytest.raises(ExecutionNotFound, match="run-9"):
            engine.workflow.redrive("run-9")
        with pytest.raises(ExecutionNotFound, match="run-9"):
            engine.workflow.definition("run-9")

    def test_the_definition_is_the_one_it_runs_by(self, engine: Engine) -> None:
        engine.workflow.start("run-1", {})
        found = engine.workflow.definition("run-1")
        assert found["StartAt"] == "HandOver"
        assert found["States"]["HandOver"]["Type"] == "Task"


class MemoryEngine(Engine):
    def __init__(self) -> None:
        self.workflow: MemoryWorkflow = MemoryWorkflow(
            FixedClock(datetime(2026, 11, 21, tzinfo=UTC)), json.loads(definition("queue"))
        )

    def token(self, name: str) -> str:
        self.workflow.add_step(name, "entered", "HandOver", {"type": "Task"})
        self.workflow.wait_for(f"token of {name}")
        return f"token of {name}"

    def ended(self, name: str) -> Execution:
        match self.workflow.answers[f"token of {name}"]:
            case Succeeded(output):
                self.workflow.add_step(name, "exited", "HandOver", {"output": output})
                self.workflow.add_step(name, "exited", "", {"output": output})
                self.workflow.end(name, "SUCCEEDED")
            case Failed(error, cause):
                why = {"error": error, "cause": cause}
                self.workflow.add_step(name, "failed", "HandOver", why)
                self.workflow.add_step(name, "failed", "", why)
                self.workflow.end(name, "FAILED", error, cause)
        return self.workflow.describe(name)


class TestMemoryWorkflow(WorkflowContract):
    def test_an_aborted_execution_goes_on_when_redriven(self, engine: Engine) -> None:
        engine.workflow.start("run-1", {})
        engine.workflow.stop("run-1", "RunStopped", "")
        engine.workflow.redrive("run-1")
        assert engine.workflow.describe("run-1").status == "RUNNING"

    @pytest.fixture
    def engine(self) -> Engine:
        return MemoryEngine()


def definition(queue_url: str) -> str:
    step = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "Parameters": {"QueueUrl": queue_url, "MessageBody": {"task_token.$": "$$.Task.Token"}},
        "TimeoutSeconds": 60,
        "End": True,
    }
    return json.dumps({"StartAt": "HandOver", "States": {"HandOver": step}})


class StepFunctionsEngine(Engine):
    tells_causes = False  # moto 5.2.5 drops the cause of SendTaskFailure
    stops = False

    def __init__(self, aws: AwsSession, name: str = "sync") -> None:
        # A name of its own: the thread of an execution that another test left may still send.
        url = aws.sqs.create_queue(QueueName=f"erp-system-{uuid4().hex}")["QueueUrl"]
        role = "arn:aws:iam::123456789012:role/sync"
        machine = aws.stepfunctions.create_state_machine(name=name, definition=definition(url), roleArn=role)
        self._queue = SqsQueue(aws.sqs, url)
        self.workflow = StepFunctions(aws.stepfunctions, machine["stateMachineArn"])

    def token(self, name: str) -> str:
        (message,) = self._patiently(lambda: self._queue.receive(1))
        token: str = json.loads(message.body)["task_token"]
        return token

    def ended(self, name: str) -> Execution:
        self._patiently(lambda: self.workflow.describe(name).stopped_at)
        return self.workflow.describe(name)

    @staticmethod
    def _patiently(look: Callable[[], Any]) -> Any:
        deadline = time.monotonic() + 20
        while not (found := look()):
            assert time.monotonic() < deadline, "the engine did not get there in 20 s"
            time.sleep(0.05)
        return found


class TestStepFunctions(WorkflowContract):
    @pytest.fixture
    def engine(self, aws: AwsSession) -> Engine:
        return StepFunctionsEngine(aws)
