"""What the meter counts is what was sent: a listener between the adapters and the embedded AWS says so."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import urllib3

from sluice.aws.dynamo_table import DynamoTable
from sluice.aws.meter import Meter
from sluice.aws.s3_object_store import S3ObjectStore
from sluice.aws.secrets_manager import SecretsManager
from sluice.aws.session import AwsSession
from sluice.aws.sns_topic import SnsTopic
from sluice.aws.sqs_queue import SqsQueue
from sluice.local import embedded_aws
from sluice.model.secret import Secret
from sluice.ports.table import ABSENT, Conflict
from sluice.ports.topic import OutgoingMessage

# embedded_aws lets its process outlive the Popen that started it.
pytestmark = pytest.mark.filterwarnings("ignore:subprocess .* is still running:ResourceWarning")

REGION = "eu-north-1"
_SERVICE = re.compile(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/aws4_request")


class Listener(ThreadingHTTPServer):
    """Passes requests on to the embedded AWS; ``heard`` counts them by what is billed."""

    def __init__(self, endpoint: str) -> None:
        super().__init__(("127.0.0.1", 0), _Exchange)
        self.endpoint = endpoint
        self.http = urllib3.PoolManager()
        self.heard: Counter[str] = Counter()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Exchange(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Listener

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        found = _SERVICE.search(self.headers.get("Authorization", ""))
        operation = self.headers.get("X-Amz-Target", "").rpartition(".")[2]
        self.server.heard[f"{found[1] if found else '?'} {operation or self.command}"] += 1
        headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
        reply = self.server.http.request(
            self.command, self.server.endpoint + self.path, body=body, headers=headers, redirect=False
        )
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            if name.lower() not in {"transfer-encoding", "content-length", "connection", "date", "server"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.data)

    def __getattr__(self, name: str) -> Any:
        """Take every method of HTTP alike: BaseHTTPRequestHandler looks for do_GET and the like."""
        if name.startswith("do_"):
            return self._pass_on
        raise AttributeError(name)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def listening(endpoint: str) -> Iterator[Listener]:
    listener = Listener(endpoint)
    thread = threading.Thread(target=listener.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield listener
    finally:
        listener.shutdown()
        thread.join()
        listener.server_close()
        listener.http.clear()


@pytest.fixture(scope="module")
def listener(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Listener]:
    home = tmp_path_factory.mktemp("ministack")
    running = embedded_aws.start(home, port=0)
    with listening(running.endpoint) as found:
        yield found
    embedded_aws.stop(home)


@pytest.fixture
def meter() -> Meter:
    return Meter()


@pytest.fixture
def aws(listener: Listener, meter: Meter) -> AwsSession:
    return AwsSession(REGION, listener.url, meter=meter)


def forget(listener: Listener, meter: Meter) -> None:
    listener.heard.clear()
    meter.begin(512)


def test_objects(aws: AwsSession, listener: Listener, meter: Meter) -> None:
    aws.s3.create_bucket(Bucket="raw", CreateBucketConfiguration={"LocationConstraint": REGION})
    store = S3ObjectStore(aws.s3, "raw")
    forget(listener, meter)
    for number in range(7):
        store.put(f"a/{number}", b"x" * 100_000)
    assert len(list(store.keys("a/"))) == 7
    assert [store.get(f"a/{number}") for number in range(3)] == [b"x" * 100_000] * 3
    store.delete("a/0")
    heard = listener.heard
    assert heard["s3 PUT"] == 7
    counted = meter.so_far().requests
    # A list is a GET, and is billed as a PUT.
    assert counted == {"s3_write": "8", "s3_read": str(heard["s3 GET"] - 1)}
    assert heard["s3 DELETE"] + heard["s3 POST"] == 1


def test_items(aws: AwsSession, listener: Listener, meter: Meter) -> None:
    aws.dynamodb.create_table(
        TableName="state",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
        ],
    )
    table = DynamoTable(aws.dynamodb, "state")
    forget(listener, meter)
    table.put("p", "small", {"a": 1})
    assert meter.so_far().requests == {"dynamodb_write": "1"}
    table.put("p", "large", {"a": "x" * 4_500})
    assert meter.so_far().requests == {"dynamodb_write": "6"}
    meter.begin(512)
    # Reads are consistent: one unit for each 4 KB.
    assert table.get("p", "small") is not None
    assert table.get("p", "large") is not None
    assert meter.so_far().requests == {"dynamodb_read": "3"}
    assert len(list(table.query("p"))) == 2
    assert meter.so_far().requests == {"dynamodb_read": "5"}
    meter.begin(512)
    with pytest.raises(Conflict):
        table.put("p", "small", {"a": 2}, expected=ABSENT)
    # The refused write, and the look whether it was our own.
    assert meter.so_far().requests == {"dynamodb_read": "1", "dynamodb_write": "1"}
    assert listener.heard == {
        "dynamodb UpdateItem": 3,
        "dynamodb GetItem": 3,
        "dynamodb Query": 1,
    }


def test_messages(aws: AwsSession, listener: Listener, meter: Meter) -> None:
    topic = aws.sns.create_topic(Name="information")["TopicArn"]
    queue = aws.sqs.create_queue(QueueName="work")["QueueUrl"]
    forget(listener, meter)
    SnsTopic(aws.sns, topic).publish([OutgoingMessage("x" * 60_000, {"entity": "invoice"})] * 25)
    # Four of 60 KB fit a batch; 240,000 bytes are four units, and the last batch holds one message.
    assert meter.so_far().requests == {"sns_publish": str(6 * 4 + 1)}
    assert sum(listener.heard.values()) == 7
    forget(listener, meter)
    work = SqsQueue(aws.sqs, queue)
    work.send("x" * 70_000, {})
    work.send("small", {})
    received = work.receive(2, 1)
    for message in received:
        work.delete(message)
    heard = sum(listener.heard.values())
    counted = meter.so_far().requests
    assert len(received) == 2
    # Of 70,000 bytes both the sending and the receiving are two units.
    assert counted == {"sqs_request": str(heard + 2)}


def test_secrets(aws: AwsSession, listener: Listener, meter: Meter) -> None:
    secrets = SecretsManager(aws.secretsmanager, "sluice/test")
    secrets.put("acme", {"token": Secret("x")})
    forget(listener, meter)
    for _ in range(3):
        secrets.get("acme")
    assert meter.so_far().requests == {"secrets_request": "3"}
    assert listener.heard == {"secretsmanager GetSecretValue": 3}
