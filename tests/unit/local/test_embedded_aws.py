from __future__ import annotations

import io
import json
import os
import signal
import socket
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
import pytest

from sluice.local import embedded_aws, process
from sluice.settings import DEFAULT_REGION


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "home"
    embedded_aws.stop(tmp_path / "home")


def sqs(running: embedded_aws.Running) -> Any:
    return client("sqs", running)


def client(service: str, running: embedded_aws.Running) -> Any:
    return boto3.client(
        service,
        endpoint_url=running.endpoint,
        region_name=DEFAULT_REGION,
        aws_access_key_id=embedded_aws.CREDENTIAL,
        aws_secret_access_key=embedded_aws.CREDENTIAL,
    )


def free_port() -> int:
    with occupy(0) as taken:
        return int(taken.getsockname()[1])


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


@pytest.mark.thorough(most=0)
def test_what_was_saved_while_it_worked_outlives_a_kill(home: Path) -> None:
    running = embedded_aws.start(home, port=0, saves=0.3)
    sqs(running).create_queue(QueueName="kept")
    saved, until = home / "embedded_aws" / "state" / "sqs.json", time.monotonic() + 30
    while not (saved.exists() and "kept" in saved.read_text()):
        for _ in range(20):  # so that it has worked
            sqs(running).list_queues()
        assert time.monotonic() < until, "nothing is saved"
    assert embedded_aws.killed(home) is None, "it runs"
    os.kill(running.pid, signal.SIGKILL)
    os.waitpid(running.pid, 0)
    killed = embedded_aws.killed(home)
    assert killed is not None
    assert abs(killed.timestamp() - time.time()) < 60
    again = embedded_aws.start(home)
    assert [url.rpartition("/")[2] for url in sqs(again).list_queues()["QueueUrls"]] == ["kept"]
    assert embedded_aws.stop(home)
    assert embedded_aws.killed(home) is None, "it ended well"


@pytest.mark.thorough(most=0)
def test_two_homes_that_start_at_once_are_two(home: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    port = free_port()
    try:
        with ThreadPoolExecutor(2) as pool:
            one, two = pool.map(lambda at: embedded_aws.start(at, port=port), (home, other))
        assert port in {one.port, two.port}
        sqs(one).create_queue(QueueName="mine")
        assert not sqs(two).list_queues().get("QueueUrls")
    finally:
        embedded_aws.stop(other)


@pytest.mark.thorough(most=0)
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


def invoke_one_that_never_answers(running: embedded_aws.Running) -> None:
    bootstrap = zipfile.ZipInfo("bootstrap")
    bootstrap.external_attr = 0o755 << 16
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr(bootstrap, "#!/bin/sh\nsleep 600 &\nwait\n")
    functions = client("lambda", running)
    functions.create_function(
        FunctionName="endless",
        Runtime="provided.al2023",
        Role="arn:aws:iam::000000000000:role/any",
        Handler="bootstrap",
        Timeout=600,
        Code={"ZipFile": packed.getvalue()},
    )
    functions.invoke(FunctionName="endless", InvocationType="Event")


def workers_of(home: Path, running: embedded_aws.Running) -> set[int]:
    return set(process.marked(f"SLUICE_STARTED_BY={home.resolve()}")) - {running.pid}


@pytest.mark.parametrize("killed", [True, False])
def test_the_processes_of_functions_end_with_it_or_after_it(home: Path, *, killed: bool) -> None:
    running = embedded_aws.start(home, port=0)
    invoke_one_that_never_answers(running)
    until = time.monotonic() + 20
    while len(workers_of(home, running)) < 2:  # the shell and its sleep
        assert time.monotonic() < until
        time.sleep(0.05)
    workers = workers_of(home, running)
    if killed:
        os.kill(running.pid, signal.SIGKILL)
        os.waitpid(running.pid, 0)
        assert embedded_aws.status(home) is None
        assert workers_of(home, running) == workers
    assert embedded_aws.stop(home)
    assert workers_of(home, running) == set()
    assert not embedded_aws.stop(home)


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
