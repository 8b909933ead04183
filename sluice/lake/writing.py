"""Events written as Parquet: a row for each, its columns typed, the whole record beside them as text.

It neither groups events nor drops repeated ones, and knows no keys: see sluice.usecases.data.write_lake.
"""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import orjson

from sluice.lake.columns import RECORD, Column, Kind, stored

PARQUET = "FORMAT parquet, PARQUET_VERSION V1, COMPRESSION zstd"
"""How every file of the lake is written: V1 is what all versions of Athena's engine read."""

_FORMS = {
    Kind.BOOLEAN: r"true|false",
    Kind.INTEGER: r"-?\d+",
    Kind.DECIMAL: r"-?\d+(\.\d+)?",
    Kind.DATE: r"\d{4}-\d\d-\d\d",
    Kind.MOMENT: r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z",
}
"""What a text must look like to be cast: DuckDB itself takes `infinity`, rounds 1.7, and skips a `+02:00`."""

_ROWS = "rows.jsonl"
_FILE = "events.parquet"


def parquet_of(events: Sequence[Mapping[str, Any]], schema: Mapping[str, Any]) -> bytes:
    """Return a Parquet file with a row for each event, in their order; all are of one entity and connection.

    ``schema`` is the entity's canonical schema. A value that its column cannot take is null there (a decimal
    of more than 29 digits before the point, a time that is not UTC); ``record`` has it as it was published.
    """
    columns = stored(schema)
    with tempfile.TemporaryDirectory(prefix="lake-") as name:
        folder = Path(name)
        with (folder / _ROWS).open("wb") as rows:
            rows.writelines(_lines(events, columns))
        with _database().cursor() as database:
            database.execute(_copying(columns, folder))
        return (folder / _FILE).read_bytes()


@functools.cache
def _database() -> duckdb.DuckDBPyConnection:
    """Return an empty database of this process: to open one takes as long as to write 500 events."""
    # One thread: rows stay in their order, and a function has one processor. Nothing is ever downloaded.
    return duckdb.connect(
        config={
            "threads": 1,
            "temp_directory": tempfile.gettempdir(),
            "autoinstall_known_extensions": False,
        }
    )


def _lines(events: Sequence[Mapping[str, Any]], columns: Sequence[Column]) -> Iterator[bytes]:
    names = [column.name for column in columns]
    for event in events:
        data = event["data"]
        row = {name: data.get(name) for name in names}
        row["event_id"] = event["id"]
        row["event_version"] = event["entityversion"]
        row["event_time"] = event["time"]
        row["connection"] = event["connection"]
        row["connector"] = event["connector"]
        row["deleted"] = event["type"].endswith(".deleted")
        row[RECORD.name] = orjson.dumps(data).decode()
        yield orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)


def _copying(columns: Sequence[Column], folder: Path) -> str:
    """Return the statement that reads the rows, every value as text, and writes them typed."""
    given = ", ".join(f"{_quoted(column.name)}: 'VARCHAR'" for column in columns)
    taken = ", ".join(f"{_typed(column)} AS {_quoted(column.name)}" for column in columns)
    source = f"read_json('{folder / _ROWS}', format = 'newline_delimited', columns = {{{given}}})"
    return f"COPY (SELECT {taken} FROM {source}) TO '{folder / _FILE}' ({PARQUET})"  # noqa: S608 - our names


def _typed(column: Column) -> str:
    name = _quoted(column.name)
    form = _FORMS.get(column.kind)
    if form is None:
        return name
    cast = f"TRY_CAST({name} AS {column.kind.duckdb})"
    return f"CASE WHEN regexp_full_match({name}, '{form}') THEN {cast} END"


def _quoted(name: str) -> str:
    return f'"{name}"'
