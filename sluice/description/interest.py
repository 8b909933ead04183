"""What a reader relies on of an API, and which differences between two descriptions touch it.

It knows no connectors: who reads what is told to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct, field

from sluice.description.compare import each_once, found_in, origin_of
from sluice.description.comparison import Comparison, Origin
from sluice.description.matching import Operations
from sluice.description.model import Description, Operation
from sluice.description.parameters_compared import ParameterChange
from sluice.description.places import Steps, at_path, names, records_at, same_line
from sluice.description.telling import of_address, of_data, of_operation, of_parameter
from sluice.model.change import Change

BELOW = 3
"""How far below a path that is taken whole its parts are looked at."""


class Interest(Struct, frozen=True):
    """What is read of one operation.

    ``path`` is as the connector writes it; ``used`` holds field names from the record down, without list
    marks, with what relies on each (``customer.name``, ``key``); ``parameters`` are the names that are sent;
    ``records`` names where the records stand in the answer; ``entity`` relies on the operation as a whole.
    """

    method: str
    path: str
    entity: str
    used: Mapping[Steps, tuple[str, ...]] = field(default_factory=dict)
    parameters: frozenset[str] = frozenset()
    records: Steps = ()


def touching(
    old: Description, new: Description, interests: Sequence[Interest], *, others: bool = False
) -> list[Change]:
    """Return the changes that touch an interest, each with what it touches in ``used_by``.

    They are told per operation that is read. With ``others`` all other changes follow, as unused. The action
    is never more than to notify; ``blocking_when_live`` in the evidence says what data would lead to.
    """
    comparison = Comparison(old, new)
    met = [one for interest in interests for one in _Touch(comparison, interest).changes()]
    used = each_once(change for _, change in met)
    if not others:
        return [*_addresses(comparison), *used]
    return [*used, *found_in(comparison, (), {origin for origin, _ in met})]


def uncovered(description: Description, interests: Sequence[Interest]) -> list[Interest]:
    """Return the interests whose operation the description does not hold: nothing can be told of them."""
    operations = Operations(description)
    return [one for one in interests if operations.find_near(one.method, one.path) is None]


class _Touch(Struct, frozen=True):
    """One interest against two descriptions."""

    comparison: Comparison
    interest: Interest

    def changes(self) -> Iterator[tuple[Origin, Change]]:
        was = Operations(self.comparison.old).find_near(self.interest.method, self.interest.path)
        for old, new, path_stays in self.comparison.matched:
            if old is not was:
                continue
            for difference in self.comparison.operation(old, new, path_stays=path_stays):
                yield origin_of(old, difference), of_operation(old, difference, (self.interest.entity,))
            if new is not None:
                yield from self._parameters(old, new)
                yield from self._data(old, new)

    def _parameters(self, old: Operation, new: Operation) -> Iterator[tuple[Origin, Change]]:
        for one in self.comparison.parameters(old, new):
            if self._matters(one):
                origin = origin_of(old, one.difference, one.parameter.name)
                yield origin, of_parameter(old, one, (self.interest.entity,))

    def _matters(self, one: ParameterChange) -> bool:
        sent = any(_same_name(one.parameter.name, name) for name in self.interest.parameters)
        missing = (
            one.difference.code == "D36"
            and one.parameter.required
            and not one.difference.evidence.get("values")
        )
        # A parameter that is now required, or has another default, matters to who does not send it.
        return not sent if missing or one.difference.code == "D37" else sent

    def _data(self, old: Operation, new: Operation) -> Iterator[tuple[Origin, Change]]:
        records = self._records(old)
        above = names(records)
        known: set[tuple[Origin, tuple[str, ...]]] = set()
        for met in self.comparison.data(old, new, lambda place: bool(self._used_at(names(place), above))):
            # Nobody relies on what was not there.
            used_by = () if met.difference.code == "D45" else self._used_at(names(met.place), above)
            if used_by and (met.origin, used_by) not in known:
                known.add((met.origin, used_by))
                yield met.origin, of_data(met, records, used_by)

    def _records(self, old: Operation) -> Steps:
        # A description may begin below what the connector goes through, as GraphQL's do below `data`.
        named, description = self.interest.records, self.comparison.old
        tried = (at_path(description, old.response, named[start:]) for start in range(len(named)))
        found = next((place for place in tried if place is not None), None)
        return records_at(description, old) if found is None else found

    def _used_at(self, place: Steps, above: Steps) -> tuple[str, ...]:
        if len(place) <= len(above):
            return (self.interest.entity,) if above[: len(place)] == place else ()
        if place[: len(above)] != above:
            return ()
        inside = place[len(above) :]
        found: dict[str, None] = {}
        for used, fields in self.interest.used.items():
            if same_line(used, inside) and len(inside) <= len(used) + BELOW:
                found.update(dict.fromkeys(fields))
        return tuple(found)


def _same_name(one: str, other: str) -> bool:
    return one == other or one.lower() == other.lower()


def _addresses(comparison: Comparison) -> list[Change]:
    return [of_address(one) for one in comparison.address()]
