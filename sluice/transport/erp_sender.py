"""Sends requests to ERPs over HTTP, and returns a reply only when all of it came.

It follows no redirects, retries nothing, uses no proxy of the environment and keeps no cookies.
"""

from __future__ import annotations

import http.client
import socket
import time
from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct, field
from urllib3.exceptions import HTTPError

from sluice.model.egress.networks import Network
from sluice.model.egress.reach import Reach
from sluice.model.http import Reply, Request
from sluice.ports.sender import TransportFailed
from sluice.transport.body import BodyRefused, Caps, read_body
from sluice.transport.connections import Connection, Connections
from sluice.transport.deadline import Deadline
from sluice.transport.egress import Door, LookUp, Target, addresses_of, check_url
from sluice.transport.failures import in_words, obstacle_of

_PIECE = 256 * 1024
"""Bytes that are asked for at once: a socket that is ahead of us holds about as many."""
_USER_AGENT = "sluice/0.1"


class Limits(Struct, frozen=True):
    """How long an exchange may take, in seconds, and how large a body may be.

    A body may not pause for ``silent_seconds``, and after as many comes at ``least_rate`` bytes a second.
    """

    connect_seconds: float = 10.0
    total_seconds: float = 60.0
    silent_seconds: float = 20.0
    least_rate: float = 1_000.0
    caps: Caps = field(default_factory=Caps)


class ErpSender:
    """A Sender (see sluice.ports.sender); usable from several threads.

    Names may lead to the public internet alone, to this machine where plain http to it is allowed, and to the
    ``networks`` that a deployment adds. ``look_up`` is the resolver.
    """

    def __init__(
        self,
        limits: Limits | None = None,
        *,
        allow_loopback_http: bool = False,
        networks: Sequence[Network] = (),
        look_up: LookUp = addresses_of,
    ) -> None:
        self._limits = limits or Limits()
        self._reach = Reach(allow_loopback_http, tuple(networks))
        self._connections = Connections(self._limits.connect_seconds, Door(self._reach, look_up))

    def send(self, request: Request) -> Reply:
        """Send and return the complete reply, whatever its status.

        Raises TransportFailed; ConfigurationInvalid for an address to which nothing may be sent.
        """
        target = check_url(request.url, self._reach)
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
        watched = connection.sock
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
            reply = _reply(connection, watched, limits)
            complete = True
        finally:
            if complete and not deadline.passed:
                self._connections.give_back(target, connection)
            else:
                connection.close()
        if deadline.passed:
            raise TimeoutError
        return reply


def _reply(connection: Connection, watched: socket.socket, limits: Limits) -> Reply:
    response = connection.getresponse()
    try:
        headers = {name.lower(): value for name, value in response.headers.itermerged()}
        length = headers.get("content-length", "").partition(",")[0]
        if length and int(length[:18]) > limits.caps.wire:
            raise BodyRefused(f"the body announces {length[:18]} bytes; at most {limits.caps.wire} are read")
        # An ERP may think for long; once it speaks, it goes on speaking.
        watched.settimeout(limits.silent_seconds)
        pieces = _pieces(response, limits)
        body = read_body(pieces, headers.get("content-encoding", ""), limits.caps)
    finally:
        response.close()
    return Reply(response.status, headers, body)


def _pieces(response: Any, limits: Limits) -> Iterator[bytes]:
    begun, size = time.monotonic(), 0
    # Not read(), which would wait until a whole piece is there, however slowly it comes.
    while piece := response.read1(_PIECE, decode_content=False):
        size += len(piece)
        seconds = time.monotonic() - begun
        if seconds > limits.silent_seconds and size < limits.least_rate * seconds:
            raise BodyRefused(f"the body came at less than {limits.least_rate:g} bytes a second")
        yield piece
