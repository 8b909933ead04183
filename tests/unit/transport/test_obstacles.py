"""What stands in the way of any connection, told from what may pass by itself."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from urllib3.connection import HTTPSConnection
from urllib3.exceptions import NameResolutionError, NewConnectionError

from sluice.model.http import Request
from sluice.ports.sender import Obstacle, TransportFailed
from sluice.transport.erp_sender import ErpSender, Limits
from sluice.transport.failures import in_words, obstacle_of


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a self-signed certificate with its key in one file."""
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-batch"]
    command += ["-subj", "/CN=localhost", "-keyout", str(path), "-out", str(path.with_suffix(".crt"))]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603
    with path.open("ab") as whole:
        whole.write(path.with_suffix(".crt").read_bytes())
    return path


@contextmanager
def serving_tls(context: ssl.SSLContext) -> Iterator[int]:
    """Shake hands with whoever connects, and hang up."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            try:
                context.wrap_socket(connection, server_side=True).close()
            except (ssl.SSLError, OSError):
                connection.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(5)


def failed(port: int) -> TransportFailed:
    sender = ErpSender(Limits(connect_seconds=5, total_seconds=20))
    with pytest.raises(TransportFailed) as caught:
        sender.send(Request("GET", f"https://127.0.0.1:{port}/", label="GET /thing"))
    return caught.value


def test_a_certificate_that_nobody_vouches_for(certificate: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with serving_tls(context) as port:
        error = failed(port)
    assert error.obstacle is Obstacle.CERTIFICATE_INVALID
    assert "the certificate is not valid" in str(error)


def test_a_peer_whose_tls_is_too_old(certificate: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1 is deprecated"):
        context.minimum_version = ssl.TLSVersion.TLSv1
    with pytest.warns(DeprecationWarning, match="TLSv1_1 is deprecated"):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    with serving_tls(context) as port:
        assert failed(port).obstacle is Obstacle.TLS_REFUSED


def test_a_connection_that_is_refused_may_come_about_later() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    assert failed(port).obstacle is None


def resolution(code: int) -> NewConnectionError:
    reason = socket.gaierror(code, "x")
    error = NameResolutionError("erp.example", HTTPSConnection("erp.example"), reason)
    error.__cause__ = reason
    return error


@pytest.mark.parametrize(
    ("code", "obstacle", "says"),
    [
        (socket.EAI_NONAME, Obstacle.NAME_UNKNOWN, "the host's name is not known"),
        (socket.EAI_AGAIN, None, "the host's name could not be looked up"),
        (socket.EAI_FAIL, None, "the host's name could not be looked up"),
    ],
)
def test_a_name_that_does_not_exist_and_a_resolver_that_does_not_answer(
    code: int, obstacle: Obstacle | None, says: str
) -> None:
    assert (obstacle_of(resolution(code)), in_words(resolution(code))) == (obstacle, says)


@pytest.mark.parametrize(
    ("reason", "obstacle"),
    [
        ("TLSV1_ALERT_PROTOCOL_VERSION", Obstacle.TLS_REFUSED),
        ("SSLV3_ALERT_HANDSHAKE_FAILURE", Obstacle.TLS_REFUSED),
        ("UNEXPECTED_EOF_WHILE_READING", None),
        ("DECRYPTION_FAILED_OR_BAD_RECORD_MAC", None),
    ],
)
def test_a_handshake_that_is_refused_and_one_that_broke_off(reason: str, obstacle: Obstacle | None) -> None:
    error = ssl.SSLError(1, reason)
    error.reason = reason
    assert obstacle_of(error) is obstacle


@pytest.mark.parametrize("error", [TimeoutError(), ConnectionResetError(), OSError(), ValueError()])
def test_what_may_pass(error: Exception) -> None:
    assert obstacle_of(error) is None
