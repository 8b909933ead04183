"""Everything outside is gone at once, in mid run, until the run has ended: the next one makes it good."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest
from msgspec.structs import replace

from sluice.errors import OutcomeUnknown, SluiceError
from sluice.usecases.fetching import chunk_writer
from tests.effort import some, thorough
from tests.flows.crashing import COUNTED
from tests.flows.rig import Rig

pytestmark = [thorough, pytest.mark.timeout(900)]
STREAMS = ("department", "customer")


@dataclass
class Outage:
    """From call number ``at`` on no port does anything, until it is over; then all do."""

    at: int
    calls: int = 0
    over: bool = False

    def watch(self, rig: Rig) -> None:
        rig.world = replace(rig.world, **{name: Gone(getattr(rig.world, name), self) for name in COUNTED})

    def call(self, work: Any, given: tuple[Any, ...], named: dict[str, Any]) -> Any:
        self.calls += 1
        if self.at <= self.calls and not self.over:
            raise OutcomeUnknown("EndpointConnectionError: no answer")
        return work(*given, **named)


class Gone:
    """A port that may be out."""

    def __init__(self, port: Any, outage: Outage) -> None:
        self._port = port
        self._outage = outage

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        if not callable(found):
            return found
        return lambda *given, **named: self._outage.call(found, given, named)


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunk_writer, "MAX_RECORDS", 5)


def begun() -> Rig:
    rig = Rig()
    for stream in STREAMS:
        for key in range(1, 13):
            rig.erp.put(stream, key, f"{stream} {key}")
    assert rig.run()["outcome"] == "succeeded"
    for stream in STREAMS:
        for key in range(5, 16):
            rig.erp.put(stream, key, f"{stream} {key} again")
    rig.erp.remove("department", 3)
    return rig


def calls_of_a_run() -> tuple[int, set[str]]:
    rig, outage = begun(), Outage(at=10**9)
    outage.watch(rig)
    assert rig.run()["outcome"] == "succeeded"
    return outage.calls, rig.consumer.ids


def test_wherever_it_begins_nothing_is_lost_or_doubled() -> None:
    calls, ids = calls_of_a_run()
    assert calls > 100
    for at in some(range(1, calls + 1), 8):
        rig, outage = begun(), Outage(at)
        outage.watch(rig)
        with suppress(SluiceError):
            rig.run()
        assert outage.calls >= at, "it was met"
        for _ in range(3):
            with suppress(OutcomeUnknown):
                rig.end(rig.last, "FAILED")
        rig.clock.advance(300)
        outage.over = True
        # EventBridge goes on trying for an hour.
        rig.end(rig.last, "FAILED")
        assert rig.run()["outcome"] == "succeeded", at
        for stream in STREAMS:
            truth = {key: row.name for key, row in rig.erp.rows[stream].items()}
            assert rig.consumer.names(stream) == truth, at
        assert rig.consumer.ids == ids, at
