from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from sluice.lake.database import Limits, open_lake
from sluice.lake.reconciling.sides import Sides, sides_of
from sluice.lake.reconciling.sums import SHAPES
from tests.unit.lake.small_lake import SCHEMAS, event_of, keys_of, record_of, write

AMOUNT = "12345678901234567890.123456789"
"""More than a float can tell from its neighbours."""
HELD = {
    "1": {"issue_date": "2026-11-01", "currency": "NOK", "total_including_tax": AMOUNT},
    "2": {"issue_date": "2026-11-02", "currency": "NOK", "total_including_tax": "0.1234567891"},
    "3": {"issue_date": "2026-11-02", "currency": "NOK", "total_including_tax": "9" * 40},
    "4": {},
}  # fmt: skip


@pytest.fixture
def sides(tmp_path: Path) -> Iterator[Sides]:
    """A lake with the records above, and one of another connection."""
    for connection, held in (("acme", HELD), ("globex", {"1": HELD["2"]})):
        events = [event_of("invoice", connection, name, **fields) for name, fields in held.items()]
        write(tmp_path, keys_of("invoice", connection, "fresh"), events)
    with closing(open_lake(tmp_path, {"invoice": SCHEMAS["invoice"]}, limits=Limits("500MB", 1))) as database:
        with sides_of(database, "invoice", SHAPES["invoice"], "acme") as made:
            yield made
        assert database.execute("SELECT count(*) FROM duckdb_tables()").fetchone() == (0,)


def read(name: str, **fields: Any) -> tuple[dict[str, Any], bool]:
    return record_of("invoice", "acme", name, **{**HELD[name], **fields}), False


def test_the_same_records_are_equal_whatever_their_amounts(sides: Sides) -> None:
    sides.add([read(name) for name in HELD])
    sides.pair()
    assert sides.counts() == {}
    assert sides.sums("lake", "2026-01") == sides.sums("erp", "2026-01")
    assert sides.sums("erp", "2026-01")["2026-11", "NOK"].records == 3


def test_sums_are_exact(sides: Sides) -> None:
    sides.add([read("1"), read("2", total_including_tax="0.1")])
    sides.pair()
    november = sides.sums("erp", "2026-11")["2026-11", "NOK"]
    told = november.to_json(sides.shape)
    assert told["total_including_tax"] == "12345678901234567890.223456789"


def test_a_record_that_has_nothing_is_missed_all_the_same(sides: Sides) -> None:
    sides.add([read(name) for name in ("1", "2", "3")])
    sides.pair()
    ((only,),) = sides.differences(5).values()
    assert (only.source_id, only.kind) == ("4", "only_in_lake")


def test_of_an_id_met_twice_the_later_holds(sides: Sides) -> None:
    sides.add([read(name) for name in HELD if name != "1"])
    sides.add([read("1", total_including_tax="1")])
    sides.add([read("1")])
    sides.pair()
    assert sides.counts() == {}
