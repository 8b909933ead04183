"""An ERP that is out is asked a few times and no more; one that asks for patience is not asked before."""

from __future__ import annotations

from datetime import datetime
from email.utils import format_datetime

import pytest
from msgspec.structs import replace

from sluice.model.http import Reply, Request
from sluice.usecases.fetching.look_for_news import MOST_UNAVAILABLE
from tests.flows.rig import Rig

STREAMS = ("department", "customer")
TRIES = 3
"""Of a stream in one run: by FetchPages, which `sync` tries again twice (state_machines/sync.asl.json)."""

SECONDS = 90


class Watched:
    """The toy ERP, noting when it was asked, and until when it wants no request."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.asked: list[datetime] = []
        self.throttles: dict[int, str] = {}
        self.until: list[tuple[datetime, datetime]] = []

    def send(self, request: Request) -> Reply:
        now = self.rig.clock.now()
        self.asked.append(now)
        form = self.throttles.get(len(self.asked))
        if form is None:
            return self.rig.erp.send(request)
        until = datetime.fromtimestamp(now.timestamp() + SECONDS, now.tzinfo)
        self.until.append((now, until))
        said = str(SECONDS) if form == "seconds" else format_datetime(until, usegmt=True)
        return Reply(429, {"retry-after": said}, b"{}")


def filled(pages: int) -> tuple[Rig, Watched]:
    rig = Rig()
    for stream in STREAMS:
        for number in range(1, pages * 10 + 1):
            rig.erp.put(stream, number, f"{stream} {number}")
    watched = Watched(rig)
    rig.world = replace(rig.world, sender=watched)
    return rig, watched


@pytest.mark.parametrize(
    "fault", ["reset", Reply(503, {}, b""), Reply(500, {}, b""), Reply(502, {}, b"<html>")]
)
def test_an_erp_that_is_out_is_asked_a_few_times_and_no_more(
    fault: Reply | str,
) -> None:
    rig, watched = filled(pages=3)
    rig.run()
    in_order = len(watched.asked)
    rig.erp.faults = [fault] * 1_000
    for _ in range(3):
        before = len(watched.asked)
        assert rig.run()["outcome"] == "failed"
        in_vain = len(watched.asked) - before
        assert len(STREAMS) <= in_vain <= MOST_UNAVAILABLE + TRIES * len(STREAMS)
        assert in_vain <= 2 * in_order
    rig.erp.faults = []
    rig.erp.put("customer", 5, "changed meanwhile")
    assert rig.run()["outcome"] == "succeeded"
    assert rig.consumer.names("customer")[5] == "changed meanwhile"


@pytest.mark.parametrize("form", ["seconds", "date"])
@pytest.mark.parametrize("at", range(1, 9))
def test_nothing_is_sent_before_the_moment_that_the_erp_named(at: int, form: str) -> None:
    rig, watched = filled(pages=3)
    watched.throttles = {at: form, at + 1: form}
    assert rig.run()["outcome"] == "succeeded"
    assert watched.until
    for said, until in watched.until:
        assert [moment for moment in watched.asked if said < moment < until] == []
        assert any(moment >= until for moment in watched.asked)
