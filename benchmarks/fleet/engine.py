"""Discrete events on a virtual clock. What runs side by side is a greenlet, so real code may sleep in it.

Nothing here is random: what happens at the same moment happens in the order in which it was asked for.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from greenlet import getcurrent, greenlet


class Engine:
    """Begins at second 0; ``time`` is the second that it is now."""

    def __init__(self) -> None:
        self.time = 0.0
        self._events: list[tuple[float, int, Callable[[], Any]]] = []
        self._count = 0
        self._hub = getcurrent()
        self._over = False

    def at(self, moment: float, what: Callable[[], Any]) -> None:
        """Call something at a second that is not past; it must not sleep."""
        self._count += 1
        heapq.heappush(self._events, (max(moment, self.time), self._count, what))

    def spawn(self, moment: float, what: Callable[..., Any], *given: Any) -> None:
        """Begin something at a second that may sleep. What it raises, ``run`` raises."""
        self.at(moment, partial(greenlet(what, self._hub).switch, *given))

    def sleep(self, seconds: float) -> None:
        """Go on after so many seconds; others go on meanwhile. Raises RuntimeError once all is abandoned."""
        if self._over:
            raise RuntimeError("the simulation is over")
        self.at(self.time + seconds, getcurrent().switch)
        self._hub.switch()

    def park(self, note: Callable[[Callable[[], None]], None]) -> None:
        """Go on once what ``note`` is given has been called."""
        here = getcurrent()
        note(lambda: self.at(self.time, here.switch))
        self._hub.switch()

    def run(self, until: float) -> bool:
        """Let happen what happens before a second; return whether nothing is left to happen."""
        self._hub = getcurrent()
        while self._events and self._events[0][0] < until:
            self.time, _, what = heapq.heappop(self._events)
            what()
        return not self._events

    def abandon(self) -> None:
        """Forget what has not happened: what still sleeps ends unseen, and may not sleep again."""
        self._over = True
        self._events.clear()


class EngineClock:
    """The engine's time as the port that Sluice's code asks; ``start`` is second 0, aware UTC."""

    def __init__(self, engine: Engine, start: datetime) -> None:
        self._engine, self._start = engine, start

    def now(self) -> datetime:
        """Return the time as aware UTC."""
        return self._start + timedelta(seconds=self._engine.time)

    def monotonic(self) -> float:
        """Return the engine's second."""
        return self._engine.time

    def sleep(self, seconds: float) -> None:
        """Wait on the virtual clock."""
        self._engine.sleep(max(seconds, 0.0))

    def second(self, moment: datetime) -> float:
        """Return a moment as the engine's second."""
        return (moment - self._start).total_seconds()

    def at(self, second: float) -> datetime:
        """Return the engine's second as a moment."""
        return self._start + timedelta(seconds=second)
