from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from sluice.errors import ConfigurationInvalid
from tests.flows.toy_erp import reply
from tests.unit.usecases.data.reconciling.books import Books


@pytest.fixture
def books(tmp_path: Path) -> Books:
    """25 invoices of two months, two credit notes and some hours, all of them in the lake."""
    books = Books(tmp_path)
    for number in range(25):
        books.erp.invoice(number, date="2026-10-31" if number < 5 else "2026-11-01", net=0.1, gross=0.2)
    books.erp.invoice(1, stream="credit_note", net=-80, gross=-100)
    for number in range(3):
        books.erp.hours(number, 7.5, number % 2 or None)
    assert books.run()["outcome"] == "succeeded"
    return books


def row(found: Any, month: str | None, of: str | None = "NOK", by: str = "currency") -> dict[str, Any]:
    (one,) = [one for one in found.told["rows"] if (one["month"], one[by]) == (month, of)]
    return dict(one)


def test_a_lake_that_is_complete_is_equal(books: Books) -> None:
    invoices, hours = books.reconcile()
    assert (invoices.whole, invoices.differs, hours.whole, hours.differs) == (True, False, True, False)
    assert [stream["records"] for stream in invoices.told["streams"]] == [1, 25]
    november = row(invoices, "2026-11")
    assert november["lake"] == november["erp"] == {
        "records": 21, "total_excluding_tax": "-78", "total_including_tax": "-96", "outstanding_amount": "0",
    }  # fmt: skip
    assert set(november["difference"].values()) == {0, "0"}
    assert [(one["project_id"], one["erp"]["hours"]) for one in hours.told["rows"]] == [
        (None, "15"),
        ("acme/project/1", "7.5"),
    ]


def test_nothing_of_a_connection_is_changed(books: Books) -> None:
    world = books.rig.world
    before = [*_everything(world.state), *_everything(world.runs_table), *sorted(world.objects.keys(""))]
    published = len(world.information.messages)  # type: ignore[attr-defined]
    books.erp.invoice(3, gross=500)
    books.reconcile()
    after = [*_everything(world.state), *_everything(world.runs_table), *sorted(world.objects.keys(""))]
    assert after == before
    assert len(world.information.messages) == published  # type: ignore[attr-defined]


def test_amounts_that_differ_are_named_with_both_values(books: Books) -> None:
    books.erp.invoice(3, gross=5.2)
    books.erp.invoice(4, open=1)
    found = books.invoices()
    assert found.differs
    october = row(found, "2026-10")
    assert october["difference"] == {
        "records": 0, "total_excluding_tax": "0", "total_including_tax": "-5", "outstanding_amount": "-1",
    }  # fmt: skip
    assert october["records"] == [
        {
            "source_id": "invoice-3",
            "kind": "differing",
            "changed_since": False,
            "fields": {"total_including_tax": {"lake": "0.2", "erp": "5.2"}},
        },
        {
            "source_id": "invoice-4",
            "kind": "differing",
            "changed_since": False,
            "fields": {"outstanding_amount": {"lake": "0", "erp": "1"}},
        },
    ]
    assert not row(found, "2026-11")["records"]


def test_records_that_one_side_lacks(books: Books) -> None:
    del books.erp.rows["invoice"][7]
    books.erp.invoice(99, date=None)
    found = books.invoices()
    november, without = row(found, "2026-11"), row(found, None)
    assert november["differing"] == {"only_in_lake": 1, "only_in_erp": 0, "differing": 0, "quarantined": 0}
    assert november["difference"]["records"] == 1
    assert [one["source_id"] for one in november["records"]] == ["invoice-7"]
    assert (without["lake"]["records"], without["erp"]["records"]) == (0, 1)
    assert [(one["kind"], one["source_id"]) for one in without["records"]] == [("only_in_erp", "invoice-99")]


def test_amounts_that_cancel_out_still_differ(books: Books) -> None:
    books.erp.invoice(8, gross=1.2)
    books.erp.invoice(9, gross=-0.8)
    november = row(books.invoices(), "2026-11")
    assert november["difference"]["total_including_tax"] == "0"
    assert [one["source_id"] for one in november["records"]] == ["invoice-8", "invoice-9"]


def test_a_record_that_moved_is_in_both_its_rows(books: Books) -> None:
    books.erp.invoice(2, currency="SEK", date="2026-11-03")
    found = books.invoices()
    moved = {"month": {"lake": "2026-10", "erp": "2026-11"}, "currency": {"lake": "NOK", "erp": "SEK"}}
    assert row(found, "2026-10")["records"][0]["fields"] == moved
    assert row(found, "2026-11", "SEK")["records"][0]["fields"] == moved
    assert row(found, "2026-11", "SEK")["lake"]["records"] == 0


def test_what_the_erp_changed_after_the_last_good_read_is_told_as_such(books: Books) -> None:
    books.erp.invoice(2, gross=1, changed="2026-11-21T08:00:01Z")
    found = books.invoices()
    assert not found.differs
    october = row(found, "2026-10")
    assert (october["changed_since"], october["records"][0]["changed_since"]) == (1, True)
    books.erp.invoice(3, gross=1, changed="2026-11-21T07:59:59Z")
    assert books.invoices().differs
    assert [one["source_id"] for one in row(books.invoices(limit=1), "2026-10")["records"]] == ["invoice-3"]


def test_details_are_bounded_and_the_rest_is_counted(books: Books) -> None:
    for number in range(5, 25):
        books.erp.invoice(number, gross=1)
    november = row(books.invoices(limit=3), "2026-11")
    assert (len(november["records"]), november["left_out"], november["differing"]["differing"]) == (3, 17, 20)


@pytest.mark.parametrize("batch", [5_000, 3])
def test_quarantined_records_are_counted_beside_the_sums(
    books: Books, batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sluice.usecases.data.reconcile._BATCH", batch)
    books.erp.invoice(6, date="soon")
    books.erp.invoice(98, date="later")
    found = books.invoices(limit=1)
    assert (found.whole, found.differs) == (True, True)
    assert found.told["quarantined"] == {"records": 2, "source_ids": ["invoice-6"], "left_out": 1}
    assert books.invoices().told["quarantined"]["source_ids"] == ["invoice-6", "invoice-98"]
    november = row(found, "2026-11")
    assert november["differing"] == {"only_in_lake": 0, "only_in_erp": 0, "differing": 0, "quarantined": 1}
    assert november["difference"]["records"] == 1


def test_a_stream_that_is_held_is_told_and_the_others_are_read(books: Books) -> None:
    for number in range(25):
        row = books.erp.rows["invoice"][number]
        row["totals"] = row.pop("gross")
    found = books.invoices()
    outcomes = {one["stream"]: one["outcome"] for one in found.told["streams"]}
    assert outcomes == {"credit_note": "read", "invoice": "held"}
    assert not found.whole
    assert "gross" in next(one["note"] for one in found.told["streams"] if one["outcome"] == "held")
    assert books.run()["results"]["invoice"]["outcome"] == "held"
    assert all(one["runs_held_by"] for one in books.invoices().told["streams"] if one["outcome"] == "held")


def test_a_stream_that_breaks_off_shows_what_came_before(books: Books) -> None:
    books.erp.answers = [reply(200, {"total": 1, "values": []}), *[reply(500, {})] * 4]
    found = books.invoices()
    (broken,) = [one for one in found.told["streams"] if one["outcome"] == "failed"]
    assert "ErpUnavailable" in broken["note"]
    assert not found.whole


def test_being_throttled_is_waited_out_and_told(books: Books) -> None:
    books.erp.answers = [reply(429, {}, Retry_After="30")]
    before = books.rig.clock.now()
    found = books.invoices()
    assert (found.whole, found.differs) == (True, False)
    assert (books.rig.clock.now() - before).total_seconds() >= 30
    assert any(one.standing.until for one in books.told)


def test_months_before_the_wanted_ones_are_left_out(books: Books) -> None:
    assert [one["month"] for one in books.invoices(months=1).told["rows"]] == ["2026-11"]
    assert [one["month"] for one in books.invoices(months=2).told["rows"]] == ["2026-10", "2026-11"]


def test_a_stream_that_never_ran_has_everything_changed_since(tmp_path: Path) -> None:
    books = Books(tmp_path)
    books.erp.invoice(1)
    found = books.invoices()
    assert not found.differs
    assert row(found, "2026-11")["records"][0]["changed_since"] is True
    assert found.told["streams"][1]["last_good_read"] is None


def test_a_paused_connection_is_read_only_where_it_is_named(books: Books) -> None:
    connections = books.rig.world.connections
    connections.replace(replace(connections.get("acme"), paused=True))
    assert books.reconcile(connections=("acme",))
    with pytest.raises(ConfigurationInvalid, match="Nothing to reconcile"):
        books.reconcile()


def test_streams_that_are_switched_off_are_named(books: Books) -> None:
    connections = books.rig.world.connections
    connections.replace(replace(connections.get("acme"), streams=("invoice",)))
    (found,) = books.reconcile()
    assert found.told["not_read"] == ["credit_note"]
    assert row(found, "2026-11")["differing"]["only_in_lake"] == 1


@pytest.mark.parametrize("given", [{"entity": "customer"}, {"connections": ("nobody",)}])
def test_what_is_not_there_is_refused(books: Books, given: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationInvalid):
        books.reconcile(**given)


def _everything(table: Any) -> list[str]:
    return sorted(map(repr, table._items.items()))
