"""Each kind of change of structure, on all records and on single ones: code, exact path, action."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from sluice.model.change import Action
from tests.unit.contract.streams import (
    Mutation,
    blocking,
    contract,
    examined,
    mutated,
    records,
    reliance,
    renamed,
    said,
    to,
    without,
)

HELD = "hold"


def _uuid(value: Any) -> str:
    return str(uuid.UUID(int=int(value) * 7919 << 64))


def _european(value: str) -> str:
    year, month, day = value.split("-")
    return f"{day}.{month}.{year}"


def _referenced(value: Any) -> Any:
    return value and {"id": value["id"], "url": "example.test/1"}


TABLE: list[tuple[str, str, Mutation, str, str]] = [
    ("customer", "D42", without("organizationNumber"), "organizationNumber", HELD),
    ("customer", "D42", without("postalAddress", "city"), "postalAddress.city", HELD),
    ("customer", "D42", without("postalAddress"), "postalAddress", HELD),
    ("invoice", "D42", without("orderLines", "count"), "orderLines[].count", HELD),
    ("invoice", "D42", without("customer", "id"), "customer.id", HELD),
    ("customer", "D54", to("currency", by=lambda _: {}), "currency", HELD),
    ("customer", "D44", renamed("organizationNumber", "orgNo"), "organizationNumber", HELD),
    ("customer", "D44", renamed("name", "title"), "name", HELD),
    ("customer", "D44", renamed("postalAddress", "mailAddress"), "postalAddress", HELD),
    ("customer", "D44", renamed("isInactive", "inactive"), "isInactive", HELD),
    ("customer", "D46", renamed("email", "email", into="contact"), "email", HELD),
    ("customer", "D47", to("id", by=str), "id", HELD),
    ("customer", "D47", to("customerNumber", by=str), "customerNumber", HELD),
    ("customer", "D48", to("isInactive", by=lambda v: "yes" if v else "no"), "isInactive", HELD),
    ("customer", "D48", to("postalAddress", "postalCode", by=int), "postalAddress.postalCode", HELD),
    ("customer", "D50", to("name", by=lambda v: {"value": v}), "name", HELD),
    ("customer", "D50", to("currency", by=lambda v: v["code"]), "currency", HELD),
    ("customer", "D51", to("currency", by=lambda v: [v]), "currency", HELD),
    ("invoice", "D51", to("orderLines", by=lambda v: v[0]), "orderLines", HELD),
    ("customer", "D52", to("email", by=lambda _: None), "email", HELD),
    ("customer", "D54", to("email", by=lambda _: ""), "email", HELD),
    ("customer", "D57", without("id"), "id", HELD),
    ("customer", "D57", to("id", by=lambda _: None), "id", HELD),
    ("customer", "D59", to("id", by=_uuid), "id", HELD),
    ("invoice", "D60", to("invoiceDate", by=_european), "invoiceDate", HELD),
    ("invoice", "D60", to("invoiceDate", by=lambda _: 1_770_000_000), "invoiceDate", HELD),
    ("invoice", "D61", to("invoiceDate", by=lambda v: f"{v}T00:00:00"), "invoiceDate", HELD),
    (
        "invoice",
        "D62",
        to("amountCurrency", by=lambda v: f"{v:.2f}".replace(".", ",")),
        "amountCurrency",
        HELD,
    ),
    ("customer", "D40", to("postalAddress", by=_referenced), "postalAddress", HELD),
    ("invoice", "D40", to("orderLines", by=lambda v: [_referenced(one) for one in v]), "orderLines[]", HELD),
]
IDS = [f"{row[1]} {row[3]} {position}" for position, row in enumerate(TABLE)]


@pytest.mark.parametrize(("stream", "code", "mutation", "path", "action"), TABLE, ids=IDS)
def test_a_change_of_all_records_holds_the_stream(
    stream: str, code: str, mutation: Mutation, path: str, action: str
) -> None:
    finding = examined(stream, mutated(records(stream, 200, start=3000), mutation))
    assert blocking(finding) == [(code, path, action)]
    assert finding.changes[0].used_by
    assert finding.changes[0].share > 0.5


@pytest.mark.parametrize(("stream", "code", "mutation", "path", "action"), TABLE, ids=IDS)
def test_a_change_of_a_single_record_sets_it_aside(
    stream: str, code: str, mutation: Mutation, path: str, action: str
) -> None:
    window = mutated(records(stream, 400), mutation, 1 / 200)
    finding = examined(stream, window)
    assert blocking(finding) == [(code, path, "quarantine")]
    assert set(finding.aside) <= {0, 200}
    assert finding.observation.records == 400 - len(finding.aside)
    assert finding.changes[0].evidence["affected"] == len(finding.aside)


def test_a_change_of_five_in_a_hundred_holds_the_stream() -> None:
    finding = examined("customer", mutated(records("customer", 400), without("name"), 0.05))
    assert blocking(finding) == [("D42", "name", "hold")]


def test_lists_that_come_empty_are_an_expansion_that_changed() -> None:
    finding = examined("invoice", mutated(records("invoice", 200), to("orderLines", by=lambda _: [])))
    assert blocking(finding) == [("D40", "orderLines", "hold")]


@pytest.mark.parametrize(
    ("mutation", "code", "path"),
    [
        (to("accountManager", "id", by=str), "D47", "accountManager.id"),
        (to("discountPercentage", by=str), "D48", "discountPercentage"),
        (to("organizationNumber", by=lambda v: v and int(v)), "D48", "organizationNumber"),
    ],
)
def test_a_lossless_retype_is_told_with_a_suggestion(mutation: Mutation, code: str, path: str) -> None:
    finding = examined("customer", mutated(records("customer", 200), mutation))
    assert said(finding) == [(code, path, "notify")]
    suggestion = finding.changes[0].evidence["suggestion"]
    assert (suggestion["kind"], suggestion["from"], suggestion["to"]) == ("retype", path, path)


def test_whole_numbers_that_become_decimals_are_told() -> None:
    finding = examined("invoice", mutated(records("invoice", 200), to("invoiceNumber", by=float)))
    assert said(finding) == [("D49", "invoiceNumber", "notify")]


def test_one_key_for_two_records_is_a_change_but_a_record_read_twice_is_none() -> None:
    window = records("customer", 300)
    window[7]["id"] = window[200]["id"]
    finding = examined("customer", window)
    assert blocking(finding) == [("D57", "id", "quarantine")]
    assert set(finding.aside) == {7, 200}
    window = records("customer", 300)
    again = {**window[7], "version": 9, "email": "new@example.test"}
    assert said(examined("customer", [*window, window[8], again])) == []


def test_where_one_key_is_of_two_records_no_pair_of_that_key_goes_through() -> None:
    window = records("customer", 400)
    window[7]["id"] = window[200]["id"]
    window.append({**window[30], "email": "new@example.test"})
    finding = examined("customer", window)
    assert blocking(finding) == [("D57", "id", "quarantine")]
    assert set(finding.aside) == {7, 200, 30, 400}


def test_the_same_records_under_other_keys_are_known_by_their_content() -> None:
    window = mutated(records("customer", 1500), to("id", by=lambda value: value + 700_000))
    assert ("D59", "id", "hold") in said(examined("customer", window))
    assert said(examined("customer", records("customer", 1000, start=9000, seed=5))) == []


def test_what_filters_or_orders_is_named_by_its_role() -> None:
    finding = examined("invoice", mutated(records("invoice", 200), without("invoiceDate")))
    assert ("filter" in finding.changes[0].used_by) == bool(reliance("invoice").filtered)
    expected = "D58" if ("invoiceDate",) in reliance("invoice").filtered else "D42"
    assert blocking(finding) == [(expected, "invoiceDate", "hold")]


@pytest.mark.parametrize(
    "mutation",
    [
        without("version"),
        to("version", by=str),
        to("version", by=lambda _: None),
        to("displayName", by=lambda v: {"value": v}),
        renamed("displayName", "shown"),
        renamed("overdueNoticeEmail", "overdueNoticeEmail", into="reminders"),
        to("singleCustomerInvoice", by=lambda v: [v]),
        lambda record: record.update(brandNew={"deep": [1, {"deeper": None}]}),
    ],
)
@pytest.mark.parametrize("share", [1.0, 0.05])
def test_what_nobody_uses_never_blocks(mutation: Mutation, share: float) -> None:
    finding = examined("customer", mutated(records("customer", 300), mutation, share))
    assert finding.changes
    assert not blocking(finding)
    assert not any(change.used_by for change in finding.changes)


def test_a_new_field_is_seen_and_named_once() -> None:
    finding = examined(
        "customer",
        mutated(records("customer", 200), lambda record: record.update(extra={"one": 1, "two": 2})),
    )
    assert said(finding) == [("D45", "extra", "go_on")]


def test_evidence_shows_forms_and_no_values() -> None:
    window = mutated(records("invoice", 200), to("invoiceDate", by=_european))
    change = examined("invoice", window).changes[0]
    assert change.evidence["examples"] == ['"99.99.9999"']
    assert (change.evidence["records"], change.evidence["affected"]) == (200, 200)
    window = mutated(records("customer", 200), to("email", by=lambda value: [value]))
    told = str(examined("customer", window).changes[0].to_json())
    assert "@" not in told
    assert "example" not in told.replace("examples", "")


def test_an_accepted_change_is_waived_until_it_is_learnt() -> None:
    window = mutated(records("customer", 300), without("organizationNumber"))
    before = contract("customer")
    change = examined("customer", window).changes[0]
    accepted = before.amended([change])
    assert accepted.version == before.version + 1
    finding = examined("customer", window, contract=accepted)
    assert not blocking(finding)
    known = accepted.learnt_from(finding.observation, reliance=reliance("customer"))
    assert not known.waived
    assert not blocking(examined("customer", window, contract=known))
    assert blocking(examined("customer", mutated(window, without("name")), contract=known))


def test_accepting_a_retype_does_not_accept_its_return() -> None:
    window = mutated(records("customer", 300), to("customerNumber", by=str))
    accepted = contract("customer").amended(list(examined("customer", window).changes))
    seen = examined("customer", window, contract=accepted)
    known = accepted.learnt_from(seen.observation, reliance=reliance("customer"))
    assert not blocking(examined("customer", window, contract=known))
    assert [one[:2] for one in blocking(examined("customer", records("customer", 300), contract=known))] == [
        ("D48", "customerNumber")
    ]


def test_what_is_set_aside_goes_by_the_changes_actions() -> None:
    finding = examined("customer", mutated(records("customer", 400), without("name"), 1 / 200))
    assert {finding.changes[number].action for numbers in finding.aside.values() for number in numbers} == {
        Action.QUARANTINE
    }


def test_a_broken_sum_is_named_at_its_exact_path_with_the_records_that_break_it() -> None:
    def mutation(record: dict[str, Any]) -> None:
        for line in record["orderLines"]:
            line["amountIncludingVatCurrency"] = round(line["amountIncludingVatCurrency"] * 0.8, 2)

    found = examined("invoice", mutated(records("invoice", 300), mutation))
    broken = [change for change in found.changes if change.code == "D65"]
    assert broken
    assert all("[]" in change.path or change.path.startswith("amount") for change in broken)
    assert all(change.action is Action.HOLD for change in broken)


def test_an_amount_in_another_unit_is_one_change_though_no_sum_of_it_holds() -> None:
    known = [one for one in contract("invoice").learnt.sums if one.armed]
    assert any(("amountExcludingVatCurrency",) in one.paths for one in known)
    window = mutated(records("invoice", 300), to("amountExcludingVatCurrency", by=lambda value: value * 100))
    assert blocking(examined("invoice", window)) == [("D63", "amountExcludingVatCurrency", "hold")]


def test_what_statistics_find_is_judged_by_use_and_told_with_numbers() -> None:
    window = mutated(records("invoice", 300), to("amountOutstanding", by=lambda value: value * 1000))
    assert not blocking(examined("invoice", window))  # nobody reads it
    window = mutated(records("invoice", 300), to("amountExcludingVatCurrency", by=lambda value: value * 1000))
    change = next(one for one in examined("invoice", window).changes if one.code == "D63")
    assert (change.path, change.action) == ("amountExcludingVatCurrency", Action.HOLD)
    assert "invoice.total_excluding_tax" in change.used_by
