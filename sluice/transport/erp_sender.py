"""Sends requests to ERPs over HTTP, and returns a reply only when all of it came.

It follows no redirects, retries nothing, uses no proxy of the environment and keeps no cookies.
"""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from urllib3.exceptions import HTTPError

from sluice.model.http import Reply, Request
from sluice.ports.sender import TransportFailed
from sluice.transport.body import BodyRefused, Caps, read_body
from sluice.transport.connections import Connection, Connections, Reachable
from sluice.transport.deadline import Deadline
from sluice.transport.egress import Target, check_url
from sluice.transport.failures import in_words, obstacle_of

_PIECE = 64 * 1024
_USER_AGENT = "sluice/0.1"


@dataclass(frozen=True, slots=True)
class Limits:
    """How long an exchange may take, in seconds, and how large a body may be."""

    connect_seconds: float = 10.0
    total_seconds: float = 60.0
    caps: Caps = field(default_factory=Caps)


class ErpSender:
    """A Sender (see sluice.ports.sender); usable from several threads.

    ``public_only``: no name may lead to an address that is not of the public internet; this machine's may
    where plain http to it is allowed.
    """

    def __init__(
        self, limits: Limits | None = None, *, allow_loopback_http: bool = False, public_only: bool = False
    ) -> None:
        self._limits = limits or Limits()
        self._allow_loopback_http = allow_loopback_http
        reachable = Reachable(public_only=public_only, allow_loopback=allow_loopback_http)
        self._connections = Connections(self._limits.connect_seconds, reachable)

    def send(self, request: Request) -> Reply:
        """Send and return the complete reply, whatever its status.

        Raises TransportFailed; ConfigurationInvalid for an address to which nothing may be sent.
        """
        target = check_url(request.url, allow_loopback_http=self._allow_loopback_http)
        with Deadline(self._limits.total_seconds) as deadline:
            try:
                return self._exchange(request, target, deadline)
            except (HTTPError, http.client.HTTPException, OSError, BodyRefused, ValueError) as err:
                seconds = self._limits.total_seconds
                why = f"no complete reply within {seconds:g} s" if deadline.passed else in_words(err)
                obstacle = None if deadline.passed else obstacle_of(err)
                message = f"{request.label or request.method} to {target.host}: {why}"
                # Not chained: an error about a header quotes its value.
                raise TransportFailed(message, obstacle) from None

    def close(self) -> None:
        """Close the connections that are kept open."""
        self._connections.close()

    def _exchange(self, request: Request, target: Target, deadline: Deadline) -> Reply:
        limits = self._limits
        connection = self._connections.take(target, deadline, limits.total_seconds)
        complete = False
        try:
            headers = {"User-Agent": _USER_AGENT, **request.headers, "Accept-Encoding": "gzip"}
            connection.request(
                request.method,
                target.path,
                body=request.body,
                headers=headers,
                preload_content=False,
                decode_content=False,
                enforce_content_length=True,
            )
            reply = _reply(connection, limits.caps)
            complete = True
        finally:
            if complete and not deadline.passed:
                self._connections.give_back(target, connection)
            else:
                connection.close()
        if deadline.passed:
            raise TimeoutError
        return reply


def _reply(connection: Connection, caps: Caps) -> Reply:
    response = connection.getresponse()
    try:
        headers = {name.lower(): value for name, value in response.headers.itermerged()}
        if "transfer-encoding" in headers and "content-length" in headers:
            raise BodyRefused("the reply gives both a length and chunks, which contradict each other")
        length = headers.get("content-length", "")
        if length.isdecimal() and int(length[:18]) > caps.wire:
            raise BodyRefused(f"the body announces {length[:18]} bytes; at most {caps.wire} are read")
        body = read_body(_pieces(response), headers.get("content-encoding", ""), caps)
    finally:
        response.close()
    return Reply(response.status, headers, body)


def _pieces(response: Any) -> Iterator[bytes]:
    while piece := response.read(_PIECE, decode_content=False):
        yield piece
