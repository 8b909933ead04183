"""Goes from the operations of two descriptions through their types, and finds where each difference is."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

from msgspec import Struct

from sluice.description.differing import Difference, announced
from sluice.description.matching import host_of, matched, path_of_address
from sluice.description.model import Description, Operation
from sluice.description.parameters_compared import ParameterChange, parameter_changes
from sluice.description.places import Steps, join
from sluice.description.schema_pairs import Compared, Pair, SchemaPairs

Origin = tuple[Any, ...]
"""Where a difference was found, the same for all operations that it reaches."""


class Met(Struct, frozen=True):
    """A difference where an operation meets it; ``component`` is the type that it belongs to, or empty."""

    operation: Operation
    place: Steps
    difference: Difference
    origin: Origin
    component: str = ""


class Comparison:
    """Two descriptions side by side."""

    def __init__(self, old: Description, new: Description) -> None:
        self.old = old
        self.new = new
        self._pairs = SchemaPairs(old, new)
        self.matched = tuple(matched(old, new))

    def address(self) -> Iterator[Difference]:
        """Yield what is new in the address of the API as a whole, where both descriptions name one."""
        hosts = host_of(self.old.address), host_of(self.new.address)
        if all(hosts) and hosts[0] != hosts[1]:
            yield Difference("D04", *hosts)
        paths = path_of_address(self.old.address), path_of_address(self.new.address)
        if all(paths) and paths[0] != paths[1]:
            yield Difference("D02", *paths)

    def operation(self, old: Operation, new: Operation | None, *, path_stays: bool) -> Iterator[Difference]:
        """Yield what is different of an operation as such, apart from its parameters and data."""
        if new is None:
            code, after = ("D05", "not described") if path_stays else ("D01", "path is not described")
            facts = {"deprecated": True} if old.lifecycle.deprecated or old.lifecycle.ends else {}
            yield Difference(code, "described", after, facts)
            return
        said = announced(old.lifecycle, new.lifecycle)
        if said:
            yield said
        if old.media and new.media and not old.media & new.media and old.response and new.response:
            yield Difference("D10", ", ".join(sorted(old.media)), ", ".join(sorted(new.media)))
        if old.logins and new.logins and not old.logins & new.logins:
            yield Difference("D20", " or ".join(sorted(old.logins)), " or ".join(sorted(new.logins)))

    def parameters(self, old: Operation, new: Operation) -> Iterator[ParameterChange]:
        """Yield what is different of an operation's parameters."""
        return parameter_changes(old, new)

    def data(
        self, old: Operation, new: Operation, follows: Callable[[Steps], bool] | None = None
    ) -> Iterator[Met]:
        """Yield each difference of an operation's answer, at the place nearest to its root.

        With ``follows``, which says whether to look into the type at a place, at every place that it allows.
        """
        if old.response is None:
            return
        if new.response is None:
            yield Met(old, (), Difference("D18", "an answer", "no answer is described"), ("root", str(old)))
            return
        root = self._pairs.compare(old.response, new.response)
        waiting: deque[tuple[Steps, Pair | None, Compared]] = deque([((), None, root)])
        seen: set[tuple[Pair, Steps]] = set()
        while waiting:
            at, pair, compared = waiting.popleft()
            for steps, difference in compared.found:
                origin = (pair or str(old), steps, difference.code)
                yield Met(old, join(at, steps), difference, origin, _component(pair))
            for steps, onward in compared.onward:
                place = join(at, steps)
                key = (onward, place if follows else ())
                if key not in seen and (follows is None or follows(place)):
                    seen.add(key)
                    waiting.append((place, onward, self._pairs.pair(onward)))


def _component(pair: Pair | None) -> str:
    if pair is None or pair[1].startswith("("):
        return ""
    return pair[1]
