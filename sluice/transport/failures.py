"""Says why an exchange failed, without repeating what was sent or came: it may be a secret."""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Callable
from typing import Any

from urllib3.exceptions import (
    ConnectTimeoutError,
    IncompleteRead,
    NewConnectionError,
    ReadTimeoutError,
)

from sluice.ports.sender import Obstacle
from sluice.transport.body import BodyRefused
from sluice.transport.egress import PrivateAddress

_NO_SUCH_NAME = frozenset({socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)})
_HANDSHAKE_REFUSED = frozenset(
    {
        "HTTP_REQUEST",
        "NO_CIPHERS_AVAILABLE",
        "NO_PROTOCOLS_AVAILABLE",
        "NO_SHARED_CIPHER",
        "SSLV3_ALERT_HANDSHAKE_FAILURE",
        "TLSV13_ALERT_CERTIFICATE_REQUIRED",
        "TLSV1_ALERT_INSUFFICIENT_SECURITY",
        "TLSV1_ALERT_PROTOCOL_VERSION",
        "TLSV1_UNRECOGNIZED_NAME",
        "UNKNOWN_PROTOCOL",
        "UNSUPPORTED_PROTOCOL",
        "VERSION_TOO_LOW",
        "WRONG_SSL_VERSION",
        "WRONG_VERSION_NUMBER",
    }
)


def in_words(error: BaseException) -> str:
    """Return what happened, in words for a person who was not there."""
    chain = _chain(error)
    for kinds, words in _WORDS:
        for link in chain:
            if isinstance(link, kinds):
                return words(link)
    return f"the exchange failed ({type(error).__name__})"


def obstacle_of(error: BaseException) -> Obstacle | None:
    """Return what stands in the way of any connection; None for what may be otherwise at the next try.

    A name that does not exist is told from a resolver that does not answer; of a TLS handshake the
    certificate, and what the peer refuses, from one that broke off.
    """
    for link in _chain(error):
        if isinstance(link, PrivateAddress):
            return Obstacle.ADDRESS_REFUSED
        if isinstance(link, socket.gaierror):
            return Obstacle.NAME_UNKNOWN if link.errno in _NO_SUCH_NAME else None
        if isinstance(link, ssl.SSLCertVerificationError):
            return Obstacle.CERTIFICATE_INVALID
        if isinstance(link, ssl.SSLError):
            return Obstacle.TLS_REFUSED if str(link.reason) in _HANDSHAKE_REFUSED else None
    return None


def _chain(error: BaseException) -> list[BaseException]:
    """Return the error and what it wraps, outermost first: urllib3 wraps in arguments and causes."""
    found: list[BaseException] = []
    waiting: list[Any] = [error]
    while waiting and len(found) < 8:
        link = waiting.pop(0)
        if isinstance(link, BaseException) and link not in found:
            found.append(link)
            waiting += [*link.args, getattr(link, "reason", None), link.__cause__]
    return found


def _system(error: Any) -> str:
    return str(getattr(error, "strerror", None) or type(error).__name__)


def _http(error: BaseException) -> str:
    headers = ": more than 100 headers" if "headers" in str(error) else ""
    return f"the reply is not good HTTP ({type(error).__name__}{headers})"


def _name(error: Any) -> str:
    known = obstacle_of(error) is Obstacle.NAME_UNKNOWN
    return "the host's name is not known" if known else "the host's name could not be looked up"


_Words = Callable[[Any], str]
_WORDS: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], _Words], ...] = (
    (BodyRefused, str),
    (PrivateAddress, str),
    (socket.gaierror, _name),
    (NewConnectionError, lambda error: f"no connection came about ({_system(error.__cause__)})"),
    (ConnectTimeoutError, lambda _: "no connection came about in time"),
    (
        (IncompleteRead, http.client.IncompleteRead),
        lambda _: "the body was cut short: fewer bytes came than announced",
    ),
    (ssl.SSLCertVerificationError, lambda error: f"the certificate is not valid ({error.verify_message})"),
    (ssl.SSLError, lambda error: f"the encrypted connection failed ({error.reason or 'TLS'})"),
    ((ReadTimeoutError, TimeoutError), lambda _: "the reply stopped coming"),
    (http.client.RemoteDisconnected, lambda _: "the connection was closed without a reply"),
    (OSError, lambda error: f"the connection broke off ({_system(error)})"),
    (http.client.HTTPException, _http),
)
