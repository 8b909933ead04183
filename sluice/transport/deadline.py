"""A deadline for a whole exchange, kept even where every single read is fast: it cuts the connection.

Socket timeouts count from read to read, so a peer that drips a byte now and then never meets them.
"""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from types import TracebackType
from typing import Self


class Deadline:
    """While entered, shuts the watched socket down once ``seconds`` are over; ``passed`` says that it did."""

    def __init__(self, seconds: float) -> None:
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True
        self._socket: socket.socket | None = None
        self._lock = threading.Lock()
        self._end = time.monotonic() + seconds
        self.passed = False

    def left(self) -> float:
        """Return the seconds that are left, 0.01 at least: a socket takes 0 for no time at all."""
        return max(self._end - time.monotonic(), 0.01)

    def watch(self, connected: socket.socket) -> None:
        """Watch this socket from now on; one that is watched too late is shut down at once."""
        with self._lock:
            self._socket = connected
            if self.passed:
                _shut(connected)

    def _cut(self) -> None:
        with self._lock:
            self.passed = True
            if self._socket is not None:
                _shut(self._socket)

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        with self._lock:
            self._socket = None


def _shut(connected: socket.socket) -> None:
    # The plain socket's method also for TLS: its own would take the TLS layer away under a running read.
    with suppress(OSError):
        socket.socket.shutdown(connected, socket.SHUT_RDWR)
