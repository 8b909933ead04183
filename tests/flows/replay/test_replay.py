"""Replays: nothing older over something newer, nothing twice as new, whatever came in between."""

from __future__ import annotations

import gzip
import json

import pytest
from msgspec.structs import replace

from sluice.errors import ConfigurationInvalid
from sluice.registry.cursors import Cursors
from sluice.registry.overrides import Overrides
from sluice.usecases.deciding.accepting import accept_change
from sluice.usecases.deciding.changes import find_change
from sluice.usecases.fetching import chunk_writer
from sluice.usecases.operating.report_ended_run import report_lost_runs
from sluice.usecases.operating.runs import show_run
from sluice.usecases.replay import plan as plan_module
from sluice.usecases.replay import plan_replay as plan_replay_module
from sluice.usecases.replay.starting import payload_of, replay_quarantine
from tests.flows.replay.replaying import (
    begun,
    check_ended,
    check_versions,
    held,
    mend,
    quarantined,
    replay,
    replay_all,
    started,
    with_bad,
)
from tests.flows.rig import Rig


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunk_writer, "MAX_RECORDS", 15)


def published(rig: Rig, before: int) -> list[tuple[str, str, object]]:
    return sorted(
        (event["type"].partition(".")[0], event["data"]["source_id"], event["data"]["name"])
        for event in rig.consumer.events[before:]
    )


def test_quarantined_records_arrive_once_after_the_mapping_was_mended() -> None:
    rig = with_bad(begun(), ("customer", 3), ("customer", 26), ("department", 4))
    before, asked = len(rig.consumer.events), rig.erp.asked
    mend(rig, "customer")
    assert replay(rig)[0]["counts"]["published"] == 2  # type: ignore[index]
    assert published(rig, before) == [("customer", "26", "unnamed"), ("customer", "3", "unnamed")]
    assert quarantined(rig) == [("department", "4")]
    assert rig.erp.asked == asked, "the ERP was called"
    replay(rig)
    assert rig.run()["outcome"] == "succeeded"
    assert len(rig.consumer.events) == before + 2
    check_versions(rig)


def test_faults_of_the_mapping_need_no_decision() -> None:
    rig = Rig()
    for key in range(1, 26):
        rig.erp.put("customer", key, f"customer {key}")
    rig = with_bad(rig, ("customer", 3))
    mend(rig, "customer", accept=False)
    (found,) = replay(rig)
    assert found["counts"]["published"] == 1  # type: ignore[index]
    assert rig.consumer.names("customer")[3] == "unnamed"


def test_what_would_be_set_aside_again_stays_as_it_is() -> None:
    rig = with_bad(begun(), ("customer", 3))
    keys = list(rig.world.objects.keys("quarantine/"))
    (found,) = replay(rig)
    assert (found["counts"]["fetched"], found["left"]) == (0, 1)  # type: ignore[index]
    assert list(rig.world.objects.keys("quarantine/")) == keys
    assert quarantined(rig) == [("customer", "3")]


def test_a_record_that_was_read_again_later_is_overtaken() -> None:
    rig = with_bad(begun(), ("customer", 3))
    rig.erp.put("customer", 3, "has one now")
    rig.run()
    before = len(rig.consumer.events)
    mend(rig, "customer")
    (found,) = replay(rig)
    assert found["overtaken"] == 1
    assert len(rig.consumer.events) == before
    assert quarantined(rig) == []
    assert rig.consumer.names("customer")[3] == "has one now"


def test_of_two_states_in_the_quarantine_the_newer_is_replayed() -> None:
    rig = with_bad(with_bad(begun(), ("customer", 3)), ("customer", 3))
    before = len(rig.consumer.events)
    assert quarantined(rig) == [("customer", "3")] * 2
    mend(rig, "customer")
    found = replay(rig)[0]
    assert (found["overtaken"], len(rig.consumer.events) - before) == (1, 1)
    assert quarantined(rig) == []


def test_a_record_that_a_whole_read_did_not_meet_any_more_is_not_brought_back() -> None:
    rig = with_bad(begun(), ("department", 30))
    rig.erp.remove("department", 30)
    rig.run()
    before = len(rig.consumer.events)
    mend(rig, "department")
    (found,) = replay(rig)
    assert (found["overtaken"], len(rig.consumer.events)) == (1, before)
    assert quarantined(rig) == []


def test_of_what_is_older_than_the_receipts_only_the_unknown_is_replayed() -> None:
    rig = with_bad(begun(), ("customer", 3), ("customer", 30))
    rig.clock.advance(plan_module.RECEIPTS_KEPT.total_seconds())
    mend(rig, "customer")
    (found,) = replay(rig)
    assert (found["counts"]["published"], found["left"]) == (1, 1)  # type: ignore[index]
    assert quarantined(rig) == [("customer", "3")]


def test_a_replay_returns_its_chunks_page_by_page(monkeypatch: pytest.MonkeyPatch) -> None:
    rig = Rig()
    for number in range(6):
        entry = {"source_id": str(number), "faults": [], "record": {"id": number, "name": "mended since"}}
        key = f"quarantine/acme/customer/run-0001/{number:06d}.jsonl.gz"
        rig.world.objects.put(key, gzip.compress(json.dumps(entry).encode()))
    monkeypatch.setattr(plan_replay_module, "MAX_CHUNKS", 2)
    monkeypatch.setattr(plan_module, "MAX_CHUNKS", 5)
    (found,) = replay(rig)
    assert (found["counts"]["published"], found["left"]) == (5, 1)  # type: ignore[index]
    (found,) = replay(rig)
    assert (found["counts"]["published"], found["left"]) == (1, 0)  # type: ignore[index]
    assert quarantined(rig) == []


def test_a_replay_waits_for_a_run_and_a_run_for_a_replay() -> None:
    rig = with_bad(begun(), ("customer", 3))
    mend(rig, "customer")
    rig.world.leases.take("acme", "run-9999", rig.clock.now())
    replay_quarantine(rig.world, "acme")
    assert replay_all(rig)[0]["outcome"] == "replayed", "the lease of a dead run has expired"
    rig.world.leases.take("acme", "acme-replay-x", rig.clock.now())
    assert rig.run()["outcome"] == "already_running"


def test_a_replay_that_never_gets_the_connection_says_so() -> None:
    rig = with_bad(begun(), ("customer", 3))
    rig.notices.clear()
    until = rig.clock.now() + plan_replay_module.PATIENCE * 2
    rig.world.leases.take("acme", "run-9999", until)
    (found,) = replay(rig)
    assert (found["outcome"], found["error"]) == ("failed", "LeaseLost")
    assert "run-9999" in str(found["cause"])
    assert [notice["data"]["error"] for notice in rig.notices] == ["LeaseLost"]
    assert quarantined(rig) == [("customer", "3")]


def test_a_replay_is_a_run_to_whoever_looks() -> None:
    rig = with_bad(begun(), ("customer", 3))
    mend(rig, "customer")
    (name,) = started(rig)
    assert show_run(rig.world, name).execution is not None
    replay_all(rig)
    run = next(rig.world.runs.of("acme"))
    assert (run.id, run.trigger, run.status, run.counts["published"]) == (name, "replay", "succeeded", 1)
    (stream,) = show_run(rig.world, name).streams
    assert (stream.stream, stream.outcome) == ("customer", "replayed")
    assert report_lost_runs(rig.world) == []


def test_nothing_is_replayed_of_a_held_stream_and_nothing_of_an_unknown_one() -> None:
    rig = with_bad(begun(), ("customer", 3))
    assert replay_quarantine(rig.world, "acme", "department") == []
    cursors = Cursors(rig.world.state, "acme")
    cursors.put("customer", replace(cursors.get("customer"), held="abc"))
    with pytest.raises(ConfigurationInvalid, match="sluice changes show abc"):
        replay_quarantine(rig.world, "acme")
    rig.world.replays.start("odd", payload_of("acme", "nowhere", None))  # type: ignore[arg-type]
    (found,) = replay_all(rig)
    assert (found["outcome"], found["error"]) == ("failed", "ConfigurationInvalid")


def test_a_replay_that_shows_another_change_is_held_and_its_records_wait() -> None:
    rig = held()
    before = len(rig.consumer.events)
    known = Overrides(rig.world.state, "acme").get("department")
    assert known is not None
    wrong = replace(known, text=known.text.replace("title", "titel"))
    Overrides(rig.world.state, "acme").put("department", wrong)
    (found,) = replay_all(rig)
    assert (found["outcome"], found["error"]) == ("held", "ApiChanged")
    held_by = Cursors(rig.world.state, "acme").get("department").held
    assert held_by is not None
    assert find_change(rig.world, held_by).state == "open"
    assert len(rig.consumer.events) == before
    Overrides(rig.world.state, "acme").put("department", replace(known, version=2))
    again = accept_change(rig.world, held_by, "kari", "")
    assert again.decided.sweep is not None
    assert again.decided.sweep.startswith("acme-replay-")
    asked = rig.erp.asked
    (found,) = replay_all(rig)
    assert found["counts"]["published"] == 3  # type: ignore[index]
    assert rig.erp.asked == asked
    assert rig.run()["outcome"] == "succeeded"
    assert len(rig.consumer.events) == before + 3
    check_ended(rig)
