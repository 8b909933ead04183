"""Deadlines are kept by one thread, whichever of them is over first."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from sluice.transport.deadline import Deadline

SOON, LATE = 0.05, 60


@contextmanager
def connected() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Return two connected sockets: one shut down ends the other. Reads of the first wait at most 10 s."""
    one, other = socket.socketpair()
    one.settimeout(10)
    with one, other:
        yield one, other


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Return two connected sockets."""
    with connected() as both:
        yield both


def test_one_that_is_over_first_is_cut_first(pair: tuple[socket.socket, socket.socket]) -> None:
    with Deadline(LATE) as late, Deadline(SOON) as soon:
        soon.watch(pair[0])
        assert pair[0].recv(1) == b"", "it was shut down while it was read"
        assert (late.passed, soon.passed) == (False, True)


def test_several_are_over_at_once() -> None:
    # A pair for each: the ends of one pair would be shut down together, by whichever deadline is over first.
    with connected() as one, connected() as other, Deadline(SOON) as first, Deadline(SOON) as second:
        first.watch(one[0])
        second.watch(other[0])
        assert (one[0].recv(1), other[0].recv(1)) == (b"", b"")
        assert (first.passed, second.passed) == (True, True)


def test_one_that_was_met_cuts_nothing_later(pair: tuple[socket.socket, socket.socket]) -> None:
    with Deadline(SOON) as met:
        met.watch(pair[0])
    with Deadline(SOON) as second:
        while not second.passed:
            time.sleep(0.01)
    pair[1].sendall(b"x")
    assert pair[0].recv(1) == b"x"
    assert not met.passed


def test_a_socket_that_is_watched_too_late_is_shut_down(pair: tuple[socket.socket, socket.socket]) -> None:
    with Deadline(0) as over:
        while not over.passed:
            time.sleep(0.01)
        over.watch(pair[0])
        assert pair[0].recv(1) == b""


def test_many_take_one_thread() -> None:
    for _ in range(100):
        with Deadline(LATE), Deadline(LATE):
            pass
    assert [thread.name for thread in threading.enumerate()].count("deadlines") == 1
