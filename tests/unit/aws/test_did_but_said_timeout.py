"""Each write that is done though its answer is lost: once at AWS, whoever tries again.

The clients are real, with botocore's own retries; moto is AWS. An answer is lost after moto has done the
work: of the first try only, which botocore then tries again, or of all, so that the caller is told of a
timeout.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError
from botocore.stub import Stubber

from sluice.aws.cognito_users import CognitoUsers
from sluice.aws.s3_object_store import S3ObjectStore
from sluice.aws.scheduler import EventBridgeSchedules, ScheduleTarget
from sluice.aws.secrets_manager import SecretsManager
from sluice.aws.session import AwsSession
from sluice.aws.sns_topic import SnsTopic
from sluice.aws.sqs_queue import SqsQueue
from sluice.aws.step_functions import StepFunctions
from sluice.model.secret import Secret
from sluice.ports.object_store import ObjectNotFound
from sluice.ports.secrets import SecretNotFound
from sluice.ports.topic import OutgoingMessage
from sluice.ports.users import UserNotFound
from sluice.ports.workflow import TokenExpired
from tests.unit.aws.losing import ALL, Loss, doing

MACHINE = "arn:aws:states:eu-north-1:123456789012:stateMachine:sync"
AT = datetime(2026, 11, 22, tzinfo=UTC)
MACHINE_ROLE = "arn:aws:iam::123456789012:role/machine"
WAITS = {
    "StartAt": "Wait",
    "States": {"Wait": {"Type": "Wait", "Seconds": 3600, "End": True}},
}


# Objects


@pytest.fixture
def objects(aws: AwsSession) -> S3ObjectStore:
    aws.s3.create_bucket(Bucket="sluice-b", CreateBucketConfiguration={"LocationConstraint": "eu-north-1"})
    return S3ObjectStore(aws.s3, "sluice-b")


def test_an_object(aws: AwsSession, objects: S3ObjectStore, loss: Loss, lost: int, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"of a file")
    loss.of(aws.s3, "PutObject", lost)
    doing(lambda: objects.put("k", b"bytes"), loss, lost)
    loss.done.clear()
    loss.left = lost
    doing(lambda: objects.put_file("f", tmp_path / "file"), loss, lost)
    assert (objects.get("k"), objects.get("f")) == (b"bytes", b"of a file")


def test_removing_objects(aws: AwsSession, objects: S3ObjectStore, loss: Loss, lost: int) -> None:
    for key in ("a", "b", "c"):
        objects.put(key, b"")
    loss.of(aws.s3, "DeleteObject", lost)
    doing(lambda: objects.delete("a"), loss, lost)
    loss.done.clear()
    loss.of(aws.s3, "DeleteObjects", 0)
    many = Loss().of(aws.s3, "DeleteObjects", lost)
    doing(lambda: objects.delete_all(["b", "c"]), many, lost)
    assert list(objects.keys("")) == []
    with pytest.raises(ObjectNotFound):
        objects.get("a")


# Secrets

BUNDLE = {"token": Secret("canary")}


def _revealed(secrets: SecretsManager) -> dict[str, str]:
    return {name: secret.reveal() for name, secret in secrets.get("acme").items()}


def test_a_new_secret(aws: AwsSession, loss: Loss, lost: int) -> None:
    secrets = SecretsManager(aws.secretsmanager, "sluice")
    loss.of(aws.secretsmanager, "CreateSecret", lost)
    try:
        secrets.put("acme", BUNDLE)
    except ReadTimeoutError:
        assert lost == ALL
        secrets.put("acme", BUNDLE)
    assert _revealed(secrets) == {"token": "canary"}
    assert len(loss.done) >= lost


def test_a_secret_written_anew(aws: AwsSession, loss: Loss, lost: int) -> None:
    secrets = SecretsManager(aws.secretsmanager, "sluice")
    secrets.put("acme", {"token": Secret("old")})
    loss.of(aws.secretsmanager, "PutSecretValue", lost)
    doing(lambda: secrets.put("acme", BUNDLE), loss, lost)
    assert _revealed(secrets) == {"token": "canary"}


@pytest.mark.parametrize("recovery_days", [None, 7])
def test_a_secret_that_is_removed(aws: AwsSession, loss: Loss, lost: int, recovery_days: int | None) -> None:
    secrets = SecretsManager(aws.secretsmanager, "sluice", recovery_days)
    secrets.put("acme", BUNDLE)
    loss.of(aws.secretsmanager, "DeleteSecret", lost)
    doing(lambda: secrets.delete("acme"), loss, lost)
    with pytest.raises(SecretNotFound):
        secrets.get("acme")


# Messages


def test_messages_out_come_again_and_are_counted_once(aws: AwsSession, loss: Loss, lost: int) -> None:
    arn = aws.sns.create_topic(Name="information")["TopicArn"]
    url = aws.sqs.create_queue(QueueName="q")["QueueUrl"]
    queue_arn = aws.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"][
        "QueueArn"
    ]
    raw = {"RawMessageDelivery": "true"}
    aws.sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=queue_arn, Attributes=raw)
    topic = SnsTopic(aws.sns, arn, sleep=lambda seconds: None)
    messages = [OutgoingMessage(json.dumps([{"id": str(number)}]), {}) for number in range(3)]
    loss.of(aws.sns, "PublishBatch", lost)
    assert doing(lambda: topic.publish(messages), loss, lost) == 3
    bodies = [message.body for message in SqsQueue(aws.sqs, url).receive(100)]
    assert set(bodies) == {message.body for message in messages}
    assert len(bodies) == 3 * (lost + 1), "each sending is delivered; the ids inside are the same"


def test_a_message_that_is_put_back_and_one_that_is_deleted(aws: AwsSession, loss: Loss, lost: int) -> None:
    queue = SqsQueue(aws.sqs, aws.sqs.create_queue(QueueName="q")["QueueUrl"])
    loss.of(aws.sqs, "SendMessage", lost)
    doing(lambda: queue.send("body", {}), loss, lost)
    found = queue.receive(10)
    assert {message.body for message in found} == {"body"}
    hiding = Loss().of(aws.sqs, "ChangeMessageVisibility", lost)
    doing(lambda: queue.hide(found[0], 3600), hiding, lost)
    deleting = Loss().of(aws.sqs, "DeleteMessage", lost)
    doing(lambda: queue.delete(found[0]), deleting, lost)
    assert queue.depth() == len(found) - 1


# Executions


@pytest.fixture
def machine(aws: AwsSession) -> str:
    made = aws.stepfunctions.create_state_machine(
        name="sync", definition=json.dumps(WAITS), roleArn=MACHINE_ROLE
    )
    return made["stateMachineArn"]


def test_an_execution_starts_once(aws: AwsSession, machine: str, loss: Loss, lost: int) -> None:
    loss.of(aws.stepfunctions, "StartExecution", lost)
    doing(lambda: StepFunctions(aws.stepfunctions, machine).start("run-1", {"n": 1}), loss, lost)
    executions = aws.stepfunctions.list_executions(stateMachineArn=machine)["executions"]
    assert [one["name"] for one in executions] == ["run-1"]


def test_a_start_of_an_execution_that_has_ended_since(aws: AwsSession, machine: str, loss: Loss) -> None:
    workflow = StepFunctions(aws.stepfunctions, machine)
    loss.of(aws.stepfunctions, "StartExecution", ALL)
    with pytest.raises(ReadTimeoutError):
        workflow.start("run-1", {})
    assert workflow.stop("run-1", "RunStopped", "")
    workflow.start("run-1", {"n": "another input"})
    assert workflow.describe("run-1").status == "ABORTED", "one name is one execution"


RUNNING = {"executionArn": "e", "stateMachineArn": MACHINE, "status": "RUNNING", "startDate": AT}
ENDED = {**RUNNING, "status": "ABORTED", "stopDate": AT, "error": "RunStopped", "cause": "stopped by kari"}


@pytest.mark.parametrize(
    ("ended", "was_us"),
    [
        (ENDED, True),
        ({**ENDED, "cause": "stopped by ola"}, False),
        ({**RUNNING, "status": "SUCCEEDED", "stopDate": AT}, False),
    ],
    ids=["by us", "by another", "by itself"],
)
def test_who_stopped_an_execution_is_told_so_though_the_answer_was_lost(
    session: AwsSession, script: Callable[[Any], Stubber], ended: dict[str, Any], *, was_us: bool
) -> None:
    stubber = script(session.stepfunctions)
    stubber.add_response("describe_execution", RUNNING)
    stubber.add_client_error("stop_execution", "ValidationException", "the execution has ended")
    stubber.add_response("describe_execution", ended)
    workflow = StepFunctions(session.stepfunctions, MACHINE)
    assert workflow.stop("run-1", "RunStopped", "stopped by kari") is was_us


def test_a_token_whose_answer_was_lost_is_told_as_one_that_nobody_waits_on(
    session: AwsSession, script: Callable[[Any], Stubber]
) -> None:
    script(session.stepfunctions).add_client_error("send_task_success", "TaskTimedOut")
    with pytest.raises(TokenExpired):
        StepFunctions(session.stepfunctions, MACHINE).succeed("token", {})


# What AWS itself recognises as said before: the very token that botocore sends with each try of a request.


@pytest.mark.parametrize(
    ("service", "operation"),
    [
        ("stepfunctions", "RedriveExecution"),
        ("scheduler", "CreateSchedule"),
        ("scheduler", "UpdateSchedule"),
        ("scheduler", "DeleteSchedule"),
        ("secretsmanager", "CreateSecret"),
        ("secretsmanager", "PutSecretValue"),
    ],
)
def test_a_request_that_may_not_be_done_twice_bears_a_token(
    session: AwsSession, service: str, operation: str
) -> None:
    client = getattr(session, service)
    assert client.meta.service_model.operation_model(operation).idempotent_members


# Schedules and users

TARGET = ScheduleTarget(MACHINE, MACHINE_ROLE, "arn:aws:sqs:eu-north-1:123456789012:triggers")


def test_a_schedule(aws: AwsSession, loss: Loss, lost: int) -> None:
    aws.scheduler.create_schedule_group(Name="g")
    schedules = EventBridgeSchedules(aws.scheduler, "g", TARGET)
    loss.of(aws.scheduler, "CreateSchedule", lost)
    try:
        schedules.put("acme", "rate(1 hour)", enabled=True)
    except ReadTimeoutError:
        assert lost == ALL
        schedules.put("acme", "rate(1 hour)", enabled=True)
    updating = Loss().of(aws.scheduler, "UpdateSchedule", lost)
    doing(lambda: schedules.put("acme", "rate(2 hours)", enabled=True), updating, lost)
    found = aws.scheduler.list_schedules(GroupName="g")["Schedules"]
    assert [one["Name"] for one in found] == ["acme"]
    kept = aws.scheduler.get_schedule(GroupName="g", Name="acme")
    assert kept["ScheduleExpression"] == "rate(2 hours)"
    deleting = Loss().of(aws.scheduler, "DeleteSchedule", lost)
    doing(lambda: schedules.delete("acme"), deleting, lost)
    assert aws.scheduler.list_schedules(GroupName="g")["Schedules"] == []


def test_a_user_who_was_made_by_an_earlier_try_gets_the_group(
    session: AwsSession, script: Callable[[Any], Stubber]
) -> None:
    stubber = script(session.cognito)
    stubber.add_client_error("admin_create_user", "UsernameExistsException")
    stubber.add_response("admin_list_groups_for_user", {"Groups": []})
    stubber.add_response("admin_add_user_to_group", {})
    CognitoUsers(session.cognito, "eu-north-1_aaaaaaaaa").add("kari", "ops")


def test_a_user_whose_removal_was_done_by_an_earlier_try_is_removed(
    session: AwsSession, script: Callable[[Any], Stubber]
) -> None:
    users = CognitoUsers(session.cognito, "eu-north-1_aaaaaaaaa")
    stubber = script(session.cognito)
    again = {"RetryAttempts": 1}
    stubber.add_client_error("admin_delete_user", "UserNotFoundException", response_meta=again)
    stubber.add_client_error("admin_delete_user", "UserNotFoundException")
    users.remove("kari")
    with pytest.raises(UserNotFound):
        users.remove("kari")
