from __future__ import annotations

import pytest

from tests.unit.cli.conftest import Terminal
from tests.unit.lake.small_lake import event_of, keys_of, put

NUMBER = "923609016"
BOTH = ("--connections", "acme, beta")


@pytest.fixture
def lake(terminal: Terminal) -> Terminal:
    """Give the command line a lake: two customers of acme, two of beta, of whom one is the same."""
    objects = terminal.rig.world.objects
    put(objects, keys_of("customer", "acme", "fresh"), [
        event_of("customer", "acme", "1", name="Norlys AS", organisation_number=NUMBER, email="a@x.example"),
        event_of("customer", "acme", "2", name="Kaffebaren AS", organisation_number="974760673"),
    ])  # fmt: skip
    put(objects, keys_of("customer", "beta", "fresh"), [
        event_of("customer", "beta", "7", name="NORLYS", organisation_number=f"NO{NUMBER}MVA"),
        event_of("customer", "beta", "8", name="Ukjent AS"),
    ])  # fmt: skip
    return terminal


def test_compare_tells_counts_first_then_details(lake: Terminal) -> None:
    said = lake("data", "compare", "--entity", "customer", *BOTH)
    assert said.code == 0
    assert said.out.index("differing") < said.out.index("a@x.example")
    assert "without a key in beta" in said.out
    assert "only in acme" in said.out
    assert "organisation_number" in said.err


def test_compare_as_json_by_what_is_asked_for(lake: Terminal) -> None:
    arguments = ("--entity", "customer", *BOTH, "--by", "source_id", "--fields", "name,email", "--json")
    told = lake("data", "compare", *arguments).json
    assert told["key"]["fields"] == ["source_id"]
    assert told["fields"] == ["name", "email"]
    assert told["pairs"][0]["counts"]["only_here"] == 2


def test_a_difference_fails_only_where_that_is_asked_for(lake: Terminal) -> None:
    arguments = ("data", "compare", "--entity", "customer", *BOTH, "--json")
    assert lake(*arguments).code == 0
    assert lake(*arguments, "--fail-on-difference").code == 1
    same = ("--fields", "organisation_number", "--by", "organisation_number")
    assert lake(*arguments, *same).json["pairs"][0]["counts"]["equal"] == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("compare", "--entity", "customer", "--connections", "acme"), "right would be 2 or more"),
        (("compare", "--entity", "customer", "--connections", "acme,gamma"), "it has of: acme, beta"),
        (("compare", "--entity", "customer", *BOTH, "--by", "nmae"), "name"),
        (("compare", "--entity", "time_entry", *BOTH), "--by"),
        (("compare", "--entity", "planet", *BOTH), "planet"),
        (("match", "--connections", "gamma"), "it has of: acme, beta"),
        (("match", "--connections", ""), "right would be 1 or more"),
        (("match", "--entity", "invoice", *BOTH), "customer"),
        (("match", "--threshold", "nan", *BOTH), "nan is no score; right would be 0.01 to 1"),
    ],
)
def test_wrong_use_says_what_would_be_right(lake: Terminal, arguments: tuple[str, ...], words: str) -> None:
    said = lake("data", *arguments)
    assert said.code == 2
    assert words in said.err


def test_match_shows_groups_with_reasons(lake: Terminal) -> None:
    said = lake("data", "match", *BOTH)
    assert said.code == 0
    assert "same organisation number 923609016" in said.out
    assert "no pair is in doubt" in said.err


def test_match_as_json_and_limited(lake: Terminal) -> None:
    told = lake("data", "match", *BOTH, "--json").json
    assert told["counts"]["pairs_by_rule"] == {"organisation_number": 1}
    assert [record["source_id"] for record in told["groups"][0]["records"]] == ["1", "7"]
    assert lake("data", "match", *BOTH, "--json", "--limit", "0").json["groups"] == []
