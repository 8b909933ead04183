from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sluice.lake.database import Contents, Limits, open_lake
from sluice.lake.views import View
from tests.effort import examples, thorough
from tests.unit.lake.small_lake import SCHEMAS, event_of, keys_of, write

pytestmark = thorough

CUSTOMER = {"customer": SCHEMAS["customer"]}


@contextmanager
def lake(folder: Path, *entities: str) -> Iterator[duckdb.DuckDBPyConnection]:
    schemas = {entity: SCHEMAS[entity] for entity in entities or ("customer",)}
    with closing(open_lake(folder, schemas, limits=Limits("500MB", 1))) as database:
        yield database


def rows(database: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    return database.execute(sql).fetchall()


def test_current_state_is_the_newest_version_whatever_file_has_it(tmp_path: Path) -> None:
    write(tmp_path, keys_of("customer", "a", None), [
        event_of("customer", "a", "1", 2, name="Two"), event_of("customer", "a", "2", 1, name="Old"),
    ])  # fmt: skip
    write(tmp_path, keys_of("customer", "a", "fresh"), [
        event_of("customer", "a", "2", 2, name="New"), event_of("customer", "a", "1", 1, name="One"),
    ])  # fmt: skip
    write(tmp_path, keys_of("customer", "b", "fresh"), [event_of("customer", "b", "1", 1, name="Other's")])
    with lake(tmp_path) as database:
        found = rows(database, "SELECT connection, source_id, name FROM customer ORDER BY ALL")
    assert found == [("a", "1", "Two"), ("a", "2", "New"), ("b", "1", "Other's")]


def test_a_deleted_record_is_in_the_history_only_until_it_comes_back(tmp_path: Path) -> None:
    gone = [event_of("customer", "a", "1", 1, name="Was"), event_of("customer", "a", "1", 2, gone=True)]
    write(tmp_path, keys_of("customer", "a", "fresh"), gone)
    with lake(tmp_path) as database:
        assert rows(database, "FROM customer") == []
        history = rows(database, "SELECT event_version, deleted, name FROM customer_history ORDER BY 1")
        assert history == [(1, False, "Was"), (2, True, None)]
    write(tmp_path, keys_of("customer", "a", "fresh"), [event_of("customer", "a", "1", 3, name="Is")])
    with lake(tmp_path) as database:
        assert rows(database, "SELECT name FROM customer") == [("Is",)]


def test_the_history_has_each_event_once_though_files_have_it_again(tmp_path: Path) -> None:
    events = [event_of("customer", "a", str(number), 1, name="N") for number in range(20)]
    later = [event_of("customer", "a", "3", 1, name="N", time="2026-12-01T00:00:00Z")]
    for part, some in (
        ("2026-11", events),
        ("2026-11", events[:5]),
        ("fresh", events[10:]),
        ("fresh", later),
    ):
        write(tmp_path, keys_of("customer", "a", part), some)
    with lake(tmp_path) as database:
        assert rows(database, "SELECT count(*), count(DISTINCT event_id) FROM customer_history") == [(20, 20)]
        first = rows(database, "SELECT event_time FROM customer_history WHERE source_id = '3'")
    assert first == [(datetime(2026, 11, 20, 10),)]  # noqa: DTZ001 - the column is UTC without saying so


def test_compacted_events_are_not_counted_twice_in_current_state(tmp_path: Path) -> None:
    events = [event_of("customer", "a", str(number), 1, name="N") for number in range(3)]
    for part in ("2026-11", None, None, "fresh"):
        write(tmp_path, keys_of("customer", "a", part), events)
    with lake(tmp_path) as database:
        assert rows(database, "SELECT count(*) FROM customer") == [(3,)]


def test_columns_have_their_types_and_lists_are_json(tmp_path: Path) -> None:
    line = {"quantity": "7.5", "description": "Work"}
    event = event_of(
        "invoice", "a", "1", 1, issue_date="2026-11-01", total_including_tax="1250.10", lines=[line, line],
        created_at="2026-11-01T08:00:00Z", currency="NOK", extensions={"voucher": 7},
    )  # fmt: skip
    write(tmp_path, keys_of("invoice", "a", "fresh"), [event])
    with lake(tmp_path, "invoice") as database:
        [found] = rows(database, "SELECT issue_date, total_including_tax, created_at, lines FROM invoice")
        assert found[:3] == (date(2026, 11, 1), Decimal("1250.1"), datetime(2026, 11, 1, 8))  # noqa: DTZ001
        assert json.loads(found[3]) == [line, line]
        inside = "SELECT lines->0->>'quantity', extensions->>'voucher', record->>'currency' FROM invoice"
        assert rows(database, inside) == [("7.5", "7", "NOK")]
        assert rows(database, "SELECT record->>'total_including_tax' FROM invoice") == [("1250.10",)]


def test_a_list_that_the_erp_does_not_tell_is_null(tmp_path: Path) -> None:
    events = [
        event_of("invoice", "a", "1", lines=None),
        event_of("invoice", "a", "2", lines=[]),
        event_of("invoice", "a", "3", gone=True),
    ]
    write(tmp_path, keys_of("invoice", "a", "fresh"), events)
    with lake(tmp_path, "invoice") as database:
        found = rows(database, "SELECT source_id, lines FROM invoice_history ORDER BY 1")
    assert found == [("1", None), ("2", "[]"), ("3", None)]


@pytest.mark.parametrize("entity", SCHEMAS)
def test_a_table_without_files_is_empty_and_has_the_columns_of_a_full_one(
    tmp_path: Path, entity: str
) -> None:
    with lake(tmp_path, entity) as database:
        empty = [rows(database, f'DESCRIBE "{view.name}"') for view in (View(entity), View(entity, True))]
        assert rows(database, f'FROM "{entity}"') == []
    write(tmp_path, keys_of(entity, "a", "fresh"), [event_of(entity, "a", "1")])
    with lake(tmp_path, entity) as database:
        full = [rows(database, f'DESCRIBE "{view.name}"') for view in (View(entity), View(entity, True))]
    assert empty == full
    assert [row[0] for row in full[1]][:6] == [
        "event_id", "event_version", "event_time", "connection", "connector", "deleted",
    ]  # fmt: skip
    names = [row[0] for row in full[0]]
    assert "deleted" not in names
    assert names[-1] == "record"
    assert set(SCHEMAS[entity]["properties"]) < set(names)


def test_a_field_that_older_files_lack_or_have_as_another_type_is_null_there(tmp_path: Path) -> None:
    write(tmp_path, keys_of("customer", "a", "fresh"), [event_of("customer", "a", "1", name="New")])
    old = write(tmp_path, keys_of("customer", "a", "fresh"), [event_of("customer", "a", "2", name="Old")])
    with closing(duckdb.connect()) as database:
        taken = "SELECT * EXCLUDE (email) REPLACE ('x' AS created_at) FROM read_parquet($1)"
        database.execute(f"CREATE TABLE t AS {taken}", [str(old)])
        database.execute(f"COPY t TO '{old}' (FORMAT parquet)")
    with lake(tmp_path) as database:
        found = rows(database, "SELECT name, email, created_at FROM customer ORDER BY name")
        kinds = {row[0]: row[1] for row in rows(database, "DESCRIBE customer")}
    assert found == [("New", None, None), ("Old", None, None)]
    assert kinds["created_at"] == "TIMESTAMP"


def test_only_the_views_and_files_that_are_named_are_there(tmp_path: Path) -> None:
    write(tmp_path, keys_of("customer", "a", "fresh"), [event_of("customer", "a", "1", name="N")])
    contents = Contents([View("customer")], [])
    with closing(open_lake(tmp_path, CUSTOMER, contents)) as database:
        assert rows(database, "FROM customer") == []
        with pytest.raises(duckdb.CatalogException):
            rows(database, "FROM customer_history")


PARTS = st.sampled_from(["fresh", "2026-11", None])
EVENTS = st.tuples(st.sampled_from(["a", "b"]), st.integers(0, 6), st.integers(1, 4))


@pytest.mark.thorough(most=0)
@settings(max_examples=examples(25), deadline=None)
@given(st.lists(st.tuples(PARTS, st.lists(EVENTS, min_size=1, max_size=12)), min_size=1, max_size=6))
def test_both_tables_are_what_a_comparison_of_all_rows_gives(
    tmp_path_factory: pytest.TempPathFactory, files: list[tuple[str | None, list[Any]]]
) -> None:
    folder = tmp_path_factory.mktemp("lake")
    newest: dict[tuple[str, str], dict[str, Any]] = {}
    ids: set[str] = set()
    for part, drawn in files:
        for connection in "ab":
            events = [
                # A version is one event: whether it is gone follows from it, as it does in a history.
                event_of(
                    "customer",
                    one,
                    str(number),
                    version,
                    gone=(number + version) % 4 == 0,
                    name=f"v{version}",
                )
                for one, number, version in drawn
                if one == connection
            ]
            if not events:
                continue
            write(folder, keys_of("customer", connection, part), events)
            ids |= {event["id"] for event in events if part is not None}
            for event in events if part is None or part == "fresh" else []:
                key = (connection, event["subject"])
                if event["entityversion"] > newest.get(key, {"entityversion": 0})["entityversion"]:
                    newest[key] = event
    there = {key: event["id"] for key, event in newest.items() if event["type"] == "customer.upserted"}
    with lake(folder) as database:
        found = rows(database, "SELECT connection, source_id, event_id FROM customer")
        assert sorted(found) == sorted((*key, event) for key, event in there.items())
        history = rows(database, "SELECT event_id FROM customer_history")
        assert sorted(event for (event,) in history) == sorted(ids)
        for key, event in there.items():
            one = "SELECT event_id FROM customer WHERE connection = $1 AND source_id = $2"
            assert database.execute(one, list(key)).fetchall() == [(event,)]
        page = rows(database, "SELECT * FROM customer WHERE event_version > 1 ORDER BY id DESC LIMIT 3")
        wanted = sorted((f"{key[0]}/customer/{key[1]}" for key, e in newest.items()
                         if key in there and e["entityversion"] > 1), reverse=True)[:3]  # fmt: skip
        assert [row[5] for row in page] == wanted
