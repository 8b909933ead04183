"""What is read ahead comes in its order, one item ahead and no more, and ends when nobody wants it.

Where no item is waited for, none is read ahead.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from sluice.usecases.fetching import ahead as reading_ahead
from sluice.usecases.fetching.ahead import ahead, ahead_if_slow

SOON = 10.0


class Source:
    """Numbers from 1, of which it is known how many were made; one of them may fail."""

    def __init__(self, count: int, fails_at: int = 0) -> None:
        self.made = 0
        self.count, self.fails_at = count, fails_at
        self.one_more = threading.Condition()

    def numbers(self) -> Iterator[int]:
        for number in range(1, self.count + 1):
            if number == self.fails_at:
                raise ValueError("the ERP is gone")
            with self.one_more:
                self.made = number
                self.one_more.notify_all()
            yield number

    def reaches(self, number: int) -> bool:
        with self.one_more:
            return self.one_more.wait_for(lambda: self.made >= number, SOON)


def readers() -> int:
    return sum(thread.name == "reading-ahead" for thread in threading.enumerate())


@pytest.mark.parametrize("count", [0, 1, 2, 50])
def test_everything_comes_in_its_order(count: int) -> None:
    assert list(ahead(Source(count).numbers())) == list(range(1, count + 1))
    assert readers() == 0


def test_the_next_one_is_made_meanwhile_and_no_other() -> None:
    source = Source(10)
    items = ahead(source.numbers())
    for number in range(1, 9):
        assert next(items) == number
        assert source.reaches(number + 1), "nothing was made while the last one was worked on"
        time.sleep(0.005)
        assert source.made == number + 1
    items.close()  # type: ignore[attr-defined]


def test_what_came_before_a_failure_comes_first() -> None:
    items = ahead(Source(10, fails_at=4).numbers())
    assert [next(items) for _ in range(3)] == [1, 2, 3]
    with pytest.raises(ValueError, match="the ERP is gone"):
        next(items)
    assert readers() == 0


def test_who_stops_early_stops_the_reading() -> None:
    source = Source(1_000)
    for number in ahead(source.numbers()):
        if number == 3:
            break
    assert readers() == 0
    assert source.made <= 4


class Timed:
    """Ten numbers: seconds ``waited`` for each that is made, and ``worked`` on each."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, waited: dict[int, float], worked: float) -> None:
        self.waited, self.worked = waited, worked
        self.wall = self.cpu = 0.0
        self.makers: list[str] = []
        clock = SimpleNamespace(perf_counter=lambda: self.wall, thread_time=lambda: self.cpu)
        monkeypatch.setattr(reading_ahead, "time", clock)

    def numbers(self) -> Iterator[int]:
        for number in range(10):
            self.wall += self.waited.get(number, 0.0)
            self.makers.append(threading.current_thread().name)
            yield number

    def made_inline(self) -> int:
        """Work on all of them, and return how many were made where they are worked on."""
        for place, number in enumerate(ahead_if_slow(self.numbers())):
            assert number == place
            self.wall += self.worked
            self.cpu += self.worked
        assert readers() == 0
        inline = self.makers.count(threading.current_thread().name)
        assert self.makers[inline:] == ["reading-ahead"] * (10 - inline)
        return inline


@pytest.mark.parametrize(
    ("waited", "worked", "inline"),
    [
        ({}, 0.0, 10),
        ({}, 0.3, 10),
        ({2: 5.0}, 0.0, 10),
        ({0: 5.0}, 0.009, 3),
        ({0: 0.31, 1: 5.0}, 0.3, 1),
        ({0: 0.29, 4: 5.0}, 0.3, 5),
        ({0: 0.2, 1: 0.2, 2: 0.6}, 0.3, 3),
        ({9: 5.0}, 0.3, 10),
    ],
)
def test_only_behind_what_is_waited_for_is_anything_read_ahead(
    monkeypatch: pytest.MonkeyPatch, waited: dict[int, float], worked: float, inline: int
) -> None:
    assert Timed(monkeypatch, waited, worked).made_inline() == inline


def test_what_fails_fails_in_its_place_though_nothing_is_read_ahead() -> None:
    items = ahead_if_slow(Source(10, fails_at=2).numbers())
    assert next(items) == 1
    with pytest.raises(ValueError, match="the ERP is gone"):
        next(items)
    assert readers() == 0
