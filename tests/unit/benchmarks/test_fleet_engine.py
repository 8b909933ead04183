"""The simulation's clock, buckets, account and retries: by hand, and against what the files say."""

from __future__ import annotations

import pytest

from benchmarks.fleet.account import Account, Refused, Throttled
from benchmarks.fleet.asl import THROTTLED, UNAVAILABLE, machine
from benchmarks.fleet.engine import Engine
from benchmarks.fleet.gauges import Bucket, Rate
from benchmarks.fleet.settings import Quota, parameters, quotas, sources

LONG = 1e9


def quota(name: str, size: float, refill: float = 0.0) -> Quota:
    kind = "bucket" if refill else "level"
    return Quota(name, name, kind, size, refill, "", "", "", "")


def account(engine: Engine, **others: Quota) -> Account:
    known = {**quotas("eu-north-1"), **others}
    return Account(engine, known, parameters(cold_start_seconds=0, queue_seconds=0), 1, kept=True)


def test_what_sleeps_side_by_side_wakes_in_the_order_of_time_then_of_asking() -> None:
    engine, woken = Engine(), list[tuple[str, float]]()

    def sleeper(name: str, seconds: float) -> None:
        engine.sleep(seconds)
        woken.append((name, engine.time))

    for name, seconds in (("late", 3), ("first", 1), ("second", 1)):
        engine.spawn(0, sleeper, name, seconds)
    assert engine.run(LONG)
    assert woken == [("first", 1), ("second", 1), ("late", 3)]


def test_what_is_parked_goes_on_when_it_is_called() -> None:
    engine, seen = Engine(), list[float]()

    def parked() -> None:
        engine.park(lambda resume: engine.at(7, resume))
        seen.append(engine.time)

    engine.spawn(0, parked)
    assert engine.run(LONG)
    assert seen == [7]


def test_an_error_in_what_sleeps_ends_the_run() -> None:
    engine = Engine()

    def failing() -> None:
        engine.sleep(1)
        raise ValueError("torn")

    engine.spawn(0, failing)
    with pytest.raises(ValueError, match="torn"):
        engine.run(LONG)


def test_a_bucket_gives_its_tokens_at_once_and_then_as_they_come_back() -> None:
    bucket = Bucket(3, 1.0)
    assert [bucket.try_take(0) for _ in range(5)] == [True, True, True, False, False]
    assert [bucket.try_take(moment) for moment in (0.9, 1.0, 1.0)] == [False, True, False]
    assert (bucket.refused, bucket.used) == (4, 1.0)


def test_who_waits_for_a_bucket_waits_in_turn() -> None:
    bucket = Bucket(2, 4.0)
    assert [bucket.wait(0) for _ in range(4)] == pytest.approx([0, 0, 0.25, 0.5])
    assert bucket.wait(10, tokens=4) == pytest.approx(0.5)


def test_a_bucket_that_is_not_kept_says_how_much_was_wanted() -> None:
    bucket = Bucket(2, 1.0, kept=False)
    assert [bucket.wait(0) for _ in range(6)] == [0] * 6
    assert bucket.used == pytest.approx(3.0)


def test_a_rate_is_that_of_its_busiest_second() -> None:
    rate = Rate()
    for moment in (0.1, 5.2, 5.9, 5.0, 6.0):
        rate.add(moment)
    assert (rate.peak, rate.total) == (3, 5)
    assert rate.busiest(5) == 4 / 5


def test_an_account_refuses_what_has_no_room() -> None:
    engine, came = Engine(), list[str]()
    known = account(engine, lambda_concurrency=quota("lambda_concurrency", 2))

    def call() -> None:
        try:
            known.invoke("step", lambda: engine.sleep(10))
            came.append("ran")
        except Throttled:
            came.append("refused")

    for _ in range(3):
        engine.spawn(0, call)
    engine.spawn(11, call)
    assert engine.run(LONG)
    assert came == ["refused", "ran", "ran", "ran"]
    assert known.gauges.levels["lambda_concurrency"].peak == 2


def test_chunks_are_taken_up_in_their_order_as_many_at_once_as_are_allowed() -> None:
    engine, ended = Engine(), list[float]()
    known = account(engine, transform_concurrency=quota("transform_concurrency", 2))

    def note() -> None:
        ended.append(round(engine.time, 6))

    def nothing() -> None:
        pass

    for _ in range(5):
        known.transform(nothing, note)
    assert engine.run(LONG)
    assert ended == [0.3, 0.3, 0.6, 0.6, 0.9]
    assert known.gauges.levels["transform_concurrency"].peak == 2


def test_an_event_whose_function_always_fails_is_tried_three_times_and_lost() -> None:
    engine, tried = Engine(), list[float]()
    known = account(engine)

    def refused() -> None:
        tried.append(engine.time)
        raise Refused("states")

    engine.spawn(0, known.invoke_later, "keep_usage", refused)
    assert engine.run(LONG)
    assert tried == [0, 60, 180]
    assert known.gauges.counts["keep_usage_lost"] == 1


def test_retries_are_those_of_the_state_machine() -> None:
    known = machine()
    assert (known.side_by_side, known.chunks_at_once) == (4, 4)
    throttled, unavailable = known.retries["FetchPages", THROTTLED], known.retries["FetchPages", UNAVAILABLE]
    assert (throttled.attempts, throttled.interval, throttled.longest) == (6, 2, 60)
    assert (unavailable.attempts, unavailable.interval) == (2, 10)
    assert ("CommitCursor", UNAVAILABLE) not in known.retries
    assert all((state, THROTTLED) in known.retries for state in ("PlanRun", "LookForNews", "SummariseRun"))


@pytest.mark.parametrize("region", ["eu-north-1", "eu-west-1"])
def test_every_quota_has_a_figure_and_says_where_it_is_from(region: str) -> None:
    for known in quotas(region).values():
        assert known.size > 0
        assert known.source
        assert known.then
        assert (known.refill > 0) == (known.kind == "bucket")


def test_every_parameter_says_where_it_is_from() -> None:
    assert all(len(source) > 5 for source in sources().values())
    assert parameters().hourly + parameters().quarter + parameters().nightly == pytest.approx(1)
