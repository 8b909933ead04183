"""What stands in the way of any connection, told from what may pass by itself."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path
from typing import NoReturn

import pytest

from sluice.model.http import Request
from sluice.ports.sender import Obstacle, TransportFailed
from sluice.transport.erp_sender import ErpSender, Limits
from sluice.transport.failures import obstacle_of
from tests.unit.transport.tls import made_certificate, serving_tls


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_certificate(tmp_path_factory.mktemp("tls"))


def failed(port: int) -> TransportFailed:
    sender = ErpSender(Limits(connect_seconds=5, total_seconds=20), allow_loopback_http=True)
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
    def failing(host: str, port: int) -> NoReturn:
        raise socket.gaierror(code, "x")

    with pytest.raises(TransportFailed) as caught:
        ErpSender(look_up=failing).send(Request("GET", "https://erp.example/", label="GET /thing"))
    assert (caught.value.obstacle, str(caught.value)) == (obstacle, f"GET /thing to erp.example: {says}")


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
