"""What every clock does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from sluice.local.fixed_clock import FixedClock
from sluice.local.system_clock import SystemClock
from sluice.ports.clock import Clock


class ClockContract:
    """A subclass gives the fixture ``clock``."""

    def test_now_is_aware_utc(self, clock: Clock) -> None:
        assert clock.now().tzinfo is UTC

    def test_sleeping_moves_both_times_on(self, clock: Clock) -> None:
        now, span = clock.now(), clock.monotonic()
        clock.sleep(0.02)
        assert clock.now() - now >= timedelta(milliseconds=19)
        assert clock.monotonic() - span >= 0.019

    def test_a_negative_sleep_is_none(self, clock: Clock) -> None:
        span = clock.monotonic()
        clock.sleep(-5)
        assert 0 <= clock.monotonic() - span < 1


class TestSystemClock(ClockContract):
    @pytest.fixture
    def clock(self) -> Clock:
        return SystemClock()


class TestFixedClock(ClockContract):
    @pytest.fixture
    def clock(self) -> FixedClock:
        return FixedClock(datetime(2026, 11, 21, 13, tzinfo=timezone(timedelta(hours=1))))

    def test_it_stands_still(self, clock: FixedClock) -> None:
        assert clock.now() == clock.now() == datetime(2026, 11, 21, 12, tzinfo=UTC)

    def test_it_adds_up_what_was_slept(self, clock: FixedClock) -> None:
        clock.sleep(2)
        clock.advance(5)
        clock.sleep(3)
        assert (clock.slept, clock.monotonic()) == (5, 10)

    def test_a_naive_start_is_refused(self) -> None:
        with pytest.raises(ValueError, match="aware"):
            FixedClock(datetime(2026, 11, 21))  # noqa: DTZ001 - what is refused
