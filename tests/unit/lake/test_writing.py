"""What a row of the lake says of an event: for every entity, at the edges of types, and whatever came."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sluice.bootstrap.documents import catalog
from sluice.lake.columns import Kind, fields_of, stored
from sluice.lake.writing import parquet_of
from tests.effort import examples, thorough

pytestmark = thorough

MODEL = catalog().canonical
SCHEMA: dict[str, Any] = {
    "properties": {
        "source_id": {"type": "string"},
        "name": {"type": ["string", "null"]},
        "active": {"type": ["boolean", "null"]},
        "row": {"type": ["integer", "null"]},
        "amount": {"type": ["string", "null"], "format": "decimal"},
        "date": {"type": ["string", "null"], "format": "date"},
        "created_at": {"type": ["string", "null"], "format": "date-time"},
        "lines": {"type": "array", "items": {"type": "object"}},
    }
}
GIVEN: dict[Kind, tuple[Any, Any]] = {
    Kind.TEXT: ("Ærlig & sønn 🙂", "Ærlig & sønn 🙂"),
    Kind.BOOLEAN: (True, True),
    Kind.INTEGER: (2**63 - 1, 2**63 - 1),
    Kind.DECIMAL: ("-1234567890.123456789", Decimal("-1234567890.123456789")),
    Kind.DATE: ("2026-02-28", date(2026, 2, 28)),
    Kind.MOMENT: ("2026-02-28T23:59:59.123456Z", datetime(2026, 2, 28, 23, 59, 59, 123456)),  # noqa: DTZ001
    Kind.JSON: ([{"amount": "1.10"}], None),
}
"""For each type what is published and what its column says."""


def event(data: dict[str, Any], **more: Any) -> dict[str, Any]:
    told = {"type": "thing.upserted", "connection": "acme", "connector": "toy", "entityversion": 1}
    moment = {"id": "e1", "time": "2026-11-22T10:00:00Z"}
    return {"specversion": "1.0", **told, **moment, "data": {"source_id": "1", **data}, **more}


def read(data: bytes, folder: Path) -> list[dict[str, Any]]:
    """Return the rows of a file, as DuckDB reads it."""
    file = folder / "read.parquet"
    file.write_bytes(data)
    with duckdb.connect() as database:
        found = database.execute("SELECT * FROM read_parquet(?)", [str(file)])
        names = [name for name, *_ in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def types_of(data: bytes, folder: Path) -> dict[str, str]:
    file = folder / "typed.parquet"
    file.write_bytes(data)
    with duckdb.connect() as database:
        found = database.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(file)]).fetchall()
    return {name: kind for name, kind, *_ in found}


@pytest.mark.parametrize("entity", MODEL.names())
def test_every_field_of_an_entity_has_its_type_and_value(entity: str, tmp_path: Path) -> None:
    schema = MODEL.entity(entity).schema
    fields = fields_of(schema)
    data = {field.name: GIVEN[field.kind][0] for field in fields} | {"source_id": "7"}
    written = parquet_of([event(data, type=f"{entity}.upserted")], schema)
    assert types_of(written, tmp_path) == {column.name: column.kind.duckdb for column in stored(schema)}
    [row] = read(written, tmp_path)
    wanted = {field.name: GIVEN[field.kind][1] for field in fields if field.kind is not Kind.JSON}
    assert {name: row[name] for name in wanted} == wanted | {"source_id": "7"}
    assert json.loads(row["record"]) == data


def test_what_an_event_says_is_in_its_row(tmp_path: Path) -> None:
    more = {"id": "ab12", "entityversion": 3, "time": "2026-01-31T22:59:59.5Z", "connection": "acme-2"}
    [row] = read(parquet_of([event({"name": "A"}, **more)], SCHEMA), tmp_path)
    moment = datetime(2026, 1, 31, 22, 59, 59, 500_000, tzinfo=UTC).replace(tzinfo=None)
    assert list(row.values())[:6] == ["ab12", 3, moment, "acme-2", "toy", False]
    assert row["name"] == "A"


def test_a_deleted_record_keeps_its_ids_and_nothing_else(tmp_path: Path) -> None:
    [row] = read(parquet_of([event({}, type="thing.deleted")], SCHEMA), tmp_path)
    assert row["deleted"] is True
    assert (row["source_id"], row["record"]) == ("1", '{"source_id":"1"}')
    assert {row[name] for name in ("name", "active", "row", "amount", "date", "created_at")} == {None}


@pytest.mark.parametrize(
    ("field", "value", "wanted"),
    [
        ("amount", "99999999999999999999999999999.999999999", Decimal("9" * 29 + "." + "9" * 9)),
        ("amount", "100000000000000000000000000000", None),
        ("amount", "-100000000000000000000000000000.1", None),
        ("amount", "0.00000000051", Decimal("0.000000001")),
        ("amount", "1e5", None),
        ("amount", 12, Decimal(12)),
        ("amount", "", None),
        ("row", -(2**63), -(2**63)),
        ("row", 2**63, None),
        ("row", 1.7, None),
        ("row", "x", None),
        ("date", "0001-01-01", date(1, 1, 1)),
        ("date", "9999-12-31", date(9999, 12, 31)),
        ("date", "2026-02-30", None),
        ("date", "infinity", None),
        ("created_at", "9999-12-31T23:59:59Z", datetime(9999, 12, 31, 23, 59, 59)),  # noqa: DTZ001
        ("created_at", "2026-11-22T10:00:00+02:00", None),
        ("created_at", "2026-11-22T25:00:00Z", None),
        ("created_at", "infinity", None),
        ("created_at", "2026-11-22", None),
        ("active", "yes", None),
        ("active", [True], None),
        ("name", "a\x00b\ufffe\n'\"", "a\x00b\ufffe\n'\""),
        ("name", "", ""),
        ("name", None, None),
    ],
)
def test_what_a_column_cannot_take_is_null_there_and_whole_in_the_record(
    field: str, value: Any, wanted: Any, tmp_path: Path
) -> None:
    [row] = read(parquet_of([event({field: value})], SCHEMA), tmp_path)
    assert row[field] == wanted
    assert json.loads(row["record"]) == {"source_id": "1", field: value}


def test_a_field_that_the_schema_does_not_know_stays_in_the_record(tmp_path: Path) -> None:
    [row] = read(parquet_of([event({"colour": "red"})], SCHEMA), tmp_path)
    assert "colour" not in row
    assert json.loads(row["record"])["colour"] == "red"


def test_no_canonical_field_has_the_name_of_a_column_of_events() -> None:
    for entity in MODEL.names():
        names = [column.name for column in stored(MODEL.entity(entity).schema)]
        assert len(set(names)) == len(names), entity


def test_rows_are_in_the_order_of_the_events(tmp_path: Path) -> None:
    events = [event({"row": place}, id=f"{place:032x}") for place in range(5_000)]
    rows = read(parquet_of(events, SCHEMA), tmp_path)
    assert [row["row"] for row in rows] == list(range(5_000))


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.sampled_from(["name", "active", "row", "amount", "date", "created_at", "lines", "colour"])


@settings(deadline=None, max_examples=examples(50))
@given(records=st.lists(st.dictionaries(FIELDS, JSON), min_size=1, max_size=5))
def test_whatever_a_record_holds_is_written_and_read_as_it_was(
    records: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("lake")
    rows = read(parquet_of([event(record) for record in records], SCHEMA), folder)
    assert [json.loads(row["record"]) for row in rows] == [{"source_id": "1", **record} for record in records]
