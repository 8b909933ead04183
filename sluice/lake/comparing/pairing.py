"""Two sides joined by their keys: what is only on one, what differs, and in which fields.

A key that occurs more than once on a side is not compared: which of the records is meant, nobody can say.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from msgspec import Struct

from sluice.lake.comparing.fields import Compared
from sluice.lake.comparing.side import Side, parts


class Pairing(Struct, frozen=True):
    """The first connection (here) and another (there)."""

    here: Side
    there: Side

    @property
    def fields(self) -> Sequence[Compared]:
        """What is compared."""
        return self.here.what.fields

    def counts(self) -> dict[str, int]:
        """Return how many keys are on both sides, on one only, equal, differing, and not compared."""
        both, doubled, differing = self._row(
            f"SELECT count(*), count(*) FILTER (a.times > 1 OR b.times > 1) FROM {self._keys()}",  # noqa: S608
        ) + self._row(f"SELECT count(*) FROM {self._singles()} WHERE {self._differs()}")  # noqa: S608
        compared = both - doubled
        return {
            "only_here": self._only(self.here, self.there),
            "only_there": self._only(self.there, self.here),
            "in_both": both,
            "equal": compared - differing,
            "differing": differing,
            "not_compared": doubled,
        }

    def by_field(self) -> dict[str, dict[str, int]]:
        """Return of each field that differs anywhere: how often, and how often one side has no value."""
        if not self.fields:
            return {}
        sums = ", ".join(
            f"count(*) FILTER (a.d{at} IS DISTINCT FROM b.d{at}), "
            f"count(*) FILTER (a.d{at} IS NULL AND b.d{at} IS NOT NULL), "
            f"count(*) FILTER (a.d{at} IS NOT NULL AND b.d{at} IS NULL)"
            for at in range(len(self.fields))
        )
        row = self._row(f"SELECT {sums} FROM {self._singles()} WHERE {self._differs()}")  # noqa: S608 - our own names
        return {
            field.name: {
                "differing": row[3 * at],
                "empty_here": row[3 * at + 1],
                "empty_there": row[3 * at + 2],
            }
            for at, field in enumerate(self.fields)
            if row[3 * at]
        }

    def only_here(self, limit: int, after: str = "") -> list[dict[str, Any]]:
        """Return keys that the other side has not, those behind ``after``, with their records."""
        return _missing(self.here, self.there, limit, after)

    def only_there(self, limit: int, after: str = "") -> list[dict[str, Any]]:
        """Return keys that this side has not, those behind ``after``, with their records."""
        return _missing(self.there, self.here, limit, after)

    def differences(self, limit: int, after: str = "") -> list[dict[str, Any]]:
        """Return records that differ: key, both source ids, and each differing field's two values.

        They are in the order of their keys; ``after`` is the key that they begin behind.
        """
        rows = self.here.database.execute(
            f"SELECT a.key, a.source_id, b.source_id FROM {self._singles()} "  # noqa: S608
            f"WHERE ({self._differs()}) AND a.key > ? ORDER BY a.key LIMIT {limit}",
            [after],
        ).fetchall()
        ours = self._values(self.here, [row[1] for row in rows])
        theirs = self._values(self.there, [row[2] for row in rows])
        return [
            {"key": parts(key), "here": one, "there": other, "fields": self._told(ours[one], theirs[other])}
            for key, one, other in rows
        ]

    def _told(self, ours: Sequence[Any], theirs: Sequence[Any]) -> dict[str, dict[str, Any]]:
        return {
            field.name: {"here": _shown(one), "there": _shown(other)}
            for field, one, other in zip(self.fields, ours, theirs, strict=True)
            if one != other
        }

    def _values(self, side: Side, source_ids: Iterable[str]) -> dict[str, tuple[Any, ...]]:
        columns = "".join(f", {field.sql}" for field in self.fields)
        rows = side.database.execute(
            f"SELECT source_id{columns} FROM {side.what.rows} "  # noqa: S608
            "WHERE source_id IN (SELECT unnest(?))",
            [side.connection, list(source_ids)],
        ).fetchall()
        return {row[0]: row[1:] for row in rows}

    def _keys(self) -> str:
        return f"{self.here.table}_keys a JOIN {self.there.table}_keys b USING (key)"

    def _singles(self) -> str:
        """Return the join of the records whose key occurs once on either side."""
        return (
            f"{self.here.table} a JOIN {self.there.table} b ON a.key = b.key "
            f"JOIN {self.here.table}_keys k ON k.key = a.key AND k.times = 1 "
            f"JOIN {self.there.table}_keys l ON l.key = a.key AND l.times = 1"
        )

    def _differs(self) -> str:
        tests = [f"a.d{at} IS DISTINCT FROM b.d{at}" for at in range(len(self.fields))]
        return " OR ".join(tests) or "false"

    def _only(self, side: Side, other: Side) -> int:
        sql = f"SELECT count(*) FROM {side.table}_keys ANTI JOIN {other.table}_keys USING (key)"  # noqa: S608
        return int(self._row(sql)[0])

    def _row(self, sql: str) -> tuple[Any, ...]:
        return self.here.database.execute(sql).fetchone() or ()


def _missing(side: Side, other: Side, limit: int, after: str) -> list[dict[str, Any]]:
    unmatched = (
        f"SELECT key FROM {side.table}_keys ANTI JOIN {other.table}_keys USING (key) "  # noqa: S608
        f"WHERE key > ? ORDER BY key LIMIT {limit}"
    )
    rows = side.database.execute(
        f"SELECT key, list(source_id ORDER BY source_id) FROM {side.table} "  # noqa: S608
        f"WHERE key IN ({unmatched}) GROUP BY key ORDER BY key",
        [after],
    ).fetchall()
    return [{"key": parts(key), "source_ids": list(ids)} for key, ids in rows]


def _shown(value: Any) -> Any:
    """Return a value as JSON can hold it; a decimal as text without the zeros that its column adds."""
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return value if value is None or isinstance(value, bool | int | str) else str(value)
