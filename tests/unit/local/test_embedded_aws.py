from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from sluice.local import embedded_aws
from sluice.settings import DEFAULT_REGION


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "home"
    embedded_aws.stop(tmp_path / "home")


def sqs(running: embedded_aws.Running) -> Any:
    return boto3.client(
        "sqs",
        endpoint_url=running.endpoint,
        region_name=DEFAULT_REGION,
        aws_access_key_id=embedded_aws.CREDENTIAL,
        aws_secret_access_key=embedded_aws.CREDENTIAL,
    )


def occupy(port: int) -> socket.socket:
    taken = socket.socket()
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    taken.bind((embedded_aws.HOST, port))
    taken.listen()
    return taken


def test_it_starts_once_and_stops(home: Path) -> None:
    running = embedded_aws.start(home, port=0)
    assert embedded_aws.start(home) == running == embedded_aws.status(home)
    assert running.endpoint.startswith("http://127.0.0.1:")
    assert embedded_aws.stop(home)
    assert embedded_aws.status(home) is None
    assert not embedded_aws.stop(home)


def test_what_it_knew_is_there_again(home: Path) -> None:
    running = embedded_aws.start(home, port=0)
    url = sqs(running).create_queue(QueueName="kept")["QueueUrl"]
    sqs(running).send_message(QueueUrl=url, MessageBody="hello")
    embedded_aws.stop(home)
    again = embedded_aws.start(home)
    assert again.port == running.port
    assert sqs(again).receive_message(QueueUrl=url)["Messages"][0]["Body"] == "hello"


def test_it_moves_when_its_port_was_taken_meanwhile(home: Path) -> None:
    running = embedded_aws.start(home, port=0)
    sqs(running).create_queue(QueueName="kept")
    embedded_aws.stop(home)
    with occupy(running.port):
        again = embedded_aws.start(home)
    assert again.port != running.port
    url = sqs(again).get_queue_url(QueueName="kept")["QueueUrl"]
    assert f":{again.port}/" in url
    sqs(again).send_message(QueueUrl=url, MessageBody="hello")


def test_a_taken_port_is_replaced_by_a_free_one(home: Path) -> None:
    with occupy(0) as taken:
        port = taken.getsockname()[1]
        assert embedded_aws.start(home, port=port).port != port


def test_a_record_of_somebody_elses_process_counts_for_nothing(home: Path) -> None:
    home.mkdir()
    record = {"pid": os.getpid(), "port": 0, "log": "x"}
    (home / "embedded_aws.json").write_text(json.dumps(record))
    assert embedded_aws.status(home) is None
    assert not embedded_aws.stop(home)
    assert embedded_aws.start(home).pid != os.getpid()


@pytest.mark.parametrize("record", ["", "{}", "[1]", '{"pid": "x", "port": 1, "log": ""}'])
def test_a_broken_record_counts_for_nothing(home: Path, record: str) -> None:
    home.mkdir()
    (home / "embedded_aws.json").write_text(record)
    assert embedded_aws.status(home) is None


def test_what_its_log_says_is_told_when_it_does_not_start(home: Path) -> None:
    with pytest.raises(embedded_aws.NotStarted, match="ValueError"):
        embedded_aws.start(home, extra={"GATEWAY_PORT": "no port"})
    assert embedded_aws.status(home) is None


def test_its_clients_speak_to_nothing_else() -> None:
    found = embedded_aws.client_environment("http://127.0.0.1:1")
    assert found["AWS_ENDPOINT_URL"] == "http://127.0.0.1:1"
    assert found["AWS_ACCESS_KEY_ID"] == "test"
