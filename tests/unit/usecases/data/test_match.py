from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from sluice.errors import ConfigurationInvalid
from sluice.lake.database import Limits, open_lake
from sluice.lake.presence import Database
from sluice.usecases.data.match import match
from tests.unit.lake.small_lake import SCHEMAS, event_of, keys_of, write

NUMBER, OTHER_NUMBER = "923609016", "974760673"
OSLO = dict.fromkeys(("line_2", "region")) | {
    "line_1": "Storgata 1", "postal_code": "0150", "city": "Oslo", "country": "NO",
}  # fmt: skip


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    write(tmp_path, keys_of("customer", "a", "fresh"), [
        event_of("customer", "a", "1", name="Norlys AS", organisation_number=NUMBER, phone="22334455"),
        event_of("customer", "a", "2", name="Norlys", postal_address=OSLO),
        event_of("customer", "a", "3", name="Kaffebaren AS"),
    ])  # fmt: skip
    write(tmp_path, keys_of("customer", "b", "fresh"), [
        event_of("customer", "b", "1", name="NORLYS A/S", vat_number=f"NO{NUMBER}MVA", postal_address=OSLO),
        event_of("customer", "b", "2", name="Norlys AS", organisation_number=OTHER_NUMBER, phone="22334455"),
    ])  # fmt: skip
    write(tmp_path, keys_of("customer", "c", "fresh"), [event_of("customer", "c", "1", name="Norlys AS")])
    with closing(open_lake(tmp_path, {"customer": SCHEMAS["customer"]}, limits=Limits("500MB", 1))) as opened:
        yield opened


def test_groups_have_records_doubles_scores_and_reasons(database: Database) -> None:
    found = match(database, "customer", ("a", "b"))
    (group,) = found.groups()
    assert [(one["connection"], one["source_id"]) for one in group["records"]] == [
        ("a", "1"),
        ("a", "2"),
        ("b", "1"),
    ]
    assert group["doubles"] == {"a": ["1", "2"]}
    assert {pair["rule"] for pair in group["pairs"]} == {"organisation_number", "name_and_address"}
    assert all(pair["reasons"] for pair in group["pairs"])
    assert group["score"] == min(pair["score"] for pair in group["pairs"])
    assert found.counts() == {
        "records": {"a": 3, "b": 2},
        "groups": 1,
        "groups_with_doubles": 1,
        "pairs": 2,
        "pairs_by_rule": {"name_and_address": 1, "organisation_number": 1},
        "to_look_at": 1,
        "compared": found.matches.looked_at,
        "left_out_of_large_blocks": {},
    }


def test_what_is_in_doubt_says_why(database: Database) -> None:
    (doubt,) = match(database, "customer", ("a", "b")).to_look_at()
    assert [one["source_id"] for one in doubt["records"]] == ["1", "2"]
    assert doubt["not_joined"] == "below the threshold"
    assert doubt["reasons"][0].startswith(f"other organisation number: {NUMBER} and {OTHER_NUMBER}")


def test_only_the_connections_that_were_asked_for(database: Database) -> None:
    found = match(database, "customer", ("a",))
    assert found.counts()["records"] == {"a": 3}


def test_a_lower_threshold_joins_more(database: Database) -> None:
    joined = [match(database, "customer", ("a", "c"), least).counts()["pairs"] for least in (0.3, 0.99)]
    assert joined == [3, 0]


@pytest.mark.parametrize(
    ("entity", "connections"),
    [("invoice", ("a",)), ("customer", ("a", "z")), ("customer", ()), ("customer", ("a", "a"))],
)
def test_what_cannot_be_matched_is_refused(
    database: Database, entity: str, connections: tuple[str, ...]
) -> None:
    with pytest.raises(ConfigurationInvalid):
        match(database, entity, connections)
