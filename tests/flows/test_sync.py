"""What a run does to what a consumer sees, on memory adapters and a toy ERP."""

from __future__ import annotations

import json

import pytest
from msgspec.structs import force_setattr

from sluice.errors import ConfigurationInvalid
from sluice.model.connection import Connection
from sluice.model.secret import Secret
from sluice.usecases.deciding.accepting import accept_change, reject_change
from sluice.usecases.deciding.changes import find_change, list_changes
from sluice.usecases.operating.quarantine import list_quarantined
from tests.flows.rig import Rig
from tests.flows.toy_erp import reply


@pytest.fixture
def rig() -> Rig:
    rig = Rig()
    for key in range(1, 26):
        rig.erp.put("department", key, f"Avdeling {key}")
        rig.erp.put("customer", key, f"Kunde {key}")
    rig.clock.advance(3600)
    return rig


def _kinds(rig: Rig) -> list[str]:
    return [notice["type"] for notice in rig.notices]


def test_everything_arrives_and_a_second_run_publishes_nothing(rig: Rig) -> None:
    first = rig.run()
    assert first["outcome"] == "succeeded"
    assert rig.consumer.names("department") == {key: f"Avdeling {key}" for key in range(1, 26)}
    assert len(rig.consumer.events) == 50
    assert rig.run()["counts"]["published"] == 0
    assert len(rig.consumer.events) == 50
    assert _kinds(rig) == ["run.finished", "run.finished"]


def test_a_change_is_one_event_and_a_delete_on_a_whole_stream_is_one(rig: Rig) -> None:
    rig.run()
    rig.erp.put("department", 3, "Ny avdeling")
    rig.erp.remove("department", 4)
    rig.run()
    new = [(event["type"], event["subject"], event["entityversion"]) for event in rig.consumer.events[50:]]
    assert new == [("department.upserted", "3", 2), ("department.deleted", "4", 2)]


def test_a_record_that_comes_back_is_an_event_of_its_own(rig: Rig) -> None:
    rig.run()
    rig.erp.remove("department", 4)
    rig.run()
    rig.erp.put("department", 4, "Avdeling 4")
    rig.run()
    assert [event["entityversion"] for event in rig.consumer.events if event["subject"] == "4"][-2:] == [2, 3]
    assert rig.consumer.names("department")[4] == "Avdeling 4"


def test_there_and_back_is_seen_by_a_consumer_that_drops_repeated_ids(rig: Rig) -> None:
    for name in ("B", "A", "B"):
        rig.erp.put("customer", 7, name)
        rig.run()
        assert rig.consumer.names("customer")[7] == name


def test_an_incremental_stream_is_asked_for_changes_only(rig: Rig) -> None:
    rig.run()
    asked = rig.erp.asked
    rig.erp.put("customer", 7, "Ny kunde")
    rig.run()
    # Three pages of the whole stream, one of the incremental, one of its tombstones.
    assert rig.erp.asked - asked == 5
    assert rig.consumer.names("customer")[7] == "Ny kunde"


def test_sudden_emptiness_is_held_told_once_and_believed_when_accepted(rig: Rig) -> None:
    rig.run()
    rig.notices.clear()
    rows, rig.erp.rows["department"] = rig.erp.rows["department"], {}
    for _ in range(3):
        summary = rig.run()
        assert (summary["outcome"], summary["error"]) == ("held", "ApiChanged")
    assert _kinds(rig) == ["stream.held"]
    assert rig.notices[0]["data"]["change"]["code"] == "D38"
    assert rig.notices[0]["data"]["change"]["used_by"] == ["department"]
    assert len(rig.consumer.names("department")) == 25
    [incident] = list_changes(rig.world)
    accept_change(rig.world, incident.id, "kari", "they closed shop")
    assert accept_change(rig.world, incident.id, "ola", "again").decided.who == "kari"
    assert rig.run()["outcome"] == "succeeded"
    assert rig.consumer.names("department") == {}
    rig.erp.rows["department"] = rows
    assert rig.run()["outcome"] == "succeeded"
    assert len(rig.consumer.names("department")) == 25


def test_a_rejected_change_keeps_the_stream_held(rig: Rig) -> None:
    rig.run()
    rig.erp.rows["department"] = {}
    rig.run()
    [incident] = list_changes(rig.world)
    assert not reject_change(rig.world, incident.id, "kari", "no").accepted
    assert find_change(rig.world, incident.id).state == "rejected"
    assert rig.run()["results"]["department"]["outcome"] == "held"


def test_by_policy_an_emptiness_may_go_on_and_be_told(rig: Rig) -> None:
    rig.desk.add(Connection("acme", "toy", policy={"D38": "notify"}), {}, update=True)
    rig.run()
    rig.erp.rows["department"] = {}
    assert rig.run()["outcome"] == "succeeded"
    assert rig.consumer.names("department") == {}
    assert _kinds(rig) == ["run.finished", "api.changed", "run.finished"]


def test_invalid_records_are_set_aside_and_the_rest_goes_on(rig: Rig) -> None:
    rig.erp.put("customer", 7, {"first": "Kari"})
    rig.erp.put("customer", 8, None)
    summary = rig.run()
    assert summary["counts"]["quarantined"] == 2
    assert summary["counts"]["fetched"] == summary["counts"]["mapped"] + 2
    assert len(rig.consumer.names("customer")) == 23
    assert {found.source_id for found in list_quarantined(rig.world, "acme")} == {"7", "8"}
    assert set(_kinds(rig)) == {"records.quarantined", "run.degraded"}


def test_a_record_that_turns_invalid_is_no_delete(rig: Rig) -> None:
    rig.run()
    rig.erp.put("department", 7, None)
    rig.run()
    assert rig.consumer.names("department")[7] == "Avdeling 7"


def test_records_that_all_fail_are_a_change_and_nothing_of_them_is_published(rig: Rig) -> None:
    rig.run()
    for key in range(1, 26):
        rig.erp.put("department", key, None)
    summary = rig.run()
    assert (summary["outcome"], summary["error"]) == ("held", "ApiChanged")
    assert len(rig.consumer.events) == 50
    [incident] = list_changes(rig.world)
    assert incident.change is not None
    assert incident.change["code"] == "D52"
    assert incident.change["used_by"] == ["department.name"]


def test_an_accepted_change_is_no_change_in_the_next_run(rig: Rig) -> None:
    rig.run()
    for key in range(1, 26):
        rig.erp.put("department", key, None)
    assert rig.run()["outcome"] == "held"
    [incident] = list_changes(rig.world)
    accept_change(rig.world, incident.id, "kari", "they have no names any more")
    summary = rig.run()
    assert (summary["outcome"], summary["counts"]["quarantined"]) == ("succeeded", 25)
    assert len(rig.consumer.names("department")) == 25


def test_another_mapping_reads_an_incremental_stream_whole_again(rig: Rig) -> None:
    rig.run()
    files = rig.world.catalog._documents._files  # type: ignore[attr-defined]
    files["transformers/toy/customer.yaml"] += b"# another mapping\n"
    asked = rig.erp.asked
    rig.run()
    whole_again = rig.erp.asked - asked
    asked = rig.erp.asked
    rig.run()
    assert whole_again > rig.erp.asked - asked


def test_wrong_credentials_are_told_once_for_all_streams_and_runs(rig: Rig) -> None:
    rig.erp.key = "another"
    for _ in range(2):
        summary = rig.run()
        assert (summary["outcome"], summary["error"]) == ("failed", "CredentialsRejected")
    assert _kinds(rig) == ["credentials.rejected"]
    # One look per stream and run, and one more after dropping the session: no storm.
    assert rig.erp.asked <= 8
    rig.desk.add(Connection("acme", "toy"), {"key": Secret("another")}, update=True)
    assert rig.run()["outcome"] == "succeeded"
    rig.erp.key = "a third"
    rig.run()
    assert _kinds(rig) == [
        "credentials.rejected",
        "incident.resolved",
        "run.finished",
        "credentials.rejected",
    ]


def test_being_throttled_waits_and_keeps_what_was_fetched(rig: Rig) -> None:
    rig.erp.faults = [reply(429, {}, retry_after="120")]
    before = rig.clock.now()
    assert rig.run()["outcome"] == "succeeded"
    assert (rig.clock.now() - before).total_seconds() >= 3600 + 120
    assert len(rig.consumer.events) == 50


def test_an_erp_that_stays_down_fails_by_name_and_the_pages_before_are_delivered(rig: Rig) -> None:
    good = rig.erp.send
    rig.erp.asked = 0

    def broken_after_two_pages(request):  # noqa: ANN001, ANN202
        if rig.erp.asked >= 2:
            return reply(503, {})
        return good(request)

    force_setattr(rig.world, "sender", type("Sender", (), {"send": staticmethod(broken_after_two_pages)})())
    summary = rig.run()
    assert (summary["outcome"], summary["error"]) == ("failed", "ErpUnavailable")
    # The second page begins with the last record of the first.
    assert len(rig.consumer.events) == 19
    force_setattr(rig.world, "sender", rig.erp)
    assert rig.run()["outcome"] == "succeeded"
    assert len(rig.consumer.events) == 50
    assert len(rig.consumer.ids) == 50


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"<html>Log in</html>", "ApiChanged"),
        (b'{"total": 2, "values": [{"id": 1', "ErpUnavailable"),
        (b'{"total": 1, "values": [{"id": 1, "name": "\xff"}]}', "ApiChanged"),
        (b'{"total": 2, "items": []}', "ApiChanged"),
        (b'{"total": 2, "values": null}', "ApiChanged"),
    ],
)
def test_a_reply_that_is_not_what_we_know_is_never_an_empty_stream(rig: Rig, body: bytes, error: str) -> None:
    rig.run()
    good = rig.erp.send

    def bad(request):  # noqa: ANN001, ANN202
        found = good(request)
        return type(found)(200, {"content-type": "application/json"}, body)

    force_setattr(rig.world, "sender", type("Sender", (), {"send": staticmethod(bad)})())
    summary = rig.run()
    assert summary["error"] == error
    assert len(rig.consumer.names("department")) == 25
    assert len(rig.consumer.events) == 50


def test_two_runs_of_one_connection_do_not_overlap(rig: Rig) -> None:
    rig.world.leases.take("acme", "another", rig.clock.now())
    assert rig.run()["outcome"] == "already_running"
    rig.clock.advance(3 * 3600)
    assert rig.run()["outcome"] == "succeeded"


def test_a_paused_connection_is_not_run(rig: Rig) -> None:
    rig.desk.pause("acme")
    assert rig.run()["outcome"] == "paused"
    rig.desk.resume("acme")
    assert rig.run()["outcome"] == "succeeded"


def test_an_unknown_stream_is_refused_with_those_that_exist(rig: Rig) -> None:
    with pytest.raises(ConfigurationInvalid, match=r"toy has no stream .costumer.; it has: "):
        rig.desk.add(Connection("beta", "toy", streams=("costumer",)), {"key": Secret("k")})


def test_no_secret_leaves_the_secret_store(rig: Rig) -> None:
    rig.erp.key = "another"
    rig.run()
    rig.erp.key = "canary-key"
    rig.run()
    world = rig.world
    kept = [world.objects.get(key) for key in world.objects.keys("")]
    tables = json.dumps([item.value for table in (world.state, world.runs_table, world.connections_table)
                         for partition in ("acme", "connection", "run#run-0001", "run#run-0002")
                         for item in table.query(partition)])  # fmt: skip
    assert "canary" not in tables + json.dumps(rig.notices) + json.dumps(rig.consumer.events)
    assert not any(b"canary" in body for body in kept)
