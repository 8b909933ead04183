"""A search is made once for a page and the number of all, and leaves nothing behind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from sluice.errors import ConfigurationInvalid
from sluice.lake.database import open_lake
from sluice.lake.pages import Leaf, Order, count, page
from sluice.lake.presence import Database
from sluice.lake.selecting import Condition, Selection
from tests.unit.lake.small_lake import SCHEMAS, event_of, keys_of, write

SCHEMA = SCHEMAS["customer"]
SEARCHES = (Selection(text="lys"), Selection(conditions=(Condition("name", "contains", ("Lys",)),)))


class Listening:
    """A database that remembers what it was asked."""

    def __init__(self, database: Database) -> None:
        self.asked: list[str] = []
        self._database = database

    def execute(self, sql: str, *more: Any) -> Database:
        self.asked.append(sql)
        return self._database.execute(sql, *more)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    names = ("Lys", None, "Norlys", "Kraft", "LYS" * 40)
    events = [event_of("customer", "acme", str(at), name=name) for at, name in enumerate(names)]
    write(tmp_path, keys_of("customer", "acme", "fresh"), events)
    found = open_lake(tmp_path, {"customer": SCHEMA})
    yield found
    found.close()


@pytest.mark.parametrize("selection", SEARCHES)
def test_a_search_is_made_once(database: Database, selection: Selection) -> None:
    listening = Listening(database)
    wanted = Leaf(selection, Order("name"), ("name",), limit=1, total=True)
    found = page(cast("Database", listening), "customer", SCHEMA, wanted)
    assert (len(found.items), found.total) == (1, 3)
    assert sum("contains(" in sql for sql in listening.asked) == 1
    assert database.execute("SELECT table_name FROM duckdb_tables()").fetchall() == []


def test_a_search_that_goes_wrong_leaves_nothing_either(database: Database) -> None:
    wrong = Leaf(Selection(text="lys"), Order("nothing"))
    with pytest.raises(ConfigurationInvalid):
        page(database, "customer", SCHEMA, wrong)
    assert database.execute("SELECT table_name FROM duckdb_tables()").fetchall() == []
    assert page(database, "customer", SCHEMA, Leaf(Selection(text="lys"), total=True)).total == 3


@pytest.mark.parametrize("selection", [*SEARCHES, Selection(), Selection(("nobody",)), Selection(text="%")])
def test_a_page_counts_as_count_does(database: Database, selection: Selection) -> None:
    total = page(database, "customer", SCHEMA, Leaf(selection, total=True)).total
    assert total == count(database, "customer", SCHEMA, selection)
    assert page(database, "customer", SCHEMA, Leaf(selection)).total is None
