"""Compare: one entity in two connections or more, each against the first, joined by a key."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from sluice.lake.comparing.fields import comparable, rows, title_of
from sluice.lake.comparing.keys import SEPARATOR, key_of
from sluice.lake.comparing.pairing import Pairing
from sluice.lake.comparing.side import Joined, Side, side_of
from sluice.lake.presence import Database, require_connections


class Comparing(Struct, frozen=True):
    """What to compare: no ``by`` means the entity's own key, no ``fields`` all that can be compared.

    ``limit`` is how many of each kind are told in detail; all are counted.
    """

    entity: str
    connections: tuple[str, ...]
    by: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    limit: int = 100


class Comparison(Struct, frozen=True):
    """What came out, as JSON; ``differs`` says whether the connections hold anything but the same."""

    differs: bool
    told: Mapping[str, Any]


def joined(schema: Mapping[str, Any], wanted: Comparing) -> Joined:
    """Return what is compared; raises ConfigurationInvalid for an unknown field or key."""
    fields = comparable(schema, wanted.fields)
    return Joined(rows(wanted.entity, schema), key_of(wanted.entity, schema, wanted.by), fields)


def compare(database: Database, schema: Mapping[str, Any], wanted: Comparing) -> Comparison:
    """Return what is only here, only there, differing, doubled and without a key; ``schema`` is the entity's.

    Raises ConfigurationInvalid for an unknown connection, field or key.
    """
    what = joined(schema, wanted)
    require_connections(database, wanted.entity, wanted.connections, least=2)
    with ExitStack() as stack:
        sides = [
            stack.enter_context(side_of(database, what, connection)) for connection in wanted.connections
        ]
        connections = {side.connection: _of_side(side, wanted.limit) for side in sides}
        pairs = [_of_pair(Pairing(sides[0], other), wanted.limit) for other in sides[1:]]
    return Comparison(
        differs=any(_is_odd(pair["counts"]) for pair in pairs),
        told={**_asked(wanted, what), "connections": connections, "pairs": pairs},
    )


KINDS = (
    "differing", "only_here", "only_there", "doubles_here", "doubles_there", "without_key_here",
    "without_key_there",
)  # fmt: skip
"""What two connections can be asked for page by page."""


class Compared(Struct, frozen=True):
    """A key of two connections, with the records that have it on either side, and what differs between them.

    ``title`` is what people call the first of the records; ``key`` is empty where there is none.
    """

    key: tuple[str, ...]
    title: str | None
    here: tuple[str, ...] = ()
    there: tuple[str, ...] = ()
    fields: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


class SideBySide:
    """Two connections compared: counted once, then leafed through kind by kind.

    Its tables live in the database as long as ``stack``. Raises ConfigurationInvalid as compare does.
    """

    def __init__(
        self, database: Database, schema: Mapping[str, Any], wanted: Comparing, stack: ExitStack
    ) -> None:
        what = joined(schema, wanted)
        require_connections(database, wanted.entity, wanted.connections, least=2)
        here, there = (
            stack.enter_context(side_of(database, what, connection)) for connection in wanted.connections
        )
        self._pairing = Pairing(here, there)
        self._title = title_of(schema)
        self.told: Mapping[str, Any] = {
            **_asked(wanted, what),
            "here": {"connection": here.connection, "counts": here.counts()},
            "there": {"connection": there.connection, "counts": there.counts()},
            "counts": self._pairing.counts(),
            "by_field": self._pairing.by_field(),
        }

    def page(self, kind: str, after: str, limit: int) -> list[Compared]:
        """Return so many of a kind of :data:`KINDS`, those behind ``after``: a key, or without one an id."""
        pairing = self._pairing
        side = pairing.there if kind.endswith("_there") else pairing.here
        if kind == "differing":
            found = [
                Compared(tuple(one["key"]), None, (one["here"],), (one["there"],), one["fields"])
                for one in pairing.differences(limit, after)
            ]
        elif kind.startswith("without_key"):
            found = [_on(side is pairing.here, (), (one,)) for one in side.without_key(limit, after)]
        else:
            listing = {
                "only_here": pairing.only_here,
                "only_there": pairing.only_there,
            }.get(kind, side.doubles)
            found = [
                _on(side is pairing.here, tuple(one["key"]), tuple(one["source_ids"]))
                for one in listing(limit, after)
            ]
        titles = self._titles(side, [(one.here or one.there)[0] for one in found])
        return [replace(one, title=titles.get((one.here or one.there)[0])) for one in found]

    @staticmethod
    def place(one: Compared) -> str:
        """Return what the next page begins behind."""
        return SEPARATOR.join(one.key) or (one.here or one.there)[0]

    def _titles(self, side: Side, source_ids: list[str]) -> dict[str, str | None]:
        return dict(
            side.database.execute(
                f"SELECT source_id, {self._title} FROM {side.what.rows} "  # noqa: S608 - our own names
                "WHERE source_id IN (SELECT unnest(?))",
                [side.connection, source_ids],
            ).fetchall()
        )


def _on(is_here: bool, key: tuple[str, ...], source_ids: tuple[str, ...]) -> Compared:  # noqa: FBT001
    return Compared(key, None, here=source_ids) if is_here else Compared(key, None, there=source_ids)


def _asked(wanted: Comparing, what: Joined) -> dict[str, Any]:
    return {
        "entity": wanted.entity,
        "key": {"fields": list(what.key.fields), "reason": what.key.reason},
        "fields": [field.name for field in what.fields],
        "limit": wanted.limit,
    }


def _of_side(side: Side, limit: int) -> dict[str, Any]:
    return {
        "counts": side.counts(),
        "doubles": side.doubles(limit),
        "without_key": side.without_key(limit),
    }


def _of_pair(pair: Pairing, limit: int) -> dict[str, Any]:
    return {
        "here": pair.here.connection,
        "there": pair.there.connection,
        "counts": pair.counts(),
        "by_field": pair.by_field(),
        "only_here": pair.only_here(limit),
        "only_there": pair.only_there(limit),
        "differing": pair.differences(limit),
    }


def _is_odd(counts: Mapping[str, int]) -> bool:
    return any(counts[name] for name in ("only_here", "only_there", "differing", "not_compared"))
