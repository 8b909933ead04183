from __future__ import annotations

from typing import Any

from sluice.ports.workflow import Step
from sluice.registry.runs import Moment
from sluice.usecases.operating.run_path import StateVisits, states_of, timeline_of


def step(second: int, kind: str, state: str, **details: Any) -> Step:
    return Step(f"2026-11-21T08:00:{second:02d}.000Z", kind, state, details)


def visits(*steps: Step, ended: bool = True) -> dict[str, StateVisits]:
    return {found.state: found for found in states_of(steps, ended=ended)}


def test_the_states_come_in_the_order_in_which_they_were_entered() -> None:
    found = states_of(
        [
            step(0, "entered", ""),
            step(0, "entered", "PlanRun", type="Task"),
            step(2, "exited", "PlanRun", type="Task"),
            step(2, "entered", "SyncStreams", type="Map"),
            step(9, "exited", "SyncStreams", type="Map"),
            step(9, "exited", ""),
        ],
        ended=True,
    )
    assert [(one.state, one.type, one.outcome, one.attempts) for one in found] == [
        ("PlanRun", "Task", "succeeded", 1),
        ("SyncStreams", "Map", "succeeded", 1),
    ]
    assert (found[1].entered_at, found[1].exited_at) == (
        "2026-11-21T08:00:02.000Z",
        "2026-11-21T08:00:09.000Z",
    )


def test_retries_count_as_attempts_and_a_retried_failure_is_no_end() -> None:
    fetched = visits(
        step(0, "entered", "FetchPages", type="Task"),
        step(1, "failed", "FetchPages", error="ErpUnavailable", cause="503"),
        step(3, "retried", "FetchPages"),
        step(5, "exited", "FetchPages"),
    )["FetchPages"]
    assert (fetched.visits, fetched.attempts, fetched.outcome) == (1, 2, "succeeded")
    assert (fetched.error, fetched.cause) == ("ErpUnavailable", "503")


def test_a_failure_that_is_caught_is_told_apart_from_one_that_ends_the_run() -> None:
    caught = visits(
        step(0, "entered", "FetchPages", type="Task"),
        step(1, "failed", "FetchPages", error="ApiChanged", cause="D38"),
        step(1, "exited", "FetchPages"),
    )["FetchPages"]
    ended = visits(
        step(0, "entered", "RunHeld", type="Fail"), step(1, "failed", "", error="ApiChanged"), ended=True
    )["RunHeld"]
    running = visits(step(0, "entered", "FetchPages", type="Task"), ended=False)["FetchPages"]
    assert (caught.outcome, ended.outcome, running.outcome) == ("caught", "failed", "running")


def test_visits_of_several_streams_are_added_up_and_waits_measured() -> None:
    waited = visits(
        step(0, "entered", "WaitForErp", type="Wait"),
        step(5, "entered", "WaitForErp", type="Wait"),
        step(10, "waited", "WaitForErp"),
        step(30, "waited", "WaitForErp"),
    )["WaitForErp"]
    assert (waited.visits, waited.waited, waited.outcome) == (2, 35, "succeeded")


def test_a_timeline_merges_what_stays_the_same() -> None:
    moments = [
        Moment("customer", "2026-11-21T08:00:00Z", "reading"),
        Moment("order", "2026-11-21T08:00:00Z", "reading"),
        Moment("customer", "2026-11-21T08:00:10Z", "reading"),
        Moment("customer", "2026-11-21T08:00:20Z", "synced"),
    ]
    assert timeline_of(moments) == [
        {
            "stream": "customer",
            "spans": [
                {"outcome": "reading", "since": "2026-11-21T08:00:00Z", "until": "2026-11-21T08:00:20Z"},
                {"outcome": "synced", "since": "2026-11-21T08:00:20Z", "until": None},
            ],
        },
        {
            "stream": "order",
            "spans": [{"outcome": "reading", "since": "2026-11-21T08:00:00Z", "until": None}],
        },
    ]


def test_the_ways_that_were_taken_are_counted_by_the_state_before() -> None:
    found = visits(
        step(0, "entered", "PlanRun", type="Task"),
        step(1, "entered", "FetchPages", type="Task", came_from="SyncStreams"),
        step(2, "entered", "FetchPages", type="Task", came_from="SyncStreams"),
        step(3, "entered", "FetchPages", type="Task", came_from="WaitForErp"),
    )
    assert found["PlanRun"].came_from == {}
    assert found["FetchPages"].came_from == {"SyncStreams": 2, "WaitForErp": 1}
