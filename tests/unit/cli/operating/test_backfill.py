"""`sluice backfill`: what it starts, and what it says to keys that cannot be."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from sluice.registry.catalog import Catalog
from tests.flows.backfill.ranging import RangedDocuments
from tests.unit.cli.conftest import Terminal


@pytest.fixture
def ranged(terminal: Terminal) -> Terminal:
    terminal.rig.world = replace(terminal.rig.world, catalog=Catalog(RangedDocuments()))
    return terminal


def test_ranges_of_keys_are_given_to_the_execution(ranged: Terminal) -> None:
    said = ranged(
        "backfill", "start", "acme", "customer", "--keys", "-10:5000000", "--size", "100000", "--json"
    )
    assert said.code == 0
    payload = ranged.rig.world.backfills.payload(said.json["run"])  # type: ignore[attr-defined]
    assert payload == {
        "connection": "acme",
        "stream": "customer",
        "keys": [-10, 5_000_000],
        "size": 100_000,
        "trigger": "backfill",
    }


@pytest.mark.parametrize(
    ("stream", "given", "words"),
    [
        (
            "customer",
            ["--keys", "0-5", "--size", "10"],
            "0-5 is no span of keys; should be such as 0:5000000",
        ),
        ("customer", ["--keys", "0:", "--size", "10"], "should be such as 0:5000000"),
        ("customer", ["--keys", "0:90", "--size", "0"], "'--size': 0 is not in the range"),
        ("customer", ["--keys", "0:90"], "--keys and --size go together"),
        ("customer", ["--keys", "0:9000", "--size", "1"], "9000 ranges; at most 4000"),
        ("customer", ["--keys", "9:1", "--size", "1"], "the lower one first"),
        ("department", ["--keys", "0:90", "--size", "9"], "department is not read in ranges of keys"),
    ],
)
def test_keys_that_cannot_be_are_wrong_use(
    ranged: Terminal, stream: str, given: list[str], words: str
) -> None:
    said = ranged("backfill", "start", "acme", stream, *given)
    assert (said.code, words in said.err) == (2, True), said.err
