"""Lambdas that read one connection at once, in orders drawn by lot, some killed: nobody is locked out."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from sluice.connector.outcomes import Page
from sluice.errors import ErpUnavailable
from tests.effort import some, thorough
from tests.flows.oauth_erp import LIFETIME, OAuthRig, Reading
from tests.flows.rig import Killed

pytestmark = thorough

LAMBDAS = 3
ORDERS = 60
TRIES = 100


class Lot:
    """Lets one worker at a time make one call, drawn by lot; the one that makes call number ``kill`` dies."""

    def __init__(self, seed: int, kill: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - an order, to be drawn again
        self._kill = kill
        self._changed = threading.Condition()
        self._waiting: set[int] = set()
        self._alive: set[int] = set()
        self._chosen = -1
        self._me = threading.local()
        self.calls = 0
        self.killed = 0

    def call(self) -> None:
        """Wait to be drawn, before a call."""
        me = self._me.number
        with self._changed:
            self._waiting.add(me)
            self._changed.notify_all()
            assert self._changed.wait_for(lambda: self._chosen == me, 20)
            self._chosen = -1
            self._waiting.discard(me)
            self.calls += 1
            if self.calls == self._kill:
                self.killed += 1
                raise Killed

    def run(self, work: Callable[[], None]) -> list[BaseException]:
        """Let all Lambdas do the work; return what they failed with."""
        failed: list[BaseException] = []
        self._alive = set(range(LAMBDAS))

        def worker(number: int) -> None:
            self._me.number = number
            try:
                work()
            except Killed:
                pass
            except BaseException as error:  # noqa: BLE001 - told by the test's thread
                failed.append(error)
            with self._changed:
                self._alive.discard(number)
                self._changed.notify_all()

        threads = [threading.Thread(target=worker, args=(number,)) for number in range(LAMBDAS)]
        for thread in threads:
            thread.start()
        with self._changed:
            while self._alive:
                ready = self._changed.wait_for(lambda: self._chosen < 0 and self._waiting == self._alive, 20)
                assert ready, "a worker neither called nor ended"
                if self._alive:
                    self._chosen = self._random.choice(sorted(self._waiting))
                    self._changed.notify_all()
        for thread in threads:
            thread.join(10)
        return failed


class Drawn:
    """A port whose calls are drawn by lot; whoever sleeps sees ``pace`` seconds go by."""

    def __init__(self, inner: Any, lot: Lot, pace: float) -> None:
        self._inner, self._lot, self._pace = inner, lot, pace

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._inner, name)
        if name in {"now", "monotonic"}:
            return method

        def called(*given: Any, **named: Any) -> Any:
            self._lot.call()
            if name == "sleep":
                return self._inner.advance(self._pace)
            return method(*given, **named)

        return called


def read_to_end(rig: OAuthRig) -> None:
    """Read as a state machine has it: an ERP that is away is tried again."""
    for _ in range(TRIES):
        try:
            Reading(rig).to_end()
        except ErpUnavailable:
            rig.world.clock.sleep(1)
            continue
        return
    raise AssertionError(f"not read in {TRIES} tries")


def reads_at_once(rig: OAuthRig, lot: Lot, pace: float) -> None:
    """Let all Lambdas read; afterwards the newest session is the stored one."""
    plain = rig.world
    names = ("state", "secrets", "sender", "clock")
    rig.world = replace(plain, **{name: Drawn(getattr(plain, name), lot, pace) for name in names})
    failed = lot.run(lambda: read_to_end(rig))
    rig.world = plain
    assert not failed, failed
    assert Reading(rig).to_end() == [Page, Page, Page]


@pytest.mark.parametrize("seed", some(range(ORDERS), 15))
def test_in_whatever_order_one_logs_in_and_a_death_costs_one_more_login(seed: int) -> None:
    rig = OAuthRig()
    kill = random.Random(seed).randrange(60)  # noqa: S311 - 0: nobody dies
    for _ in range(2):
        lot, before = Lot(seed, kill), rig.vendor.granted
        reads_at_once(rig, lot, pace=0.3)
        assert rig.vendor.refused == 0
        assert 1 <= rig.vendor.granted - before <= 1 + lot.killed
        rig.clock.advance(LIFETIME)


@pytest.mark.parametrize("pace", [50, 300])
@pytest.mark.parametrize("seed", some(range(ORDERS), 15))
def test_those_who_are_too_slow_for_their_turn_lock_nobody_out_either(seed: int, pace: float) -> None:
    rig = OAuthRig()
    for _ in range(3):
        reads_at_once(rig, Lot(seed, 0), pace)
        rig.clock.advance(LIFETIME)
