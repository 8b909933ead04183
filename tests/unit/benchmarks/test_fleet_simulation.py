"""The simulated fleet: fleets that can be worked out by hand, and what has to hold whatever happens."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from itertools import pairwise
from random import Random
from typing import Any

import pytest

from benchmarks.fleet import study as studying
from benchmarks.fleet.__main__ import main
from benchmarks.fleet.connections import _Erp, fleet
from benchmarks.fleet.ladder import met
from benchmarks.fleet.lags import lags
from benchmarks.fleet.report import outcome_json
from benchmarks.fleet.settings import Parameters, parameters
from benchmarks.fleet.simulation import OUT, Outcome, Scenario, World, simulate
from sluice.registry.budgets.account import Account
from sluice.registry.leases import Leases

NOTHING_TAKES_TIME = {
    "erp_seconds": 0, "plan_seconds": 0, "look_seconds": 0, "look_stream_seconds": 0, "fetch_seconds": 0,
    "page_seconds": 0, "transform_seconds": 0, "commit_seconds": 0, "summarise_seconds": 0,
    "queue_seconds": 0, "keep_usage_seconds": 0, "table_seconds": 0, "throttled_share": 0,
    "cold_start_seconds": 1,
}  # fmt: skip
HOURLY = {"hourly": 1, "quarter": 0, "nightly": 0}
QUARTER = {"hourly": 0, "quarter": 1, "nightly": 0}


def given(**others: Any) -> Parameters:
    return parameters(**others)


def by_hand(connector: str, **others: Any) -> Outcome:
    """Return what came of one hourly connection for which only cold starts take time, a second each."""
    known = given(**{**NOTHING_TAKES_TIME, **HOURLY, **others})
    return simulate(Scenario(1, 1, spread=False, names=(connector,), given=known))


# A fleet of one, worked out by hand


def test_a_run_without_news_enters_five_states_and_starts_two_functions() -> None:
    outcome = by_hand("tryton", news_hourly=0)
    [run] = outcome.runs
    assert (run.outcome, run.lag) == ("succeeded", pytest.approx(2))  # PlanRun, LookForNews
    assert outcome.states == 5
    assert outcome.counts["requests"] == 10


@pytest.mark.parametrize(("news", "states"), [(1, 14), (3, 26)])
def test_a_run_with_news_enters_as_many_states_as_were_counted_on_the_embedded_aws(
    news: int, states: int
) -> None:
    outcome = by_hand("tryton", news_hourly=1, news_streams=news)
    [run] = outcome.runs
    assert outcome.states == states  # docs/performance.md, Idle runs
    assert run.lag == pytest.approx(4)  # beside the two CommitCursor and SummariseRun


def test_streams_that_are_read_whole_go_through_the_map_four_at_once() -> None:
    outcome = by_hand("tripletex", news_hourly=0)
    [run] = outcome.runs
    assert outcome.states == 8 + 7 * 9  # nine of the ten are read whole
    # PlanRun and LookForNews; four cold FetchPages side by side, four cold CommitCursor, then SummariseRun.
    assert run.lag == pytest.approx(5)
    assert outcome.counts["cold_starts"] == 1 + 1 + 4 + 4 + 1 + 1  # the last is keep_usage


def test_a_shared_limit_of_ten_a_second_takes_the_time_that_it_must() -> None:
    """Twenty connections with ten requests each, ten in any 1.1 s (docs/connectors/limits.md)."""
    known = given(**{**NOTHING_TAKES_TIME, **HOURLY, "news_hourly": 0, "cold_start_seconds": 0})
    outcome = simulate(Scenario(20, 1, spread=False, at_once=True, names=("poweroffice",), given=known))
    least = (20 * 10 / 10 - 1) * 1.1
    assert least <= lags(outcome.runs).most < 2 * least
    assert Counter(run.outcome for run in outcome.runs) == {"succeeded": 20}


# What has to hold


class Watched(Leases):
    """Leases that note who had which, from when to when."""

    held: dict[str, list[tuple[str, str]]]

    def take(self, connection: str, run: str, now: datetime) -> int:
        fence = super().take(connection, run, now)
        self.held.setdefault(connection, []).append(("take", run))
        return fence

    def free(self, connection: str, run: str) -> None:
        super().free(connection, run)
        self.held.setdefault(connection, []).append(("free", run))


def test_no_lease_is_held_twice_and_who_finds_it_held_is_skipped() -> None:
    slow = given(**QUARTER, erp_seconds=300)
    world = World(Scenario(6, 2, spread=False, names=("tripletex", "fiken"), given=slow))
    watched = Watched(world.steps.table)
    watched.held = {}
    world.steps.leases = watched
    outcome = world.run()
    assert Counter(run.outcome for run in outcome.runs)["already_running"] > 0
    taken = 0
    for events in watched.held.values():
        holder = ""
        for what, run in events:
            assert holder in ({""} if what == "take" else {"", run})
            holder = run if what == "take" else ""
            taken += what == "take"
    assert taken == sum(run.outcome != "already_running" for run in outcome.runs)


def most_within(moments: list[float], seconds: float) -> int:
    """Return the most moments in any half-open window of so many seconds."""
    ascending, first, most = sorted(moments), 0, 0
    for number, moment in enumerate(ascending):
        while ascending[first] <= moment - seconds:
            first += 1
        most = max(most, number + 1 - first)
    return most


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_shared_limit_is_never_broken_whenever_the_vendor_counts(seed: int) -> None:
    world = World(Scenario(40, 1, spread=False, names=("poweroffice",), seed=seed))
    erp = world.steps.erp("poweroffice")
    erp.noted = []
    world.run()
    assert len(erp.noted) == erp.requests > 400
    random = Random(seed)  # noqa: S311 - planted, not secret
    counted = [
        [sent for sent, _ in erp.noted],
        [answered for _, answered in erp.noted],
        *([random.uniform(*pair) for pair in erp.noted] for _ in range(10)),
    ]
    assert all(5 < most_within(moments, 1.0) <= 10 for moments in counted)
    assert world.steps.table.conflicts > 0  # they did race for it


def test_one_request_at_once_is_never_two() -> None:
    world = World(Scenario(1, 1, spread=False, names=("fiken",), given=given(**QUARTER)))
    erp = world.steps.erp("fiken")
    erp.noted = []
    world.run()
    # Four runs look at six streams, and read four whole, of two pages each, in branches side by side.
    assert len(erp.noted) == 4 * (6 + 4 * 2)
    ascending = sorted(erp.noted)
    assert all(before[1] <= after[0] for before, after in pairwise(ascending))


def accounted_for(outcome: Outcome) -> None:
    assert outcome.left == 0
    known = {"succeeded", "failed", "already_running", "not_started"}
    assert {run.outcome for run in outcome.runs} <= known
    assert all(
        run.planned <= run.started <= run.ended for run in outcome.runs if run.outcome != "not_started"
    )


@pytest.mark.thorough(most=1)
@pytest.mark.parametrize("spread", [False, True])
def test_every_planned_run_comes_to_an_end_that_is_known(spread: bool) -> None:
    outcome = simulate(Scenario(90, 3, spread=spread, outage=True))
    assert outcome.planned == 63 * 3 + 9 * 12 + 18
    accounted_for(outcome)


def test_every_run_is_accounted_for_where_nothing_has_room() -> None:
    world = World(Scenario(120, 1, spread=False))
    tight = {"lambda_concurrency": 3, "start_execution": 40, "execution_history": 1}
    for name, size in tight.items():
        known = world.quotas[name]
        narrow = type(known)(**{
            **{field: getattr(known, field) for field in known.__slots__}, "size": size,
            "refill": 0.05 if known.refill else 0,
        })  # fmt: skip
        world.quotas = world.account.quotas = {**world.quotas, name: narrow}
    world.account.buckets["start_execution"]._size = 40
    world.account.buckets["start_execution"]._refill = 0.05
    outcome = world.run()
    accounted_for(outcome)
    outcomes = Counter(run.outcome for run in outcome.runs)
    assert outcomes["not_started"] > 0
    assert outcomes["failed"] > 0
    assert world.account.gauges.levels["lambda_concurrency"].now == 0
    assert world.account.gauges.levels["open_executions"].now == 0


def test_an_erp_that_is_out_fails_its_own_runs_only() -> None:
    outcome = simulate(Scenario(36, 3, spread=True, outage=True))
    by_hour = Counter(
        (run.connector == OUT, int(run.planned // 3600) if run.connector == OUT else 0, run.outcome)
        for run in outcome.runs
    )
    assert by_hour[True, 1, "failed"] > 0
    assert by_hour[True, 0, "succeeded"] > 0
    assert by_hour[True, 2, "failed"] == 0
    assert by_hour[False, 0, "failed"] == 0


def requests_of(*, outage: bool) -> int:
    world = World(Scenario(60, 3, spread=True, outage=outage, names=(OUT,)))
    world.run()
    return world.steps.erp(OUT).requests


def test_an_erp_that_is_out_is_asked_at_most_twice_as_often_as_usual() -> None:
    """A total outage of an hour, of three; retries and all, as sync.asl.json has them."""
    usual = requests_of(outage=False) / 3
    assert 0 < requests_of(outage=True) - 2 * usual <= 2 * usual


def test_the_same_seed_gives_the_same_figures_and_another_one_others() -> None:
    found = [
        json.dumps(outcome_json(simulate(Scenario(54, 1, spread=False, seed=seed)))) for seed in (1, 1, 2)
    ]
    assert found[0] == found[1] != found[2]


def test_customers_share_what_is_the_integrators_and_nothing_else() -> None:
    known = fleet(40, given(), 1, ("poweroffice", "xero", "fiken", "fortnox"))
    keys = {name: {key for one in known if one.connector == name for _, key in one.keyed}
            for name in ("poweroffice", "xero", "fiken", "fortnox")}  # fmt: skip
    assert {name: len(found) for name, found in keys.items()} == {
        "poweroffice": 1, "xero": 1, "fiken": 10, "fortnox": 0,
    }  # fmt: skip


@pytest.mark.parametrize("connector", ["exact_online", "fortnox", "quickbooks", "sage_accounting", "xledger"])
def test_limits_that_are_left_out_would_make_nobody_wait(
    connector: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = given(**QUARTER, news_quarter=1, throttled_share=0)
    assert not fleet(1, known, 1, (connector,))[0].keyed
    monkeypatch.setattr(_Erp, "may_bind", lambda *_: True)
    answers, real = Counter[bool](), Account.take

    def take(self: Account) -> object:
        wait = real(self)
        answers[wait is None] += 1
        return wait

    monkeypatch.setattr(Account, "take", take)
    outcome = simulate(Scenario(1, 2, spread=False, names=(connector,), given=known))
    assert outcome.counts["requests"] >= 80
    assert answers[True] > 80
    assert answers[False] == 0


def test_without_quotas_it_is_told_at_how_many_connections_each_is_met() -> None:
    base = [Scenario(count, 1, spread=False, at_once=True, kept=False) for count in (18, 54)]
    found = met([simulate(scenario) for scenario in base])
    assert [one.connections for one in found] == sorted(one.connections for one in found)
    [starts] = [one for one in found if one.use.quota.name == "start_execution"]
    assert (starts.connections, starts.reckoned) == (pytest.approx(800), True)


@pytest.mark.thorough(most=0)
def test_the_command_reports_and_gives_json(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(studying, "_SHARERS", ((6, False),))
    assert main(["--connections", "18", "--hours", "3"]) == 0
    said = capsys.readouterr().out
    assert "| Step Functions, StartExecution |" in said
    assert "| tripletex, during |" in said
    assert main(["--connections", "18", "--hours", "1", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["held"]["spread"]["left"] == found["held"]["on the hour"]["left"] == 0
