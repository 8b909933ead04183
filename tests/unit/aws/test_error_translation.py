"""What AWS refuses becomes what the port names; what no port names passes as it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from sluice.aws.dynamo_table import DynamoTable
from sluice.aws.s3_object_store import S3ObjectStore
from sluice.aws.scheduler import EventBridgeSchedules, ScheduleTarget
from sluice.aws.session import AwsSession
from sluice.aws.sns_topic import SnsTopic
from sluice.aws.sqs_queue import SqsQueue
from sluice.aws.stack_not_found import StackNotFound
from sluice.aws.stack_outputs import stack_outputs
from sluice.aws.step_functions import StepFunctions
from sluice.errors import ConfigurationInvalid
from sluice.ports.object_store import ObjectNotFound
from sluice.ports.queue import ReceivedMessage
from sluice.ports.table import Conflict, ItemTooLarge
from sluice.ports.topic import OutgoingMessage, PublishFailed
from sluice.ports.workflow import ExecutionNotFound, TokenExpired

Script = Callable[[Any], Stubber]
MACHINE = "arn:aws:states:eu-north-1:123456789012:stateMachine:sync"
TARGET = ScheduleTarget(
    MACHINE, "arn:aws:iam::123456789012:role/s", "arn:aws:sqs:eu-north-1:123456789012:triggers"
)
TOPIC = "arn:aws:sns:eu-north-1:123456789012:information"


@pytest.mark.parametrize(
    ("code", "expected"),
    [("NoSuchKey", ObjectNotFound), ("AccessDenied", ClientError), ("NoSuchBucket", ClientError)],
)
def test_s3_get(session: AwsSession, script: Script, code: str, expected: type[Exception]) -> None:
    script(session.s3).add_client_error("get_object", code)
    with pytest.raises(expected):
        S3ObjectStore(session.s3, "bucket").get("key")


def test_s3_exists_takes_no_refusal_for_an_absence(session: AwsSession, script: Script) -> None:
    stubber = script(session.s3)
    stubber.add_client_error("head_object", "404", http_status_code=404)
    stubber.add_client_error("head_object", "403", http_status_code=403)
    assert not S3ObjectStore(session.s3, "bucket").exists("key")
    with pytest.raises(ClientError):
        S3ObjectStore(session.s3, "bucket").exists("key")


def test_s3_delete_says_which_object_stays(session: AwsSession, script: Script) -> None:
    refused = {"Key": "raw/b", "Code": "AccessDenied", "Message": "Access Denied"}
    script(session.s3).add_response("delete_objects", {"Errors": [refused]})
    with pytest.raises(ClientError, match="raw/b: Access Denied"):
        S3ObjectStore(session.s3, "bucket").delete_all(["raw/a", "raw/b"])


@pytest.mark.parametrize(
    ("code", "message", "expected"),
    [
        ("ValidationException", "Item size has exceeded the maximum allowed size", ItemTooLarge),
        ("ValidationException", "Item size to update has exceeded the maximum allowed size", ItemTooLarge),
        ("ValidationException", "Invalid UpdateExpression", ClientError),
        ("ProvisionedThroughputExceededException", "slow down", ClientError),
    ],
)
def test_dynamodb_put(
    session: AwsSession, script: Script, code: str, message: str, expected: type[Exception]
) -> None:
    script(session.dynamodb).add_client_error("update_item", code, message)
    with pytest.raises(expected):
        DynamoTable(session.dynamodb, "state").put("p", "s", {})


def test_dynamodb_conflicts(session: AwsSession, script: Script) -> None:
    stubber = script(session.dynamodb)
    stubber.add_client_error("update_item", "ConditionalCheckFailedException")
    stubber.add_response("get_item", {})
    stubber.add_client_error("update_item", "ConditionalCheckFailedException")
    stubber.add_response("get_item", {})
    table = DynamoTable(session.dynamodb, "state")
    with pytest.raises(Conflict, match="p s"):
        table.put("p", "s", {}, expected=3)
    with pytest.raises(Conflict, match="p s"):
        table.delete("p", "s", expected=3)


@pytest.mark.parametrize("code", ["TaskTimedOut", "TaskDoesNotExist", "InvalidToken"])
def test_a_token_that_nobody_waits_on(session: AwsSession, script: Script, code: str) -> None:
    stubber = script(session.stepfunctions)
    stubber.add_client_error("send_task_success", code)
    stubber.add_client_error("send_task_failure", code)
    workflow = StepFunctions(session.stepfunctions, MACHINE)
    with pytest.raises(TokenExpired):
        workflow.succeed("token", {})
    with pytest.raises(TokenExpired):
        workflow.fail("token", "ApiChanged", "cause")


@pytest.mark.parametrize(
    ("code", "expected"), [("ExecutionDoesNotExist", ExecutionNotFound), ("InvalidArn", ClientError)]
)
def test_an_execution_that_is_not_there(
    session: AwsSession, script: Script, code: str, expected: type[Exception]
) -> None:
    stubber = script(session.stepfunctions)
    stubber.add_client_error("describe_execution", code)
    stubber.add_client_error("get_execution_history", code)
    workflow = StepFunctions(session.stepfunctions, MACHINE)
    with pytest.raises(expected):
        workflow.describe("run-1")
    with pytest.raises(expected):
        workflow.history("run-1")


def test_a_start_refused_for_another_reason_passes(session: AwsSession, script: Script) -> None:
    stubber = script(session.stepfunctions)
    stubber.add_client_error("start_execution", "ExecutionAlreadyExists")
    stubber.add_client_error("start_execution", "StateMachineDoesNotExist")
    workflow = StepFunctions(session.stepfunctions, MACHINE)
    workflow.start("run-1", {})
    with pytest.raises(ClientError, match="StateMachineDoesNotExist"):
        workflow.start("run-1", {})


def test_a_long_cause_is_cut_to_what_is_taken(session: AwsSession, script: Script) -> None:
    wanted = {"taskToken": "token", "error": "E" * 256, "cause": "c" * 32_768}
    script(session.stepfunctions).add_response("send_task_failure", {}, wanted)
    StepFunctions(session.stepfunctions, MACHINE).fail("token", "E" * 300, "c" * 40_000)


@pytest.mark.parametrize("code", ["Throttled", "NotFound", "InternalError"])
def test_sns_refusing_the_whole_call(session: AwsSession, script: Script, code: str) -> None:
    script(session.sns).add_client_error("publish_batch", code)
    with pytest.raises(PublishFailed, match=code):
        SnsTopic(session.sns, TOPIC).publish([OutgoingMessage("{}", {})])


def test_the_scheduler_refusing_an_expression(session: AwsSession, script: Script) -> None:
    stubber = script(session.scheduler)
    stubber.add_client_error("create_schedule", "ValidationException", "Invalid Schedule Expression")
    stubber.add_client_error(
        "create_schedule", "ResourceNotFoundException", "Schedule group g does not exist"
    )
    schedules = EventBridgeSchedules(session.scheduler, "g", TARGET)
    with pytest.raises(ConfigurationInvalid, match="Invalid Schedule Expression"):
        schedules.put("acme", "cron(0 5 29 2 ? *)", enabled=True)
    with pytest.raises(ClientError, match="group"):
        schedules.put("acme", "rate(1 hour)", enabled=True)


def test_sqs_deleting_a_message_that_is_gone(session: AwsSession, script: Script) -> None:
    stubber = script(session.sqs)
    stubber.add_client_error("delete_message", "ReceiptHandleIsInvalid")
    stubber.add_client_error("delete_message", "AccessDenied")
    queue = SqsQueue(session.sqs, "https://sqs.eu-north-1.amazonaws.com/123456789012/q")
    message = ReceivedMessage(id="1", body="", attributes={}, receipt="old")
    queue.delete(message)
    with pytest.raises(ClientError):
        queue.delete(message)


def test_a_stack_that_is_not_there(session: AwsSession, script: Script) -> None:
    stubber = script(session.cloudformation)
    stubber.add_client_error("describe_stacks", "ValidationError", "Stack with id s does not exist")
    stubber.add_client_error("describe_stacks", "AccessDenied")
    with pytest.raises(StackNotFound, match=r"^s$"):
        stack_outputs(session.cloudformation, "s")
    with pytest.raises(ClientError):
        stack_outputs(session.cloudformation, "s")
