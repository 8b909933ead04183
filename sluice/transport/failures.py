"""Says in words why an exchange failed, without repeating what was sent or came: it may be a secret."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Callable
from typing import Any

from urllib3.exceptions import (
    ConnectTimeoutError,
    IncompleteRead,
    NameResolutionError,
    NewConnectionError,
    ReadTimeoutError,
)

from sluice.transport.body import BodyRefused


def in_words(error: BaseException) -> str:
    """Return what happened, in words for a person who was not there."""
    chain = _chain(error)
    for kinds, words in _WORDS:
        for link in chain:
            if isinstance(link, kinds):
                return words(link)
    return f"the exchange failed ({type(error).__name__})"


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


_Words = Callable[[Any], str]
_WORDS: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], _Words], ...] = (
    (BodyRefused, str),
    (NameResolutionError, lambda _: "the host's name is not known"),
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
