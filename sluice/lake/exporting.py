"""An entity's records as a file: CSV that a spreadsheet never runs, or Parquet; the values are parameters.

CSV is made by the database itself, in the form of sluice.lake.csv_text, so that many rows take no longer than
reading them does.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from sluice.lake.columns import Column, Kind
from sluice.lake.csv_text import END, FORMULA_SIGNS, NUMBER, quoted
from sluice.lake.presence import Database
from sluice.lake.selecting import Clause, Selection, clause_of
from sluice.lake.views import View
from sluice.lake.writing import PARQUET

_BATCH = 10_000
_FORMULA = "^[" + "".join(f"\\x{{{ord(sign):x}}}" for sign in FORMULA_SIGNS) + "]"
_ORDER = "ORDER BY connection, source_id"


class Exported(Struct, frozen=True):
    """A file below the lake's folder, and the number of records in it."""

    path: Path
    records: int


def export(
    database: Database, folder: Path, schema: Mapping[str, Any], what: tuple[View, Selection], form: str
) -> Exported:
    """Write the selected records of a view, all fields but ``record``, to a new file of ``folder``.

    ``form`` is `csv` or `parquet`. Raises ConfigurationInvalid for a wrong selection.
    """
    view, selection = what
    clause = clause_of(schema, selection)
    columns = [column for column in view.columns(schema) if column.name != "record"]
    path = folder / f".saved-{secrets.token_hex(8)}"
    rows = _FORMS[form](database, _Source(view, columns, clause), path)
    return Exported(path, rows)


class _Source(Struct, frozen=True):
    view: View
    columns: list[Column]
    clause: Clause

    def selected(self, taken: str) -> str:
        return f'SELECT {taken} FROM "{self.view.name}" {self.clause.sql} {_ORDER}'  # noqa: S608 - our own names


def _parquet(database: Database, source: _Source, path: Path) -> int:
    taken = ", ".join(f'"{column.name}"' for column in source.columns)
    copying = f"COPY ({source.selected(taken)}) TO '{_escaped(path)}' ({PARQUET})"
    [(rows,)] = database.execute(copying, source.clause.parameters).fetchall()
    return int(rows)


def _csv(database: Database, source: _Source, path: Path) -> int:
    line = " || ',' || ".join(_cell(column) for column in source.columns)
    found = database.execute(source.selected(line), source.clause.parameters)
    rows = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(quoted(column.name) for column in source.columns) + END)
        while batch := found.fetchmany(_BATCH):
            file.writelines(text + END for (text,) in batch)
            rows += len(batch)
    return rows


_FORMS: Mapping[str, Callable[[Database, _Source, Path], int]] = {"csv": _csv, "parquet": _parquet}
FORMS = tuple(_FORMS)


def _cell(column: Column) -> str:
    """Return the SQL of a cell: empty for no value, text in quotes, numbers as they are."""
    name = f'"{column.name}"'
    if column.kind in (Kind.BOOLEAN, Kind.INTEGER):
        told = f"CAST({name} AS VARCHAR)"
    elif column.kind is Kind.DECIMAL:
        told = f"rtrim(rtrim(CAST({name} AS VARCHAR), '0'), '.')"
    else:
        told = _quoted(_text(name, column.kind))
    return f"coalesce({told}, '')"


def _text(name: str, kind: Kind) -> str:
    if kind is Kind.MOMENT:
        seconds = f"strftime({name}, '%Y-%m-%dT%H:%M:%S')"
        parts = f"CASE WHEN epoch_us({name}) % 1000000 <> 0 THEN strftime({name}, '.%f') ELSE '' END"
        return f"({seconds} || {parts} || 'Z')"
    return f"CAST({name} AS VARCHAR)"


def _quoted(text: str) -> str:
    formula = f"regexp_matches({text}, '{_FORMULA}') AND NOT regexp_full_match({text}, '{NUMBER}')"
    harmless = f"CASE WHEN {formula} THEN '''' || {text} ELSE {text} END"
    return f"""'"' || replace({harmless}, '"', '""') || '"'"""


def _escaped(path: Path) -> str:
    return str(path).replace("'", "''")
