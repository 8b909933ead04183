"""Compare: one entity in two connections or more, each against the first, joined by a key."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from sluice.lake.comparing.fields import comparable, rows
from sluice.lake.comparing.keys import key_of
from sluice.lake.comparing.pairing import Pairing
from sluice.lake.comparing.side import Joined, Side, side_of
from sluice.lake.presence import Database, require_connections


@dataclass(frozen=True, slots=True)
class Comparing:
    """What to compare: no ``by`` means the entity's own key, no ``fields`` all that can be compared.

    ``limit`` is how many of each kind are told in detail; all are counted.
    """

    entity: str
    connections: tuple[str, ...]
    by: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    limit: int = 100


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came out, as JSON; ``differs`` says whether the connections hold anything but the same."""

    differs: bool
    told: Mapping[str, Any]


def compare(database: Database, schema: Mapping[str, Any], wanted: Comparing) -> Comparison:
    """Return what is only here, only there, differing, doubled and without a key; ``schema`` is the entity's.

    Raises ConfigurationInvalid for an unknown connection, field or key.
    """
    fields = comparable(schema, wanted.fields)
    what = Joined(rows(wanted.entity, schema), key_of(wanted.entity, schema, wanted.by), fields)
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
