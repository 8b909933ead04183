"""Accepting a change: what was held arrives once, whoever decides, how often, and wherever a worker dies."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import cache

import pytest
from msgspec.structs import replace

from sluice.errors import ConfigurationInvalid
from sluice.model.change import Change
from sluice.model.change_kinds import change_of
from sluice.model.connection import Connection
from sluice.model.secret import Secret
from sluice.registry.contracts import Contracts
from sluice.registry.cursors import Cursors
from sluice.registry.incidents import Incident, Incidents, Sighting
from sluice.registry.overrides import Override, Overrides
from sluice.usecases.deciding.accepting import (
    Accepted,
    accept_change,
    accept_everywhere,
    reject_change,
    suggestion_of,
)
from sluice.usecases.deciding.changes import find_change, list_changes
from sluice.usecases.deciding.overrides import export_override
from sluice.usecases.fetching import chunk_writer
from tests.effort import some, thorough
from tests.flows.crashing import Crash
from tests.flows.replay.replaying import all_replays, copy_of, rename, replay_all, started
from tests.flows.rig import Killed, Rig
from tests.flows.toy_erp import MAPPING

pytestmark = thorough

PATCHED = MAPPING.format(stream="department").replace("name: name", "name: title")


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunk_writer, "MAX_RECORDS", 15)


def held() -> Rig:
    """Return a rig whose departments are held: their name has become a title; 3 and 26 are new to us."""
    return copy_of(_made())


@cache
def _made() -> Rig:
    rig = Rig()
    for key in range(1, 26):
        rig.erp.put("department", key, f"Avdeling {key}")
    rig.run()
    rename(rig, name="title")
    for key in (3, 26):
        rig.erp.put("department", key, f"Ny {key}")
    assert rig.run()["results"]["department"]["outcome"] == "held"
    return rig


def renamed(rig: Rig) -> Incident:
    """Return the change that suggests the new name."""
    return next(one for one in list_changes(rig.world) if (one.change or {})["code"] == "D44")


def accept(rig: Rig, who: str = "kari", *, patch: bool = True) -> Accepted:
    return accept_change(rig.world, renamed(rig).id, who, "the release notes say so", patch=patch)


def check(rig: Rig, before: int) -> None:
    """What was held has arrived, once; nothing is decided, stored or started twice."""
    assert sorted(event["data"]["source_id"] for event in rig.consumer.events[before:]) == ["26", "3"]
    assert rig.consumer.names("department") == {
        key: row.name for key, row in rig.erp.rows["department"].items()
    }
    override = Overrides(rig.world.state, "acme").get("department")
    assert override is not None
    assert (override.text, len(override.incidents)) == (PATCHED, 1)
    history = Contracts(rig.world.state, rig.world.objects, "acme").history("department")
    assert [entry.who for entry in history if entry.who != "sluice"] in (["kari"], ["ola"])
    assert Cursors(rig.world.state, "acme").get("department").held is None
    assert {one.state for one in list_changes(rig.world)} == {"accepted"}


def test_a_rename_is_accepted_with_its_patch_and_the_held_records_arrive_once() -> None:
    rig = held()
    before, asked = len(rig.consumer.events), rig.erp.asked
    accepted = accept(rig)
    assert accepted.decided.patched
    assert (accepted.held_by, accepted.contract) == (None, 2)
    (found,) = replay_all(rig)
    assert (found["outcome"], found["counts"]["published"], found["counts"]["unchanged"]) == (
        "replayed",
        2,
        24,
    )
    assert rig.erp.asked == asked, "the ERP was called"
    check(rig, before)
    summary = rig.run()
    assert (summary["outcome"], summary["counts"]["published"]) == ("succeeded", 0)
    check(rig, before)


def test_people_are_told_of_the_replay_once() -> None:
    rig = held()
    accept(rig)
    rig.notices.clear()
    replay_all(rig)
    rig.run()
    kinds = [notice["type"] for notice in rig.notices]
    assert kinds == ["replay.finished", "run.finished"]
    assert rig.notices[0]["data"]["counts"]["published"] == 2


def test_what_else_shows_at_the_same_place_is_settled_with_it() -> None:
    rig = held()
    before = len(rig.consumer.events)
    below = change_of("D52", "name.short", ("text", "null"), ("department.name",))
    elsewhere = change_of("D55", "id", ("1", "2"), ())
    incidents = Incidents(rig.world.state, "acme")
    found = [
        incidents.report(Sighting("run-0002", "department", "ApiChanged", "", "2026-11-21T09:00:00Z", one))[0]
        for one in (below, elsewhere)
    ]
    assert accept(rig).together == (found[0].id,)
    assert [find_change(rig.world, one.id).state for one in found] == ["accepted", "open"]
    replay_all(rig)
    assert len(rig.consumer.events) == before + 2


def test_another_change_of_the_stream_keeps_holding_it() -> None:
    rig = held()
    before = len(rig.consumer.events)
    change = change_of("D50", "id", ("a number", "an object"), ("key",))
    sighting = Sighting("run-0002", "department", "ApiChanged", "", "2026-11-21T09:00:00Z", change)
    other, _ = Incidents(rig.world.state, "acme").report(sighting)
    accepted = accept(rig)
    assert (accepted.held_by, accepted.replay) == (other.id, None)
    assert Cursors(rig.world.state, "acme").get("department").held == other.id
    assert rig.run()["results"]["department"]["outcome"] == "held"
    assert accept_change(rig.world, other.id, "kari", "").replay is not None
    replay_all(rig)
    assert len(rig.consumer.events) == before + 2


def test_a_replay_does_nothing_while_another_change_holds_the_stream() -> None:
    rig = held()
    before = len(rig.consumer.events)
    accept(rig)
    cursors = Cursors(rig.world.state, "acme")
    cursors.put("department", replace(cursors.get("department"), held="another"))
    (found,) = replay_all(rig)
    assert (found["outcome"], found["cause"]) == ("held", "held meanwhile: sluice changes show another")
    assert len(rig.consumer.events) == before
    assert rig.run()["results"]["department"]["outcome"] == "held", "the connection is free"


def test_accepting_without_a_patch_sets_the_records_aside() -> None:
    rig = held()
    before = len(rig.consumer.events)
    accepted = accept(rig, patch=False)
    assert not accepted.decided.patched
    (found,) = replay_all(rig)
    assert (found["counts"]["quarantined"], found["counts"]["published"]) == (26, 0)
    assert Overrides(rig.world.state, "acme").get("department") is None
    assert len(rig.consumer.events) == before


def test_a_change_that_suggests_nothing_cannot_be_applied_and_nothing_is_decided() -> None:
    rig = held()
    change = change_of("D52", "name", ("text", "null"), ("department.name",))
    sighting = Sighting("run-0002", "department", "ApiChanged", "", "2026-11-21T09:00:00Z", change)
    other, _ = Incidents(rig.world.state, "acme").report(sighting)
    with pytest.raises(ConfigurationInvalid, match="suggests no patch"):
        accept_change(rig.world, other.id, "kari", "", patch=True)
    assert {one.state for one in list_changes(rig.world)} == {"open"}
    assert suggestion_of(renamed(rig)).in_words() == "rename name -> title"


def test_a_rejected_change_stays_held_until_it_is_accepted() -> None:
    rig = held()
    before = len(rig.consumer.events)
    assert not reject_change(rig.world, renamed(rig).id, "ola", "a mistake of theirs").accepted
    assert renamed(rig).decided_by == "ola"
    assert rig.run()["results"]["department"]["outcome"] == "held"
    accept(rig)
    assert reject_change(rig.world, renamed(rig).id, "ola", "still").who == "kari"
    replay_all(rig)
    check(rig, before)


def test_accepting_again_does_nothing_twice() -> None:
    rig = held()
    before = len(rig.consumer.events)
    first = accept(rig)
    second = accept(rig, who="ola", patch=False)
    assert second.decided == first.decided
    assert second.replay == first.replay
    replay_all(rig)
    assert accept(rig).replay == first.replay
    assert started(rig) == []
    check(rig, before)


def test_a_run_before_the_replay_leaves_it_nothing_to_do() -> None:
    rig = held()
    before = len(rig.consumer.events)
    accept(rig)
    assert rig.run()["outcome"] == "succeeded"
    (found,) = replay_all(rig)
    assert (found["counts"]["fetched"], found["overtaken"]) == (0, 26)
    check(rig, before)


def test_a_replay_that_failed_is_started_again_by_accepting_again() -> None:
    rig = held()
    before = len(rig.consumer.events)
    (name,) = [accept(rig).replay]
    assert name is not None
    rig.world.replays.end(name, "FAILED", "OutcomeUnknown", "")  # type: ignore[attr-defined]
    assert accept(rig).replay == f"{name}-2"
    replay_all(rig)
    check(rig, before)


def test_a_change_is_accepted_everywhere_at_once() -> None:
    rig = held()
    rig.desk.add(Connection("beta", "toy"), {"key": Secret("canary-key")})
    change = Change.from_json(renamed(rig).change or {})
    elsewhere = change_of("D44", "id", ("id", "number"), ("key",))
    for one in (change, elsewhere):
        sighting = Sighting("run-b", "department", "ApiChanged", "", "2026-11-21T09:00:00Z", one)
        Incidents(rig.world.state, "beta").report(sighting)
    incident = next(one for one in list_changes(rig.world, "acme"))
    accepted = accept_everywhere(rig.world, incident.id, "kari", "", patch=True)
    assert [one.incident.connection for one in accepted] == ["acme", "beta"]
    assert [one.replay is None for one in accepted] == [False, True], "beta has nothing to replay"
    assert len(all_replays(rig)) == 1
    exported = export_override(rig.world, "toy", "department")
    assert (exported.text, exported.connections) == (PATCHED, ("acme", "beta"))
    assert sorted(one.state for one in list_changes(rig.world, "beta")) == ["accepted", "open"]
    Overrides(rig.world.state, "beta").forget()
    beta = Override("format: 1\n", "", (), "", "", "")
    Overrides(rig.world.state, "beta").put("department", beta)
    with pytest.raises(ConfigurationInvalid, match="say --connection NAME"):
        export_override(rig.world, "toy", "department")
    assert export_override(rig.world, "toy", "department", "acme").text == PATCHED


def test_the_patched_mapping_is_exported_and_dropped_once_it_is_the_files() -> None:
    rig = held()
    accept(rig)
    exported = export_override(rig.world, "toy", "department")
    assert (exported.text, exported.connections, exported.stale) == (PATCHED, ("acme",), False)
    assert [fault.code for fault in exported.faults] == ["unknown_field"], "the stream declares no title yet"
    with pytest.raises(ConfigurationInvalid, match="beta has no override"):
        export_override(rig.world, "toy", "department", "beta")
    files = rig.world.catalog._documents._files  # type: ignore[attr-defined]
    known = files["transformers/toy/department.yaml"]
    try:
        files["transformers/toy/department.yaml"] = b"# changed\n" + known
        assert export_override(rig.world, "toy", "department").stale
        files["transformers/toy/department.yaml"] = b"# brought home\n" + exported.text.encode()
        assert rig.run()["outcome"] == "succeeded"
        assert Overrides(rig.world.state, "acme").get("department") is None
    finally:
        files["transformers/toy/department.yaml"] = known


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_accepting_again_completes_what_a_crash_left(*, after: bool) -> None:
    counting = Crash()
    rig = held()
    counting.watch(rig)
    accept(rig)
    assert counting.calls > 6
    for number in some(range(1, counting.calls + 1)):
        rig = held()
        before = len(rig.consumer.events)
        crash = Crash(number, after=after)
        crash.watch(rig)
        with suppress(Killed):
            accept(rig)
            pytest.fail(f"nobody died at call {number}")
        crash.heal()
        accept(rig, who="ola", patch=after)
        if Overrides(rig.world.state, "acme").get("department") is None:
            # Nothing was decided before the crash, so what was asked for now holds.
            continue
        replay_all(rig)
        check(rig, before)
        assert len(all_replays(rig)) == 1


MEANWHILE: dict[str, Callable[[Rig], object]] = {
    "accepts": lambda rig: accept(rig, who="ola"),
    "rejects": lambda rig: reject_change(rig.world, renamed(rig).id, "ola", "no"),
    "runs": lambda rig: rig.run(),
    "accepts and it is replayed": lambda rig: (accept(rig, who="ola"), replay_all(rig)),
}


@pytest.mark.thorough(most=3)
@pytest.mark.parametrize("what", MEANWHILE)
@pytest.mark.parametrize("own", ["accept", "reject"])
def test_two_operators_at_once_do_no_harm(own: str, what: str) -> None:
    def decide(rig: Rig) -> None:
        if own == "accept":
            accept(rig)
        else:
            reject_change(rig.world, renamed(rig).id, "kari", "no")

    counting = Crash()
    rig = held()
    counting.watch(rig)
    decide(rig)
    for number in some(range(1, counting.calls + 1)):
        rig = held()
        before = len(rig.consumer.events)
        crash = Crash(number)
        crash.watch(rig)
        crash.meanwhile = lambda rig=rig: MEANWHILE[what](rig)
        decide(rig)
        crash.heal()
        if own == "reject" and "accepts" not in what:
            assert renamed(rig).state == "rejected"
            accept(rig)
        replay_all(rig)
        assert rig.run()["outcome"] == "succeeded"
        check(rig, before)
