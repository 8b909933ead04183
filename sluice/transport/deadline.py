"""A deadline for a whole exchange, kept even where every single read is fast: it cuts the connection.

Socket timeouts count from read to read, so a peer that drips a byte now and then never meets them.
"""

from __future__ import annotations

import math
import socket
import threading
import time
from contextlib import suppress
from heapq import heappop, heappush
from itertools import count
from types import TracebackType
from typing import Self


class Deadline:
    """While entered, shuts the watched socket down once ``seconds`` are over; ``passed`` says that it did."""

    def __init__(self, seconds: float) -> None:
        self._socket: socket.socket | None = None
        self._lock = threading.Lock()
        self.end = time.monotonic() + seconds
        self.met = False
        self.passed = False

    def left(self) -> float:
        """Return the seconds that are left, 0.01 at least: a socket takes 0 for no time at all."""
        return max(self.end - time.monotonic(), 0.01)

    def watch(self, connected: socket.socket) -> None:
        """Watch this socket from now on; one that is watched too late is shut down at once."""
        with self._lock:
            self._socket = connected
            if self.passed:
                _shut(connected)

    def cut(self) -> None:
        """Shut the socket down, unless all was done in time."""
        with self._lock:
            self.passed = not self.met
            if self._socket is not None:
                _shut(self._socket)

    def __enter__(self) -> Self:
        _WATCHMAN.watch(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self.met = True
            self._socket = None


class _Watchman:
    """Cuts each deadline when it is over, all in one thread.

    A thread for each, which had nothing to do but to be told so, took 0.1 ms of CPU of every request.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._next: list[tuple[float, int, Deadline]] = []
        self._numbers = count()
        self._wakes = math.inf
        self._thread: threading.Thread | None = None

    def watch(self, deadline: Deadline) -> None:
        """Cut the deadline once it is over; it is woken up for one that is earlier than it would look."""
        with self._changed:
            self._forget()
            heappush(self._next, (deadline.end, next(self._numbers), deadline))
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="deadlines", daemon=True)
                self._thread.start()
            elif deadline.end < self._wakes:
                self._changed.notify()

    def _run(self) -> None:
        with self._changed:
            while True:
                self._forget()
                while self._next and self._next[0][0] <= time.monotonic():
                    heappop(self._next)[2].cut()
                self._wakes = self._next[0][0] if self._next else math.inf
                self._changed.wait(self._wakes - time.monotonic() if self._next else None)

    def _forget(self) -> None:
        """Forget those that were met, of which the earliest stand first."""
        while self._next and self._next[0][2].met:
            heappop(self._next)


_WATCHMAN = _Watchman()


def _shut(connected: socket.socket) -> None:
    # The plain socket's method also for TLS: its own would take the TLS layer away under a running read.
    with suppress(OSError):
        socket.socket.shutdown(connected, socket.SHUT_RDWR)
