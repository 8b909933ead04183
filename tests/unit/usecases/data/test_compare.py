from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest

from sluice.errors import ConfigurationInvalid
from sluice.lake.database import Limits, open_lake
from sluice.usecases.data.compare import Comparing, Comparison, compare
from tests.unit.lake.small_lake import SCHEMAS, event_of, keys_of, write

NUMBER = "923609016"
Records = dict[str, list[dict[str, Any]]]
Compare = Callable[..., Comparison]


def address(**fields: str | None) -> dict[str, Any]:
    nothing = dict.fromkeys(("line_1", "line_2", "postal_code", "city", "region", "country"))
    return {**nothing, "line_1": "Storgata 1", "city": "Oslo", "country": "NO", **fields}


@pytest.fixture
def comparing(tmp_path: Path) -> Iterator[Compare]:
    """Compare records by connection, each a dict of fields; source ids are counted from 1."""
    with ExitStack() as stack:

        def held_against(records: Records, entity: str = "customer", **wanted: Any) -> Comparison:
            for connection, held in records.items():
                events = [
                    event_of(entity, connection, str(at), **fields) for at, fields in enumerate(held, start=1)
                ]
                write(tmp_path, keys_of(entity, connection, "fresh"), events)
            schemas = {entity: SCHEMAS[entity]}
            database = stack.enter_context(closing(open_lake(tmp_path, schemas, limits=Limits("500MB", 1))))
            return compare(database, SCHEMAS[entity], Comparing(entity, tuple(records), **wanted))

        yield held_against


def pair(found: Comparison) -> Any:
    return found.told["pairs"][0]


def customer(number: str | None = NUMBER, **fields: Any) -> dict[str, Any]:
    return {"name": "Norlys AS", "organisation_number": number, **fields}


def test_only_here_only_there_equal_and_differing(comparing: Compare) -> None:
    found = comparing({
        "a": [customer("1"), customer("2"), customer("3", email="a@x.example")],
        "b": [customer("2"), customer("3", email="b@x.example"), customer("4")],
    })  # fmt: skip
    assert pair(found)["counts"] == {
        "only_here": 1, "only_there": 1, "in_both": 2, "equal": 1, "differing": 1, "not_compared": 0,
    }  # fmt: skip
    assert pair(found)["only_here"] == [{"key": ["1"], "source_ids": ["1"]}]
    assert pair(found)["only_there"] == [{"key": ["4"], "source_ids": ["3"]}]
    assert pair(found)["differing"] == [{
        "key": ["3"], "here": "3", "there": "2",
        "fields": {"email": {"here": "a@x.example", "there": "b@x.example"}},
    }]  # fmt: skip
    assert pair(found)["by_field"] == {"email": {"differing": 1, "empty_here": 0, "empty_there": 0}}
    assert found.differs


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ({"name": " Norlys AS\t"}, {"name": "Norlys AS"}),
        ({"name": "Bjørgvin Fjordkraft é"}, {"name": unicodedata.normalize("NFD", "Bjørgvin Fjordkraft é")}),
        ({"credit_limit": "100"}, {"credit_limit": "100.00"}),
        ({"phone": None}, {"phone": "  "}),
        ({"organisation_number": "NO 923 609 016 MVA"}, {}),
        ({"created_at": "2020-01-01T00:00:00Z"}, {}),
        ({"department_id": "a/department/1"}, {"department_id": "b/department/7"}),
        ({"extensions": {"x": 1}}, {"extensions": {}}),
        ({"postal_address": address()}, {"postal_address": address(city=" Oslo ", line_2="")}),
        ({"postal_address": None}, {"postal_address": dict.fromkeys(address())}),
    ],
)
def test_the_same_in_other_signs_is_no_difference(comparing: Compare, here: Any, there: Any) -> None:
    found = comparing({"a": [customer(**here)], "b": [customer(**there)]})
    assert pair(found)["counts"]["equal"] == 1
    assert not found.differs


@pytest.mark.parametrize(
    ("here", "there", "expected"),
    [
        ({"name": "Norlys AS"}, {"name": "NORLYS AS"}, {"name": ("Norlys AS", "NORLYS AS")}),
        ({"credit_limit": "100"}, {"credit_limit": "100.5"}, {"credit_limit": ("100", "100.5")}),
        ({"active": True}, {"active": None}, {"active": (True, None)}),
        ({"payment_terms_days": 14}, {"payment_terms_days": 30}, {"payment_terms_days": (14, 30)}),
        (
            {"postal_address": address()},
            {"postal_address": address(city="Moss", country=None)},
            {"postal_address.city": ("Oslo", "Moss"), "postal_address.country": ("NO", None)},
        ),
    ],
)
def test_differences_are_told_field_by_field(
    comparing: Compare, here: Any, there: Any, expected: dict[str, Any]
) -> None:
    found = comparing({"a": [customer(**here)], "b": [customer(**there)]})
    told = pair(found)["differing"][0]["fields"]
    assert {name: (values["here"], values["there"]) for name, values in told.items()} == expected


def test_doubles_are_told_and_not_compared(comparing: Compare) -> None:
    found = comparing({
        "a": [customer("1", email="x@x.example"), customer("1"), customer("2"), customer("2")],
        "b": [customer("1")],
    })  # fmt: skip
    side = found.told["connections"]["a"]
    assert side["doubles"] == [
        {"key": ["1"], "source_ids": ["1", "2"]},
        {"key": ["2"], "source_ids": ["3", "4"]},
    ]
    assert side["counts"] == {
        "records": 4, "without_key": 0, "doubled_keys": 2, "records_of_doubled_keys": 4,
    }  # fmt: skip
    assert pair(found)["counts"]["not_compared"] == 1
    assert pair(found)["only_here"] == [{"key": ["2"], "source_ids": ["3", "4"]}]


def test_records_without_a_key_are_counted_and_listed(comparing: Compare) -> None:
    found = comparing({"a": [customer(None), customer("-"), customer("1")], "b": [customer("1")]})
    assert found.told["connections"]["a"]["without_key"] == ["1", "2"]
    assert found.told["connections"]["a"]["counts"]["without_key"] == 2
    assert not found.differs


def test_each_further_connection_is_held_against_the_first(comparing: Compare) -> None:
    found = comparing({"a": [customer("1")], "b": [customer("1")], "c": [customer("2")]})
    sides = [(one["here"], one["there"], one["counts"]["in_both"]) for one in found.told["pairs"]]
    assert sides == [("a", "b", 1), ("a", "c", 0)]


def test_details_are_limited_and_counts_are_not(comparing: Compare) -> None:
    numbers = [str(at) for at in range(10, 30)]
    found = comparing({"a": [customer(number) for number in numbers], "b": [customer("x")]}, limit=3)
    assert pair(found)["counts"]["only_here"] == 20
    assert [one["key"] for one in pair(found)["only_here"]] == [["10"], ["11"], ["12"]]


def test_a_key_of_several_fields_needs_all_of_them(comparing: Compare) -> None:
    line = {"type": "invoice", "currency": "NOK", "total_including_tax": "10"}
    found = comparing(
        {
            "a": [{**line, "number": "1"}, {**line, "number": "1", "type": "credit_note"}, line],
            "b": [{**line, "number": "1", "total_including_tax": "11"}],
        },
        entity="invoice",
    )
    assert pair(found)["differing"][0]["key"] == ["1", "invoice"]
    assert pair(found)["only_here"] == [{"key": ["1", "credit_note"], "source_ids": ["2"]}]
    assert found.told["connections"]["a"]["without_key"] == ["3"]


def test_a_product_without_a_number_goes_by_its_gtin(comparing: Compare) -> None:
    skrue = {"name": "Skrue", "number": None, "gtin": "7038010000004"}
    found = comparing({"a": [skrue], "b": [skrue]}, entity="product")
    assert pair(found)["counts"]["equal"] == 1


def test_people_are_joined_by_mailbox_whatever_its_case(comparing: Compare) -> None:
    kari, same = {"name": "Kari", "email": "Kari@x.example"}, {"name": "Kari", "email": "kari@X.example"}
    found = comparing({"a": [kari], "b": [same]}, entity="employee")
    assert pair(found)["counts"]["in_both"] == 1


def test_an_entity_whose_name_is_a_word_of_sql(comparing: Compare) -> None:
    order = {"number": "7", "currency": "NOK"}
    assert pair(comparing({"a": [order], "b": [order]}, entity="order"))["counts"]["equal"] == 1


def test_hours_are_joined_by_what_is_asked_for(comparing: Compare) -> None:
    hours = {"date": "2026-11-01", "hours": "7.5", "description": "Montasje"}
    records = {"a": [hours], "b": [{**hours, "billable": True}]}
    with pytest.raises(ConfigurationInvalid, match="no default key"):
        comparing(records, entity="time_entry")
    found = comparing(records, entity="time_entry", by=("date", "hours", "description"))
    assert list(pair(found)["differing"][0]["fields"]) == ["billable"]


@pytest.mark.parametrize("connections", [("a",), ("a", "a"), ("a", "z"), ()])
def test_two_known_connections_are_needed(
    comparing: Compare, connections: tuple[str, ...], tmp_path: Path
) -> None:
    comparing({"a": [customer()], "b": [customer()]})
    with (
        closing(open_lake(tmp_path, {"customer": SCHEMAS["customer"]})) as database,
        pytest.raises(ConfigurationInvalid),
    ):
        compare(database, SCHEMAS["customer"], Comparing("customer", connections))
