"""Fields that stand elsewhere: what is believed, what is not, and the words for it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.contract.streams import Record, examined, mutated, records, renamed, said, without


def _suggestions(window: list[Record], stream: str = "customer") -> list[tuple[str, str, str]]:
    found = (change.evidence.get("suggestion") for change in examined(stream, window).changes)
    return [(one["kind"], one["from"], one["to"]) for one in found if one]


@pytest.mark.parametrize("share", [1.0, 0.2, 0.02])
def test_a_rename_is_proven_by_records_known_from_before(share: float) -> None:
    window = mutated(records("customer", 500), renamed("organizationNumber", "enterpriseId"), share)
    assert _suggestions(window) == [("rename", "organizationNumber", "enterpriseId")]


def test_the_proof_is_put_into_words_with_numbers() -> None:
    window = mutated(records("customer", 500), renamed("phoneNumber", "telefon"))
    because = examined("customer", window).changes[0].evidence["suggestion"]["because"]
    assert because.endswith("records known from before have their former value under the new name")
    assert int(because.split()[0]) >= 3


def test_a_rename_is_believed_of_records_never_seen_by_the_look_of_the_values() -> None:
    window = mutated(records("customer", 300, start=9000, seed=4), renamed("phoneNumber", "telephoneNumber"))
    assert _suggestions(window) == [("rename", "phoneNumber", "telephoneNumber")]


def test_two_renames_at_once_are_told_apart() -> None:
    def mutation(record: Record) -> None:
        record["mail"], record["billingMail"] = record.pop("email"), record.pop("invoiceEmail")
        record["orgNo"] = record.pop("organizationNumber")

    pairs = _suggestions(mutated(records("customer", 500), mutation))
    assert ("rename", "organizationNumber", "orgNo") in pairs
    assert len({to for _, _, to in pairs}) == len(pairs)


def test_moves_into_and_out_of_an_object() -> None:
    into = mutated(records("customer", 300), renamed("email", "mail", into="contact"))
    assert _suggestions(into) == [("move", "email", "contact.mail")]
    assert said(examined("customer", into)) == [("D46", "email", "hold")]

    def out(record: Record) -> None:
        if record["postalAddress"]:
            record["city"] = record["postalAddress"].pop("city")

    window = mutated(records("customer", 300), out)
    assert _suggestions(window) == [("move", "postalAddress.city", "city")]


def test_fields_of_list_elements_are_renamed_inside_their_list() -> None:
    def mutation(record: Record) -> None:
        for line in record["orderLines"]:
            line["quantity"] = line.pop("count")

    window = mutated(records("invoice", 200), mutation)
    assert _suggestions(window, "invoice") == [("rename", "orderLines[].count", "orderLines[].quantity")]


def test_an_object_is_known_again_by_its_fields() -> None:
    window = mutated(records("customer", 200, start=8000, seed=3), renamed("postalAddress", "mailing"))
    assert _suggestions(window) == [("rename", "postalAddress", "mailing")]


@pytest.mark.parametrize(
    "added",
    [{"sum": 12.5}, {"sentAt": "2026-01-31T12:00:00Z"}, {"list": [1]}, {"flag": True}, {}],
)
def test_a_field_that_is_just_gone_is_not_found_elsewhere(added: dict[str, Any]) -> None:
    def mutation(record: Record) -> None:
        del record["organizationNumber"]
        record.update(added)

    window = mutated(records("customer", 300), mutation)
    assert _suggestions(window) == []
    assert said(examined("customer", window))[0] == ("D42", "organizationNumber", "hold")


def test_a_key_under_another_name_is_named() -> None:
    window = mutated(records("customer", 200), renamed("id", "customerId"))
    assert _suggestions(window) == [("rename", "id", "customerId")]
    assert said(examined("customer", mutated(records("customer", 200), without("id")))) == [
        ("D57", "id", "hold")
    ]
