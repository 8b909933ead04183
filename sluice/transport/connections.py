"""Connections to ERPs, kept open between requests of one origin. No proxies, no redirects, no retries."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field

from urllib3.connection import HTTPConnection, HTTPSConnection

from sluice.transport.deadline import Deadline
from sluice.transport.egress import Target, may_be_reached

_KEPT_PER_ORIGIN = 4
_KEPT_SECONDS = 20.0


class PrivateAddress(OSError):
    """The name leads to an address that is not of the public internet."""

    def __str__(self) -> str:
        return "the name leads to a private address"


@dataclass(frozen=True, slots=True)
class Reachable:
    """Looks at the address that a name led to, after connecting and before anything is sent.

    So a name that leads elsewhere a moment later changes nothing.
    """

    public_only: bool = False
    allow_loopback: bool = False

    def check_host(self, host: str) -> None:
        """Raise PrivateAddress for a host that is written as an address to which nothing may be sent."""
        with suppress(ValueError):  # a name: what it leads to is known when it is connected
            if self.public_only and not may_be_reached(host, allow_loopback=self.allow_loopback):
                raise PrivateAddress

    def check(self, connected: socket.socket) -> None:
        """Close the connection and raise PrivateAddress where nothing may be sent to the address."""
        if not self.public_only:
            return
        address = str(connected.getpeername()[0])
        if not may_be_reached(address, allow_loopback=self.allow_loopback):
            connected.close()
            raise PrivateAddress


class _WatchedHttp(HTTPConnection):
    """Has its socket watched from the moment it exists."""

    deadline: Deadline | None = None
    reachable = Reachable()

    def _new_conn(self):  # type: ignore[no-untyped-def]  # noqa: ANN202 - as in urllib3
        connected = super()._new_conn()
        self.reachable.check(connected)
        if self.deadline is not None:
            self.deadline.watch(connected)
        return connected


class _WatchedHttps(HTTPSConnection):
    """Has its socket watched from the moment it exists, through the TLS handshake too."""

    deadline: Deadline | None = None
    reachable = Reachable()

    def _new_conn(self):  # type: ignore[no-untyped-def]  # noqa: ANN202 - as in urllib3
        connected = super()._new_conn()
        self.reachable.check(connected)
        if self.deadline is not None:
            self.deadline.watch(connected)
        return connected


Connection = _WatchedHttp | _WatchedHttps


@dataclass(slots=True)
class Connections:
    """Idle connections by origin; usable from several threads."""

    connect_seconds: float
    reachable: Reachable = field(default_factory=Reachable)
    _idle: dict[tuple[str, str, int], list[tuple[float, Connection]]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _tls: ssl.SSLContext | None = None

    def take(self, target: Target, deadline: Deadline, read_seconds: float) -> Connection:
        """Return a connected connection whose reads wait so long at most; raises what urllib3 raises."""
        self.reachable.check_host(target.host)
        connection = self._kept(target) or self._new(target)
        connection.reachable = self.reachable
        connection.deadline = deadline
        if connection.sock is None:
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
