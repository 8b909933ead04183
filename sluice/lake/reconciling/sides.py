"""Two tables of an entity's records, the lake's and another reading's: their sums, and what differs.

A row is an id, a month, a currency or project and the amounts, some 150 bytes; DuckDB puts on disk what
exceeds its memory. Amounts have the places of the lake's columns on both sides.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import orjson
from msgspec import Struct

from sluice.lake.columns import Kind
from sluice.lake.presence import Database
from sluice.lake.reconciling.sums import Group, Shape, Sums
from sluice.lake.values import json_value

ONLY_IN_LAKE, ONLY_IN_ERP, DIFFERING, QUARANTINED = "only_in_lake", "only_in_erp", "differing", "quarantined"
KINDS = (ONLY_IN_LAKE, ONLY_IN_ERP, DIFFERING, QUARANTINED)
"""How a record differs. Quarantined: the lake has it, and what the ERP answers of it cannot be mapped now."""

_DECIMAL = r"-?\d+(\.\d+)?"
"""What is cast, as where the lake is written."""


class Difference(Struct, frozen=True):
    """A record that differs: ``fields`` are those that do, with both values; of one that lacks, all it has.

    ``changed_since`` says whether the ERP changed it after the lake could have it.
    """

    source_id: str
    kind: str
    changed_since: bool
    fields: Mapping[str, Mapping[str, Any]]

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object; amounts are decimal strings."""
        return {
            "source_id": self.source_id,
            "kind": self.kind,
            "changed_since": self.changed_since,
            "fields": dict(self.fields),
        }


class Sides(Struct, frozen=True):
    """The tables; their names begin with ``prefix``. Add the other reading's records, then :meth:`pair`."""

    database: Database
    shape: Shape
    prefix: str

    @property
    def _columns(self) -> tuple[str, ...]:
        return ("month", "part", *(f"a{at}" for at in range(len(self.shape.amounts))))

    def add(self, records: Sequence[tuple[Mapping[str, Any], bool]]) -> None:
        """Add canonical records, each with whether it was changed since; the later of one id holds."""
        names = (self.shape.date, self.shape.by, *self.shape.amounts)
        rows = [
            {"source_id": data["source_id"], "since": since}
            | {column: data.get(name) for column, name in zip(self._columns, names, strict=True)}
            for data, since in records
        ]
        kinds = dict.fromkeys(("source_id", *self._columns), "VARCHAR") | {"since": "BOOLEAN"}
        amounts = ", ".join(_cast(f"r.{column}") for column in self._columns[2:])
        self.database.execute(
            f"INSERT INTO {self.prefix}_all BY POSITION SELECT nextval('{self.prefix}_seq'), r.source_id, "  # noqa: S608
            f"r.since, left(r.month, 7), r.part, {amounts} FROM (SELECT unnest(from_json($1, $2)) AS r)",
            [orjson.dumps(rows).decode(), orjson.dumps([kinds]).decode()],
        )

    def set_aside(self, source_ids: Iterable[str]) -> None:
        """Add ids of records that are there and cannot be mapped."""
        self.database.execute(
            f"INSERT INTO {self.prefix}_aside SELECT unnest($1::VARCHAR[])",
            [list(source_ids)],
        )

    def pair(self) -> None:
        """Find the records that differ; nothing is added after it."""
        same = " AND ".join(f"l.{column} IS NOT DISTINCT FROM e.{column}" for column in self._columns)
        both = ", ".join(f"l.{column} AS l_{column}, e.{column} AS e_{column}" for column in self._columns)
        kind = (
            f"CASE WHEN e.source_id IS NULL AND q.source_id IS NOT NULL THEN '{QUARANTINED}' "
            f"WHEN e.source_id IS NULL THEN '{ONLY_IN_LAKE}' WHEN l.source_id IS NULL THEN '{ONLY_IN_ERP}' "
            f"ELSE '{DIFFERING}' END"
        )
        self._execute(
            f"CREATE TEMP TABLE {self.prefix}_erp AS SELECT * FROM {self.prefix}_all "  # noqa: S608
            "QUALIFY row_number() OVER (PARTITION BY source_id ORDER BY seq DESC) = 1"
        )
        self._execute(
            f"CREATE TEMP TABLE {self.prefix}_pair AS "  # noqa: S608
            "SELECT coalesce(l.source_id, e.source_id) AS source_id, "
            f"{kind} AS kind, coalesce(e.since, false) AS since, {both} FROM {self.prefix}_lake AS l "
            f"FULL JOIN {self.prefix}_erp AS e ON l.source_id = e.source_id "
            f"LEFT JOIN (SELECT DISTINCT source_id FROM {self.prefix}_aside) AS q "
            "ON l.source_id = q.source_id "
            f"WHERE l.source_id IS NULL OR e.source_id IS NULL OR NOT ({same})"
        )

    def sums(self, side: str, since: str) -> dict[Group, Sums]:
        """Return the sums of ``lake`` or ``erp`` by group: of no month, and from the month ``since`` on."""
        amounts = "".join(f", sum({column})" for column in self._columns[2:])
        rows = self._execute(
            f"SELECT month, part, count(*){amounts} FROM {self.prefix}_{side} "  # noqa: S608
            "WHERE month IS NULL OR month >= $1 GROUP BY ALL",
            [since],
        )
        return {(row[0], row[1]): Sums.of_row(row[2:]) for row in rows}

    def counts(self) -> dict[Group, dict[str, int]]:
        """Return for each group how many records differ by kind, and in all how many ``changed_since``."""
        found: dict[Group, dict[str, int]] = {}
        rows = self._execute(
            f"SELECT month, part, kind, count(*), count(*) FILTER (since) FROM {self._placed} GROUP BY ALL"  # noqa: S608
        )
        for month, part, kind, count, since in rows:
            counts = found.setdefault((month, part), {**dict.fromkeys(KINDS, 0), "changed_since": 0})
            counts[kind] += count
            counts["changed_since"] += since
        return found

    def differences(self, limit: int) -> dict[Group, list[Difference]]:
        """Return of each group the first ``limit`` records that differ; those changed since come last."""
        found: dict[Group, list[Difference]] = {}
        values = ", ".join(f"p.l_{column}, p.e_{column}" for column in self._columns)
        rows = self._execute(
            f"SELECT t.month, t.part, p.source_id, p.kind, p.since, {values} FROM {self._placed} AS t "  # noqa: S608
            f"JOIN {self.prefix}_pair AS p ON p.source_id = t.source_id "
            "QUALIFY row_number() OVER (PARTITION BY t.month, t.part ORDER BY p.since, p.source_id) <= $1 "
            "ORDER BY t.month, t.part, p.since, p.source_id",
            [limit],
        )
        for month, part, source_id, kind, since, *pairs in rows:
            one = Difference(source_id, kind, since, self._fields(pairs))
            found.setdefault((month, part), []).append(one)
        return found

    @property
    def _placed(self) -> str:
        """A table of the records that differ by group; one that moved is in that of either side."""
        pair = f"{self.prefix}_pair"
        return (
            f"(SELECT l_month AS month, l_part AS part, source_id, kind, since FROM {pair} "  # noqa: S608
            f"WHERE kind <> '{ONLY_IN_ERP}' UNION "
            f"SELECT e_month, e_part, source_id, kind, since FROM {pair} "
            f"WHERE kind IN ('{ONLY_IN_ERP}', '{DIFFERING}'))"
        )

    def _fields(self, pairs: Sequence[Any]) -> dict[str, dict[str, Any]]:
        names = ("month", self.shape.by, *self.shape.amounts)
        sides = zip(names, pairs[::2], pairs[1::2], strict=True)
        return {
            name: {"lake": json_value(lake), "erp": json_value(erp)}
            for name, lake, erp in sides
            if lake != erp
        }

    def _execute(self, sql: str, given: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        return self.database.execute(sql, list(given)).fetchall()


@contextmanager
def sides_of(database: Database, entity: str, shape: Shape, connection: str) -> Iterator[Sides]:
    """Make the tables, the lake's with what it has of the connection now, and drop them in the end."""
    sides = Sides(database, shape, f"reconciled_{secrets.token_hex(8)}")
    prefix = sides.prefix
    columns = ("source_id", f"strftime(\"{shape.date}\", '%Y-%m') AS month", f'"{shape.by}" AS part')
    amounts = (f'"{name}" AS a{at}' for at, name in enumerate(shape.amounts))
    places = "".join(f", a{at} {Kind.DECIMAL.duckdb}" for at in range(len(shape.amounts)))
    try:
        database.execute(
            f'CREATE TEMP TABLE {prefix}_lake AS SELECT {", ".join((*columns, *amounts))} FROM "{entity}" '  # noqa: S608
            "WHERE connection = $1",
            [connection],
        )
        database.execute(f"CREATE TEMP SEQUENCE {prefix}_seq")
        text = "source_id VARCHAR, since BOOLEAN, month VARCHAR, part VARCHAR"
        database.execute(f"CREATE TEMP TABLE {prefix}_all (seq BIGINT, {text}{places})")
        database.execute(f"CREATE TEMP TABLE {prefix}_aside (source_id VARCHAR)")
        yield sides
    finally:
        for name in ("lake", "all", "aside", "erp", "pair"):
            database.execute(f"DROP TABLE IF EXISTS {prefix}_{name}")
        database.execute(f"DROP SEQUENCE IF EXISTS {prefix}_seq")


def _cast(text: str) -> str:
    cast = f"TRY_CAST({text} AS {Kind.DECIMAL.duckdb})"
    return f"CASE WHEN regexp_full_match({text}, '{_DECIMAL}') THEN {cast} END"
