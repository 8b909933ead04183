"""Files of another day's model are compacted too, and what is written is sorted and can be read alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from sluice.lake.columns import EVENT_COLUMNS, RECORD, Column, Kind
from sluice.lake.compacting import Compacting

COLUMNS = (
    *EVENT_COLUMNS,
    Column("source_id", Kind.TEXT),
    Column("name", Kind.TEXT),
    Column("hours", Kind.DECIMAL),
    RECORD,
)
EVENT = (
    "'{id}' AS event_id, {version}::BIGINT AS event_version, TIMESTAMP '{time}' AS event_time, 'acme' AS "
    "connection, 'toy' AS connector, false AS deleted, '{source_id}' AS source_id, '{{}}' AS record"
)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Compacting]:
    with Compacting(COLUMNS, tmp_path, 256) as database:
        yield database


def _file(path: Path, *rows: tuple[str, int, str, str], more: str = "'x' AS name, 1.5 AS hours") -> Path:
    """Write rows of (id, version, time, source id); ``more`` is what this day's model had besides."""
    selected = " UNION ALL ".join(
        f"SELECT {EVENT.format(id=id_, version=version, time=time, source_id=source)}, {more}"
        for id_, version, time, source in rows
    )
    with duckdb.connect() as writer:
        writer.execute(f"COPY ({selected}) TO '{path}' (FORMAT parquet)")
    return path


def _read(path: Path, columns: str) -> list[tuple[object, ...]]:
    with duckdb.connect() as reader:
        return reader.execute(f"SELECT {columns} FROM read_parquet('{path}')").fetchall()  # noqa: S608


def test_a_field_that_older_files_do_not_have_is_null_in_their_rows(
    database: Compacting, tmp_path: Path
) -> None:
    old = _file(tmp_path / "old", ("a", 1, "2026-10-01", "1"), more="'kept in the record' AS gone")
    new = _file(tmp_path / "new", ("b", 1, "2026-11-01", "2"))
    assert database.write_current([new], [old], None, tmp_path / "to") == 2
    assert _read(tmp_path / "to", "source_id, name, hours::VARCHAR") == [
        ("1", None, None),
        ("2", "x", "1.500000000"),
    ]
    assert len(_read(tmp_path / "to", "*")[0]) == len(COLUMNS)


def test_a_field_that_had_another_type_is_taken_where_it_can_be(database: Compacting, tmp_path: Path) -> None:
    old = _file(tmp_path / "old", ("a", 1, "2026-10-01", "1"), more="'x' AS name, 'many' AS hours")
    new = _file(tmp_path / "new", ("b", 1, "2026-11-01", "2"))
    database.write_current([new], [old], None, tmp_path / "to")
    assert _read(tmp_path / "to", "hours::VARCHAR") == [(None,), ("1.500000000",)]


def test_months_are_those_of_the_events(database: Compacting, tmp_path: Path) -> None:
    rows = [("a", 1, "2026-10-31 23:59:59", "1"), ("b", 2, "2026-11-01", "1")]
    file = _file(tmp_path / "file", *rows)
    assert database.months([file]) == ["2026-10", "2026-11"]
    assert database.write_events([file], [], "2026-10", tmp_path / "to") == 1
    assert _read(tmp_path / "to", "event_id") == [("a",)]


def test_where_every_event_is_there_already_no_file_is_written(database: Compacting, tmp_path: Path) -> None:
    file = _file(tmp_path / "file", ("a", 1, "2026-11-01", "1"))
    again = _file(tmp_path / "again", ("a", 1, "2026-11-02", "1"))
    assert database.write_events([again], [file], "2026-11", tmp_path / "to") == 0
    assert not (tmp_path / "to").exists()


def test_rows_are_sorted_by_record_and_an_event_is_there_once(database: Compacting, tmp_path: Path) -> None:
    rows = [("b", 1, "2026-11-01", "2"), ("c", 2, "2026-11-01", "1"), ("a", 1, "2026-11-01", "1")]
    files = [_file(tmp_path / "one", *rows), _file(tmp_path / "two", *reversed(rows))]
    assert database.merge_events(files, tmp_path / "to") == 3
    assert _read(tmp_path / "to", "event_id") == [("a",), ("c",), ("b",)]


def test_equal_versions_are_decided_by_time_and_then_by_id(database: Compacting, tmp_path: Path) -> None:
    rows = [("a", 2, "2026-11-03", "1"), ("b", 2, "2026-11-02", "1"), ("c", 1, "2026-11-04", "1")]
    rows += [("d", 1, "2026-11-01", "2"), ("e", 1, "2026-11-01", "2")]
    for order in (rows, rows[::-1]):
        file = _file(tmp_path / "file", *order)
        database.write_current([file], [], None, tmp_path / "to")
        assert _read(tmp_path / "to", "event_id") == [("a",), ("e",)]
