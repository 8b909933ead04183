"""An ERP that asks for patience for ever is unavailable, by name and within hours, whoever it asked."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from sluice.errors import ErpUnavailable
from sluice.local.memory_table import MemoryTable
from sluice.model.connection import Connection
from sluice.model.http import Reply, Request
from sluice.model.secret import Secret
from sluice.registry.catalog import Catalog
from sluice.usecases.fetching.fetch_pages import FetchPages, fetch_pages
from sluice.usecases.fetching.patience import MAX_WAITS
from sluice.usecases.plan_run import PlanRun, plan_run
from sluice.usecases.pull import Pull, Puller
from sluice.usecases.world import iso
from tests.flows.rig import CANONICAL, CATALOG, Rig
from tests.flows.toy_erp import CONNECTOR, ToyDocuments, reply

HOUR = 3600.0
BOTH = ("customer", "department")


class Throttling:
    """Asks for patience of ``seconds`` for ever, or before every page; notes when it was asked."""

    def __init__(self, rig: Rig, seconds: int, *, gives_pages: bool = False) -> None:
        self.rig, self.seconds, self.gives_pages = rig, seconds, gives_pages
        self.moments: list[float] = []

    def send(self, request: Request) -> Reply:
        self.moments.append(self.rig.clock.now().timestamp())
        if self.gives_pages and len(self.moments) % 2 == 0:
            return self.rig.erp.send(request)
        return reply(429, {}, retry_after=str(self.seconds))


def throttled(seconds: int, limits: str = "", *, gives_pages: bool = False) -> tuple[Rig, Throttling]:
    """Return a rig with 45 records a stream, and its ERP."""
    documents = ToyDocuments(CANONICAL)
    documents._files["connectors/toy/connector.yaml"] = f"{CONNECTOR}{limits}\n".encode()
    rig = Rig(between=0)
    erp = Throttling(rig, seconds, gives_pages=gives_pages)
    rig.world = replace(rig.world, catalog=Catalog(documents), sender=erp)
    for stream in BOTH:
        for key in range(1, 46):
            rig.erp.put(stream, key, f"{stream} {key}")
    return rig, erp


def hours_until_unavailable(rig: Rig, reads: list[tuple[str, str]]) -> list[float]:
    """Let these (connection, stream) read side by side; return after how many hours each gave up."""
    for name in {name for name, _ in reads}:
        plan_run(rig.world, PlanRun(name, "manual", f"run-{name}", iso(rig.clock.now())))
    began = rig.clock.now()
    due: list[tuple[datetime, str, str, dict[str, object] | None]]
    due = [(began, name, stream, None) for name, stream in reads]
    ended = []
    while due:
        due.sort(key=lambda one: one[0])
        at, name, stream, position = due.pop(0)
        rig.clock.advance(max((at - rig.clock.now()).total_seconds(), 0.0))
        try:
            found = fetch_pages(rig.world, FetchPages(f"run-{name}", name, stream, position, 60))
        except ErpUnavailable:
            ended.append((rig.clock.now() - began).total_seconds() / HOUR)
            continue
        assert found["outcome"] == "throttled"
        due.append((datetime.fromisoformat(found["resume_at"]), name, stream, found["position"]))
    return ended


@pytest.mark.parametrize("seconds", [600, 1800, 3600, 10_000, 14_000])
def test_a_run_ends_by_name_after_at_most_four_hours_of_waiting_for_a_stream(seconds: int) -> None:
    rig, erp = throttled(seconds)
    began = rig.clock.now()
    summary = rig.run()
    assert (summary["outcome"], summary["error"]) == ("failed", "ErpUnavailable")
    assert "a run waits for 4 h at most without a page" in summary["cause"]
    # The rig reads one stream after the other.
    waited = (rig.clock.now() - began).total_seconds()
    assert 2 * (4 * HOUR - seconds) <= waited <= 2 * 4 * HOUR
    assert all(later - first >= seconds for first, later in zip(erp.moments, erp.moments[1:], strict=False))


@pytest.mark.parametrize("seconds", [14_401, 50_000, 86_400])
def test_who_is_asked_for_longer_than_a_run_waits_ends_at_once_and_no_run_sends_before(seconds: int) -> None:
    rig, erp = throttled(seconds)
    began = rig.clock.now()
    summary = rig.run()
    assert (summary["outcome"], summary["error"]) == ("failed", "ErpUnavailable")
    assert "wants no request before" in summary["cause"]
    assert rig.clock.now() - began < timedelta(minutes=1)
    assert len(erp.moments) == 1, "the other stream, and whoever tries again, have heard of it"
    rig.clock.advance(seconds - 14_401 - 60)
    assert rig.run()["error"] == "ErpUnavailable"
    assert len(erp.moments) == 1
    rig.clock.advance(14_401 + 60)
    rig.world = replace(rig.world, sender=rig.erp)
    assert rig.run()["outcome"] == "succeeded"
    assert rig.consumer.names("customer").keys() == set(range(1, 46))


def test_a_run_that_is_asked_for_short_waits_ends_after_so_many_though_each_step_is_tried_again() -> None:
    rig, erp = throttled(30)
    summary = rig.run()
    assert (summary["outcome"], summary["error"]) == ("failed", "ErpUnavailable")
    assert f"asked {MAX_WAITS + 1} times for patience" in summary["cause"]
    assert len(erp.moments) <= len(BOTH) * (MAX_WAITS + 1)


def test_streams_that_wait_because_another_was_asked_give_up_with_it() -> None:
    rig, erp = throttled(3600)
    ended = hours_until_unavailable(rig, [("acme", stream) for stream in BOTH])
    assert len(ended) == 2
    assert max(ended) <= 4.1
    assert len(erp.moments) <= 5


def test_connections_that_share_the_limit_give_up_too() -> None:
    rig, _ = throttled(3600, "limits: [{requests: 100, seconds: 3600, per: connector}]")
    names = ["acme", "bygg", "sveis", "tak"]
    for name in names[1:]:
        rig.desk.add(Connection(name, "toy"), {"key": Secret("canary-key")})
    ended = hours_until_unavailable(rig, [(name, stream) for name in names for stream in BOTH])
    assert len(ended) == len(names) * len(BOTH)
    assert max(ended) <= 4.1


def test_our_own_budget_may_be_waited_for_as_long_as_it_takes() -> None:
    rig, _ = throttled(1, "limits: [{requests: 1, seconds: 3000, per: connection}]")
    rig.world = replace(rig.world, sender=rig.erp)
    began = rig.clock.now()
    assert rig.run()["outcome"] == "succeeded"
    assert (rig.clock.now() - began).total_seconds() > 5 * HOUR


def test_a_page_in_between_is_all_that_patience_is_for() -> None:
    rig, erp = throttled(3600, gives_pages=True)
    began = rig.clock.now()
    assert rig.run()["outcome"] == "succeeded"
    assert (rig.clock.now() - began).total_seconds() > 8 * HOUR
    assert rig.consumer.names("customer").keys() == set(range(1, 46))
    assert len(erp.moments) > 10


def test_what_was_waited_is_not_forgotten_when_another_run_goes_on() -> None:
    rig, _ = throttled(3600)
    plan_run(rig.world, PlanRun("acme", "manual", "one", iso(rig.clock.now())))
    position = None
    for _ in range(3):
        found = fetch_pages(rig.world, FetchPages("one", "acme", "customer", position, 60))
        rig.clock.advance(HOUR + 1)
        position = found["position"]
    # No room in the history: the stream leaves for another run.
    left = fetch_pages(rig.world, FetchPages("one", "acme", "customer", position, 60, events=1))
    assert left["outcome"] == "continued"
    assert (left["position"]["waits"], left["position"]["waited"]) == (3, 3 * HOUR)


@pytest.mark.parametrize(
    ("seconds", "said"), [(3600, "after 4.0 h"), (50_000, "before 20"), (5, f"asked {MAX_WAITS + 1} times")]
)
def test_a_pull_gives_up_like_a_run(seconds: int, said: str) -> None:
    rig, erp = throttled(seconds)
    pull = Puller(CATALOG, erp, rig.clock, Pull("toy", "customer", {"key": "canary-key"}), MemoryTable())
    with pytest.raises(ErpUnavailable, match=said):
        list(pull.events())


class LastOne:
    """Says with each page that it was the last request for ``seconds``; notes how often it was asked."""

    def __init__(self, rig: Rig, seconds: int) -> None:
        self.rig, self.seconds, self.asked = rig, seconds, 0

    def send(self, request: Request) -> Reply:
        self.asked += 1
        return replace(self.rig.erp.send(request), headers={"x-left": "0", "x-reset": str(self.seconds)})


@pytest.mark.parametrize(("records", "outcome"), [(45, "failed"), (5, "succeeded")])
def test_the_last_request_of_a_day_is_the_last_and_its_page_is_kept(records: int, outcome: str) -> None:
    rig, _ = throttled(1, "rate_limit: {remaining: X-Left, reset: X-Reset}")
    for key in range(records + 1, 46):
        rig.erp.remove("customer", key)
        rig.erp.remove("department", key)
    erp = LastOne(rig, 50_000)
    rig.world = replace(rig.world, sender=erp)
    began = rig.clock.now()
    summary = rig.run()
    assert summary["outcome"] == outcome
    assert rig.clock.now() - began < timedelta(minutes=1), "nobody waits behind the last page of all"
    if outcome == "failed":
        assert "wants no request before" in summary["cause"]
        assert erp.asked == 1
        assert rig.consumer.names("customer"), "the page came"
        assert rig.run()["error"] == "ErpUnavailable"
        assert erp.asked == 1
