"""What is different between two descriptions, for whoever reads data: every change, whoever uses it.

Request bodies are not compared: Sluice reads. Operations that only write are compared as far as whether they
are there and stay.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from msgspec.structs import replace

from sluice.description.comparison import Comparison, Met, Origin
from sluice.description.differing import Difference
from sluice.description.model import Description, Operation
from sluice.description.telling import MOST_OPERATIONS, of_address, of_many, of_operation, of_parameter
from sluice.model.change import Change

ANY_READER = ("any reader",)
"""Who relies on everything, as long as nothing is known of who reads what."""
_SHARED = {"D10", "D20"}


def differences(old: Description, new: Description) -> list[Change]:
    """Return every change, judged as if all of it were read; ``used_by`` is empty, as nobody is known to.

    A change of a type that several operations share is one change: told of the operation nearest to it,
    with ``operations`` (at most 50) and ``operation_count`` in its evidence.
    """
    return found_in(Comparison(old, new), ANY_READER)


def found_in(
    comparison: Comparison, used_by: tuple[str, ...], known: Collection[Origin] = ()
) -> list[Change]:
    """Return every change but those whose origin is known, judged as used by ``used_by``.

    ``used_by`` decides the judgement and does not stay on the changes.
    """
    found = [of_address(one) for one in comparison.address()]
    shared: dict[Origin, list[Change]] = {}
    data: dict[Origin, list[Met]] = {}
    # What reads comes first: a change of several operations is told of, and judged by, the first of them.
    for old, new, path_stays in sorted(comparison.matched, key=lambda one: not one[0].reads):
        readers = used_by if old.reads else ()
        for difference in comparison.operation(old, new, path_stays=path_stays):
            if origin_of(old, difference) not in known:
                group: Origin = (difference.code, difference.before, difference.after)
                group = group if difference.code in _SHARED else (str(old), *group)
                shared.setdefault(group, []).append(of_operation(old, difference, readers))
        if new is None or not old.reads:
            continue
        found.extend(
            of_parameter(old, change, readers)
            for change in comparison.parameters(old, new)
            if origin_of(old, change.difference, change.parameter.name) not in known
        )
        for met in comparison.data(old, new):
            if met.origin not in known:
                data.setdefault(met.origin, []).append(met)
    found.extend(_joined(changes) for changes in shared.values())
    found.extend(of_many(mets, comparison.old, used_by) for mets in data.values())
    return [replace(change, used_by=()) for change in each_once(found)]


def origin_of(operation: Operation, difference: Difference, parameter: str = "") -> Origin:
    """Return the origin of a difference of an operation, or of one of its parameters."""
    return (str(operation), parameter, difference.code)


def each_once(changes: Iterable[Change]) -> list[Change]:
    """Return the changes without repetitions; of what is told twice, ``used_by`` is put together."""
    found: dict[tuple[str, ...], Change] = {}
    for change in changes:
        place = (change.path, change.operation, change.evidence.get("in", ""))
        key = (change.code, *place, change.before, change.after)
        same = found.get(key, change)
        used_by = tuple(dict.fromkeys((*same.used_by, *change.used_by)))
        found[key] = replace(same, used_by=used_by)
    return list(found.values())


def _joined(changes: list[Change]) -> Change:
    operations = [change.operation for change in changes]
    if len(operations) == 1:
        return changes[0]
    return changes[0].with_evidence(operations=operations[:MOST_OPERATIONS], operation_count=len(operations))
