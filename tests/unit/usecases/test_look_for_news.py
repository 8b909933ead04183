"""Runs in which few streams have news, or none: who is asked, who enters the Map, what a dead look leaves."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from sluice.errors import LeaseLost, OutcomeUnknown
from sluice.model.connection import Connection
from sluice.registry.catalog import Catalog
from sluice.registry.cursors import Cursors
from sluice.usecases.connections import ConnectionDesk
from sluice.usecases.deciding.changes import list_changes
from sluice.usecases.fetching import look_for_news as looking
from sluice.usecases.plan_run import PlanRun, plan_run
from sluice.usecases.world import iso
from tests.effort import some, thorough
from tests.flows.crashing import Aborted, Crash
from tests.flows.rig import CANONICAL, Rig
from tests.flows.toy_erp import INCREMENTAL, MAPPING, ToyDocuments, reply

pytestmark = thorough

MANY = tuple(f"customer_{number}" for number in range(10))


def _many() -> Rig:
    """Return a rig whose connection has ten streams that are read by what has changed, each read once."""
    documents = ToyDocuments(CANONICAL)
    spec, mapping = (
        INCREMENTAL.partition("deletions:")[0] + INCREMENTAL[INCREMENTAL.index("schema:") :],
        MAPPING,
    )
    for name in MANY:
        text = spec.replace("stream: customer", f"stream: {name}").replace("/customer", f"/{name}")
        documents._files[f"connectors/toy/{name}.yaml"] = text.encode()
        mapped = mapping.format(stream=name).replace(f"entity: {name}", "entity: customer")
        documents._files[f"transformers/toy/{name}.yaml"] = mapped.encode()
    rig = Rig()
    rig.world = replace(rig.world, catalog=Catalog(documents))
    rig.desk = ConnectionDesk(rig.world, rig.schedules)
    for number, name in enumerate(MANY):
        rig.erp.rows[name] = {}
        for key in range(1, 4):
            rig.erp.put(name, 100 * number + key, f"{name} {key}")
    rig.desk.add(Connection("acme", "toy", streams=MANY), {}, update=True)
    rig.clock.advance(3600)
    assert rig.run()["outcome"] == "succeeded"
    assert rig.entered == list(MANY)
    return rig


@pytest.fixture
def many() -> Rig:
    return _many()


@pytest.fixture
def one() -> Rig:
    return _one()


def _one() -> Rig:
    """Return a rig whose one stream, with tombstones, was read once."""
    rig = Rig()
    rig.desk.add(Connection("acme", "toy", streams=("customer",)), {}, update=True)
    for key in range(1, 13):
        rig.erp.put("customer", key, f"Kunde {key}")
    rig.clock.advance(3600)
    assert rig.run()["outcome"] == "succeeded"
    return rig


def test_a_run_without_news_asks_once_for_each_stream_and_enters_none(many: Rig) -> None:
    asked, events = many.erp.asked, len(many.consumer.events)
    before = many.clock.now()
    summary = many.run()
    assert (summary["outcome"], summary["counts"]["fetched"]) == ("succeeded", 0)
    assert many.entered == []
    assert many.erp.asked - asked == len(MANY)
    assert len(many.consumer.events) == events
    assert [notice["type"] for notice in many.notices] == ["run.finished"] * 2
    recorded = many.world.runs.streams(summary["run"])
    assert {result.outcome for result in recorded.values()} == {"synced"}
    assert set(recorded) == set(MANY)
    for _, cursor in Cursors(many.world.state, "acme").all():
        assert cursor.watermark == before.strftime("%Y-%m-%dT%H:%M:%SZ")
        assert (cursor.begun, cursor.sweep) == (None, summary["run"])


def test_only_the_stream_with_news_goes_on_with_what_was_read_of_it(many: Rig) -> None:
    many.erp.put("customer_3", 302, "Ny kunde")
    asked = many.erp.asked
    summary = many.run()
    assert (many.entered, many.erp.asked - asked) == (["customer_3"], len(MANY))
    assert (summary["outcome"], summary["counts"]["published"]) == ("succeeded", 1)
    assert many.consumer.names("customer")[302] == "Ny kunde"
    many.run()
    assert many.entered == []
    assert len(many.consumer.events) == 31


def test_what_is_read_again_within_the_lookback_is_known_and_counted(many: Rig) -> None:
    many.between = 60
    many.erp.put("customer_3", 302, "Ny kunde")
    assert many.run()["counts"]["published"] == 1
    for _ in range(3):
        counts = many.run()["counts"]
        assert (many.entered, counts["fetched"], counts["unchanged"]) == ([], 1, 1)
    many.erp.put("customer_3", 301, "Auch neu")
    counts = many.run()["counts"]
    assert (many.entered, counts["fetched"], counts["published"]) == (["customer_3"], 2, 1)


@pytest.mark.parametrize("between", [1, 60, 3600])
def test_there_and_back_arrives_each_time(one: Rig, between: int) -> None:
    one.between = between
    for name in ("B", "A", "B", "A"):
        one.erp.put("customer", 7, name)
        one.run()
        assert one.consumer.names("customer")[7] == name
        one.run()
        assert one.entered == []


def test_there_and_back_arrives_though_a_run_failed_in_between(one: Rig) -> None:
    one.between = 60
    one.erp.put("customer", 7, "A")
    one.run()
    one.erp.put("customer", 7, "B")
    commit = one._commit

    def fail(_: Any) -> Any:
        raise OutcomeUnknown("not now")

    one._commit = fail  # type: ignore[method-assign]
    assert one.run()["outcome"] == "failed"
    one._commit = commit  # type: ignore[method-assign]
    assert one.consumer.names("customer")[7] == "B"
    one.erp.put("customer", 7, "A")
    one.run()
    assert one.consumer.names("customer")[7] == "A"


def test_a_record_that_comes_back_as_it_was_arrives(one: Rig) -> None:
    one.between = 60
    one.erp.put("customer", 7, "A")
    one.run()
    one.erp.remove("customer", 7)
    one.run()
    assert 7 not in one.consumer.names("customer")
    one.clock.advance(700)
    one.erp.put("customer", 7, "A")
    one.run()
    assert one.consumer.names("customer")[7] == "A"


def test_what_was_set_aside_is_handed_over_each_time(one: Rig) -> None:
    one.between = 60
    one.erp.put("customer", 7, {"first": "Kari"})
    for _ in range(2):
        assert one.run()["counts"]["quarantined"] == 1
        assert one.entered == ["customer"]


def test_a_whole_read_that_is_due_is_left_to_its_branch(one: Rig) -> None:
    one.clock.advance(31 * 86_400)
    one.erp.rows["customer"].pop(3)
    one.run()
    assert one.entered == ["customer"]
    assert 3 not in one.consumer.names("customer")


def test_a_tombstone_is_news(one: Rig) -> None:
    one.erp.remove("customer", 3)
    one.run()
    assert one.entered == ["customer"]
    assert 3 not in one.consumer.names("customer")


def test_a_stream_that_fails_hurts_no_other_and_is_told_by_its_branch(many: Rig) -> None:
    many.erp.faults = [reply(400, {"message": "no"})] * 1
    assert many.run()["outcome"] == "succeeded"
    assert many.entered == ["customer_0"]
    many.erp.faults = []
    send = many.erp._page
    many.erp._page = lambda request: (  # type: ignore[method-assign]
        reply(500, {}) if "/customer_0?" in request.url else send(request)
    )
    summary = many.run()
    assert (summary["outcome"], summary["error"]) == ("failed", "ErpUnavailable")
    assert many.entered == ["customer_0"]
    assert [notice["type"] for notice in many.notices].count("erp.unavailable") == 1


@pytest.mark.parametrize(
    ("fault", "asked"), [(reply(401, {}), 1), (reply(503, {}), 2), (reply(429, {}, retry_after="1"), 1)]
)
def test_what_strikes_every_stream_ends_the_look(many: Rig, fault: Any, asked: int) -> None:
    many.erp.faults = [fault] * asked
    before, seen = many.erp.asked, []
    stream = many._stream
    many._stream = lambda run, job: seen.append(many.erp.asked - before) or stream(run, job)  # type: ignore[method-assign]
    assert many.run()["outcome"] == "succeeded"
    assert (seen[0], many.entered) == (asked, list(MANY))


def test_a_look_returns_no_more_than_a_state_can_hold(many: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "MOST_BYTES", 2_000)
    for number, name in enumerate(MANY):
        many.erp.put(name, 100 * number + 1, "anders")
    outcomes: list[str] = []
    stream = many._stream
    many._stream = lambda run, job: outcomes.append(job["fetched"]["outcome"]) or stream(run, job)  # type: ignore[method-assign]
    assert many.run()["counts"]["published"] == len(MANY)
    assert 0 < outcomes.count("done") < outcomes.count("unread")


def test_a_change_that_a_look_meets_is_judged_and_told_once(one: Rig) -> None:
    one.erp.headers = {"sunset": "Wed, 31 Dec 2026 23:59:59 GMT"}
    summary = one.run()
    assert (summary["outcome"], one.entered) == ("succeeded", ["customer"])
    [told] = [notice for notice in one.notices if notice["type"] == "api.changed"]
    assert told["data"]["change"]["code"] == "D17"
    assert len(list_changes(one.world)) == 1
    one.run()
    assert one.entered == []


def test_a_run_whose_other_streams_are_held_ends_held(one: Rig) -> None:
    one.desk.add(Connection("acme", "toy"), {}, update=True)
    for key in range(1, 13):
        one.erp.put("department", key, f"Avdeling {key}")
    one.run()
    one.erp.rows["department"].clear()
    assert one.run()["outcome"] == "held"
    summary = one.run()
    assert (summary["outcome"], summary["error"], one.entered) == ("held", "ApiChanged", [])


def test_a_look_that_lost_its_lease_asks_for_nothing(many: Rig) -> None:
    plan = plan_run(many.world, PlanRun("acme", "manual", "run-x", iso(many.clock.now())))
    many.world.leases.seize("acme", "somebody else", many.clock.now())
    asked = many.erp.asked
    with pytest.raises(LeaseLost):
        looking.look_for_news(many.world, looking.LookForNews("run-x", "", plan, 60))
    assert many.erp.asked == asked


def _calls(prepared: bool) -> int:
    rig = _one()
    if prepared:
        rig.erp.put("customer", 3, "edited")
    crash = Crash()
    crash.watch(rig)
    rig.run()
    return crash.calls


@pytest.mark.parametrize("edited", [False, True], ids=["idle", "news"])
@pytest.mark.parametrize("way", ["again", "given_up", "aborted"])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_look_that_dies_loses_and_doubles_nothing(way: str, *, after: bool, edited: bool) -> None:
    for number in some(range(1, _calls(edited) + 1)):
        rig = _one()
        if edited:
            rig.erp.put("customer", 3, "edited")
        crash = Crash(number, after=after, again=way != "aborted", lasting=way == "given_up")
        crash.watch(rig)
        stream = rig._stream

        def edit_first(run: str, job: dict[str, Any], rig: Rig = rig, stream: Any = stream) -> Any:
            rig.erp.put("customer", 5, "between the look and the branch")
            return stream(run, job)

        rig._stream = edit_first  # type: ignore[method-assign]
        try:
            rig.run()
        except (Aborted, OutcomeUnknown) as ended:
            crash.heal()
            rig.end(f"run-{rig.number:04d}", "ABORTED" if isinstance(ended, Aborted) else "FAILED")
        crash.heal()
        rig._stream = stream  # type: ignore[method-assign]
        if way == "again":
            assert rig.entered == ["customer"] * edited, number
        was_read = 5 in {int(event["subject"]) for event in rig.consumer.events[12:]}
        rig.erp.put("customer", 5, "and once more, before it is read again")
        for _ in range(3):
            assert rig.run()["outcome"] == "succeeded", number
        assert rig.entered == []
        truth = {key: row.name for key, row in rig.erp.rows["customer"].items()}
        assert rig.consumer.names("customer") == truth, number
        versions = [(event["data"]["id"], event["entityversion"]) for event in rig.consumer.events]
        assert len(versions) == len(set(versions)), "one version with two contents"
        changed = [event["subject"] for event in rig.consumer.events[12:]]
        assert sorted(changed) == sorted([*(["3"] * edited), "5", *(["5"] * was_read)]), "twice as new"
