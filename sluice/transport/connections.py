"""Connections to ERPs, kept open between requests of one origin. No proxies, no redirects, no retries."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Sequence

from msgspec import Struct, field
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from sluice.transport.deadline import Deadline
from sluice.transport.egress import Door, Place, Target
from sluice.transport.head import CheckedResponse

_KEPT_PER_ORIGIN = 4
_KEPT_SECONDS = 20.0


class _WatchedHttp(HTTPConnection):
    """Connects to an address that was judged before, and has its socket watched from the moment it exists."""

    response_class = CheckedResponse
    deadline: Deadline | None = None
    places: Sequence[Place] = ()

    def _new_conn(self) -> socket.socket:
        return _connected(self, self.places, self.deadline)


class _WatchedHttps(HTTPSConnection):
    """The same with TLS, of whose handshake the name is still the host's."""

    response_class = CheckedResponse
    deadline: Deadline | None = None
    places: Sequence[Place] = ()

    def _new_conn(self) -> socket.socket:
        return _connected(self, self.places, self.deadline)


def _connected(
    connection: HTTPConnection, places: Sequence[Place], deadline: Deadline | None
) -> socket.socket:
    """Return a socket that is connected to the first of the places that answers; no name is looked up."""
    failed: OSError = OSError("no address is left")
    for family, place in places:
        made = socket.socket(family, socket.SOCK_STREAM)
        try:
            for option in connection.socket_options or ():
                made.setsockopt(*option)
            seconds = float(connection.timeout or 0.0)
            made.settimeout(seconds if deadline is None else min(seconds, deadline.left()))
            made.connect(place)
        except OSError as error:
            made.close()
            failed = error
            continue
        if deadline is not None:
            deadline.watch(made)
        return made
    if isinstance(failed, TimeoutError):
        raise ConnectTimeoutError(connection, "no connection in time") from failed
    raise NewConnectionError(connection, "no connection") from failed


Connection = _WatchedHttp | _WatchedHttps


class Connections(Struct):
    """Idle connections by origin; usable from several threads."""

    connect_seconds: float
    door: Door = field(default_factory=Door)
    _idle: dict[tuple[str, str, int], list[tuple[float, Connection]]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _tls: ssl.SSLContext | None = None

    def take(self, target: Target, deadline: Deadline, read_seconds: float) -> Connection:
        """Return a connected connection whose reads wait so long at most; raises what urllib3 raises.

        And PrivateAddress, before anything is connected, where the host leads to where nothing is sent.
        """
        connection = self._kept(target) or self._new(target)
        connection.deadline = deadline
        if connection.sock is None:
            seconds = min(self.connect_seconds, deadline.left())
            connection.places = self.door.places(target.host, target.port, seconds)
            connection.connect()
        connected = connection.sock
        if connected is None:
            raise OSError("the connection closed at once")
        deadline.watch(connected)
        connected.settimeout(read_seconds)
        return connection

    def give_back(self, target: Target, connection: Connection) -> None:
        """Keep a connection whose reply was read to its end."""
        connection.deadline = None
        with self._lock:
            kept = self._idle.setdefault(target.origin, [])
            if connection.sock is not None and len(kept) < _KEPT_PER_ORIGIN:
                kept.append((time.monotonic(), connection))
                return
        connection.close()

    def close(self) -> None:
        """Close every idle connection."""
        with self._lock:
            idle = [connection for kept in self._idle.values() for _, connection in kept]
            self._idle.clear()
        for connection in idle:
            connection.close()

    def _kept(self, target: Target) -> Connection | None:
        while True:
            with self._lock:
                kept = self._idle.get(target.origin)
                if not kept:
                    return None
                since, connection = kept.pop()
            if time.monotonic() - since < _KEPT_SECONDS and connection.is_connected:
                return connection
            connection.close()

    def _new(self, target: Target) -> Connection:
        if target.scheme == "http":
            return _WatchedHttp(target.host, target.port, timeout=self.connect_seconds)
        if self._tls is None:
            self._tls = ssl.create_default_context()
        return _WatchedHttps(target.host, target.port, timeout=self.connect_seconds, ssl_context=self._tls)
