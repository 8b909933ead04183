"""moto's interpreter of state machines, with made-up Lambda answers.

Its Lambdas answer one prepared reply after the other and cannot fail, so that no Catch is taken here.
"""

from __future__ import annotations

import io
import json
import time
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import requests
from moto import mock_aws

from tests.state_machines.machine import SYNC, Definition, all_states, definition

REGION = "eu-north-1"
ACCOUNT = "123456789012"
MOTO = "http://motoapi.amazonaws.com/moto-api"
PATIENCE = 30


def response(config: dict[str, Any], name: str, attempt: int = 0) -> dict[str, Any]:
    """Return what a mocked Lambda returns, by the name it has in the mock config."""
    ranges = config["MockedResponses"][name]
    key = str(attempt) if str(attempt) in ranges else next(key for key in ranges if "-" in key)
    found: dict[str, Any] = ranges[key]["Return"]["Payload"]
    return found


@contextmanager
def moto(machine: str = SYNC) -> Iterator[None]:
    """Give an AWS with a function for each Task state of the machine, and the queue."""
    config = {"lambda": {"use_docker": False}, "stepfunctions": {"execute_state_machine": True}}
    with mock_aws(config=config):
        iam = boto3.client("iam", region_name=REGION)
        role = iam.create_role(RoleName="any", AssumeRolePolicyDocument="{}", Path="/")["Role"]["Arn"]
        empty = io.BytesIO()
        with zipfile.ZipFile(empty, "w") as archive:
            archive.writestr("x.py", "def handler(event, context): ...")
        functions = boto3.client("lambda", region_name=REGION)
        states = all_states(definition(machine=machine))
        for task in (name for name, state in states.items() if "FunctionName" in state.get("Parameters", {})):
            functions.create_function(
                FunctionName=task,
                Runtime="python3.13",
                Role=role,
                Handler="x.handler",
                Code={"ZipFile": empty.getvalue()},
            )
        boto3.client("sqs", region_name=REGION).create_queue(QueueName="ERP_SYSTEM")
        yield


def answer_chunks() -> None:
    """Answer every task token that waits on ERP_SYSTEM, as the transformer would."""
    sqs = boto3.client("sqs", region_name=REGION)
    url = sqs.get_queue_url(QueueName="ERP_SYSTEM")["QueueUrl"]
    for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
        body = json.loads(message["Body"])
        assert set(body) == {"connection", "connector", "stream", "run", "sweep", "chunk", "task_token"}
        boto3.client("stepfunctions", region_name=REGION).send_task_success(
            taskToken=body["task_token"], output=json.dumps({"number": body["chunk"]["number"]})
        )
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def run(answers: Iterable[dict[str, Any]], given: dict[str, Any], machine: str = SYNC) -> dict[str, Any]:
    """Run the definition; the Lambdas it calls give ``answers`` in turn; return the ended execution."""
    prepared = {"results": [json.dumps(answer) for answer in answers], "region": REGION}
    requests.post(f"{MOTO}/static/lambda-simple/response", json=prepared, timeout=5).raise_for_status()
    client = boto3.client("stepfunctions", region_name=REGION)
    arn = client.create_state_machine(
        name=machine,
        definition=json.dumps(_as_moto_reads(definition(ACCOUNT, REGION, machine=machine))),
        roleArn=f"arn:aws:iam::{ACCOUNT}:role/any",
    )["stateMachineArn"]
    execution = client.start_execution(stateMachineArn=arn, input=json.dumps(given))["executionArn"]
    until = time.monotonic() + PATIENCE
    while (found := client.describe_execution(executionArn=execution))["status"] == "RUNNING":
        assert time.monotonic() < until, f"still running after {PATIENCE} s"
        answer_chunks()
        time.sleep(0.05)
    events = client.get_execution_history(executionArn=execution, maxResults=1000)["events"]
    return {**found, "events": events}


def _as_moto_reads(found: Definition) -> Definition:
    """Return the definition; moto 5.2.5 knows no whole number as the share of items that may fail."""
    for state in found["States"].values():
        if "ToleratedFailurePercentage" in state:
            state["ToleratedFailurePercentage"] = float(state["ToleratedFailurePercentage"])
    return found


def entered(found: dict[str, Any]) -> list[str]:
    """Return the states that the execution went through, those inside Maps too, in order."""
    named = (event.get("stateEnteredEventDetails", {}).get("name") for event in found["events"])
    return [name for name in named if name]
