"""Runs within a budget: the state machine waits for it, a long wait ends the run, sharers slow down."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from sluice.errors import ErpUnavailable
from sluice.model.connection import Connection
from sluice.model.http import Reply, Request
from sluice.model.secret import Secret
from sluice.registry.catalog import Catalog
from sluice.usecases.access.limits import within_limits
from sluice.usecases.fetching.fetch_pages import FetchPages, fetch_pages
from sluice.usecases.plan_run import PlanRun, plan_run
from sluice.usecases.watch.asking import ask_for_document
from sluice.usecases.world import iso
from tests.flows.rig import CANONICAL, Rig
from tests.flows.toy_erp import CONNECTOR, ToyDocuments


def limited(limits: str) -> Rig:
    """Return a rig whose connector has limits, with thirty records in each stream."""
    documents = ToyDocuments(CANONICAL)
    documents._files["connectors/toy/connector.yaml"] = f"{CONNECTOR}{limits}\n".encode()
    rig = Rig()
    rig.world = replace(rig.world, catalog=Catalog(documents), sender=Noted(rig))
    for stream in ("department", "customer"):
        for number in range(1, 31):
            rig.erp.put(stream, number, f"{stream} {number}")
    return rig


class Noted:
    """The toy ERP, noting when it was asked."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.moments: list[float] = []

    def send(self, request: Request) -> Reply:
        self.moments.append(self.rig.clock.now().timestamp())
        return self.rig.erp.send(request)


def moments(rig: Rig) -> list[float]:
    assert isinstance(rig.world.sender, Noted)
    return rig.world.sender.moments


def step(
    rig: Rig, position: dict[str, Any] | None = None, run: str = "one", name: str = "acme"
) -> dict[str, Any]:
    return fetch_pages(rig.world, FetchPages(run, name, "customer", position, 60))


def begin(rig: Rig, run: str = "one", name: str = "acme") -> None:
    assert plan_run(rig.world, PlanRun(name, "manual", run, iso(rig.clock.now())))["outcome"] == "planned"


def test_a_run_takes_as_long_as_its_budget_and_delivers_everything() -> None:
    rig = limited("limits: [{requests: 3, seconds: 600, per: connection}]")
    began = rig.clock.now()
    assert rig.run()["outcome"] == "succeeded"
    assert len(rig.consumer.names("customer")) == len(rig.consumer.names("department")) == 30
    asked = moments(rig)
    assert len(asked) >= 8
    assert all(later - first > 600 for first, later in zip(asked, asked[3:], strict=False))
    assert asked[-1] - began.timestamp() < 600 * (len(asked) // 3 + 1)


def test_waiting_for_our_own_budget_is_not_the_erps_impatience() -> None:
    rig = limited("limits: [{requests: 1, seconds: 600, per: connection}]")
    begin(rig)
    first = step(rig)
    assert (first["outcome"], len(first["chunks"])) == ("throttled", 1)
    assert first["resume_at"] > iso(rig.clock.now() + timedelta(seconds=600))
    again = step(rig, first["position"])
    assert (again["outcome"], again["position"]["waits"]) == ("throttled", 0)
    assert len(moments(rig)) == 1


def test_a_quota_that_is_used_up_for_long_ends_the_stream_and_says_until_when() -> None:
    rig = limited("limits: [{requests: 2, seconds: 86400, per: connection}]")
    summary = rig.run()
    assert summary["outcome"] == "failed"
    assert summary["error"] == "ErpUnavailable"
    assert "2 requests in 86400 s" in str(summary)
    assert "2026-11-22T08:00" in str(summary)
    assert len(moments(rig)) == 2


def test_a_probing_run_does_not_lock_the_key_out() -> None:
    rig = limited("limits: [{errors: 4, seconds: 3600, statuses: [400, 403], per: connection}]")
    rig.erp.faults = [Reply(403, {}, b"{}")] * 20
    rig.between = 60
    for _ in range(6):
        rig.run()
    asked = moments(rig)
    assert len(asked) > 3
    assert all(later - first > 3600 for first, later in zip(asked, asked[3:], strict=False))


def test_one_that_is_throttled_slows_down_all_who_share_the_limit() -> None:
    rig = limited("limits: [{requests: 100, seconds: 60, per: connector}]")
    rig.desk.add(Connection("bygg", "toy"), {"key": Secret("canary-other")})
    rig.erp.faults = [Reply(429, {"retry-after": "30"}, b"")]
    begin(rig)
    assert step(rig)["outcome"] == "throttled"
    begin(rig, "two", "bygg")
    waits = step(rig, run="two", name="bygg")
    assert waits["outcome"] == "throttled"
    assert waits["resume_at"] >= iso(rig.clock.now() + timedelta(seconds=30))
    assert len(moments(rig)) == 1


@pytest.mark.parametrize(
    "limits", ["", "concurrency: 2", "limits: [{requests: 50, seconds: 60, per: connection}]"]
)
@pytest.mark.parametrize("stream", ["customer", "department"])
def test_whoever_is_throttled_no_stream_asks_again_before_the_moment_that_the_erp_named(
    limits: str, stream: str
) -> None:
    rig = limited(limits)
    rig.erp.faults = [Reply(429, {"retry-after": "300"}, b"")]
    begin(rig)
    first = fetch_pages(rig.world, FetchPages("one", "acme", stream, None, 60))
    assert first["outcome"] == "throttled"
    for beside in ("customer", "department"):
        waits = fetch_pages(rig.world, FetchPages("one", "acme", beside, None, 60))
        assert (waits["outcome"], waits["resume_at"] >= first["resume_at"]) == ("throttled", True)
    assert len(moments(rig)) == 1
    rig.clock.advance(310)
    assert step(rig)["outcome"] == "done"


def test_one_connection_that_is_throttled_does_not_delay_another() -> None:
    rig = limited("")
    rig.desk.add(Connection("bygg", "toy"), {"key": Secret("canary-key")})
    rig.erp.faults = [Reply(429, {"retry-after": "300"}, b"")]
    begin(rig)
    assert step(rig)["outcome"] == "throttled"
    begin(rig, "two", "bygg")
    assert step(rig, run="two", name="bygg")["outcome"] == "done"


def test_a_second_step_waits_its_turn_where_one_request_at_once_is_allowed() -> None:
    rig = limited("concurrency: 1")
    connection = rig.world.connections.get("acme")
    with within_limits(rig.world, connection, rig.world.connector_of(connection)) as sender:
        sender.send(Request("GET", "https://erp.example/customer?from=0&count=1"))
        begin(rig)
        assert step(rig)["outcome"] == "throttled"
    assert step(rig)["outcome"] == "done"


def test_a_description_is_read_another_time_where_there_is_no_room() -> None:
    published = "published: {kind: openapi, path: /openapi.json}"
    rig = limited(f"limits: [{{requests: 1, seconds: 600, per: connection}}]\n{published}")
    connection = rig.world.connections.get("acme")
    begin(rig)
    assert step(rig)["outcome"] == "throttled"
    with pytest.raises(ErpUnavailable, match=r"1 requests in 600 s .* is used up"):
        ask_for_document(rig.world, connection, rig.world.connector_of(connection), ("", ""))
    assert len(moments(rig)) == 1


def test_a_table_that_cannot_be_reached_sends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rig = limited("limits: [{requests: 3, seconds: 600, per: connection}]")
    begin(rig)
    kept = rig.world.state.put

    def put(partition: str, *rest: Any, **more: Any) -> int:
        if partition.startswith("_budget/"):
            raise ErpUnavailable("the table does not answer")
        return kept(partition, *rest, **more)

    monkeypatch.setattr(rig.world.state, "put", put)
    with pytest.raises(ErpUnavailable, match="the table does not answer"):
        step(rig)
    assert moments(rig) == []
