"""What a sweep as a whole shows, and what its chunks noted: the changes that JudgeChange has to judge."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from msgspec import Struct

from sluice.contract.emptiness import sudden_emptiness
from sluice.contract.policy import strongest, with_policy
from sluice.contract.wire import wire_changes
from sluice.errors import ApiChanged
from sluice.model.change import Action, Change
from sluice.registry.contracts import Contracts
from sluice.registry.incidents import Sighting
from sluice.usecases.contracts.noted_changes import noted_of_stream, refused_of_stream
from sluice.usecases.contracts.refused import refused_changes
from sluice.usecases.fetching.sweep import Sweep
from sluice.usecases.telling.tell import report_incident
from sluice.usecases.world import World, iso


class SeenOfSweep(Struct, frozen=True):
    """A sweep that was handed over: its records, and how many are gone of those ``live`` before."""

    sweep: Sweep
    fetched: int
    mapped: int
    live: int
    gone: int
    unchanged: int

    @property
    def new(self) -> int:
        """How many records came that were not there before."""
        return max(0, self.mapped - (self.live - self.gone))


def stop_if_to_be_judged(
    world: World, where: tuple[str, str, str], seen: SeenOfSweep, accepted: Collection[str]
) -> None:
    """Raise ApiChanged with every change that people have to know of; ``where`` is connection, stream, run.

    ``accepted`` are the codes that were judged already. A detector that failed is told here, and a contract
    that is lost, so that the sweep was judged by what is declared and mapped alone.
    """
    name, stream, run = where
    connection = world.connections.get(name)
    sweep = seen.sweep.sweep
    noted = noted_of_stream(world, sweep, stream, seen.fetched)
    contracts = Contracts(world.state, world.objects, name)
    contract = contracts.get(stream)
    lost = "" if contract else contracts.lost(stream)
    failures = (*noted.failures, f"what was learnt is lost, and is learnt anew: {lost}" if lost else "")
    for failure in filter(None, failures):
        at = iso(world.clock.now())
        report_incident(world, name, Sighting(run, stream, "DetectorFailed", failure, at))
    waived = contract.waived if contract else frozenset()
    whole = _of_the_whole(world, where, seen, contract.wire if contract else {})
    # A sweep without a record shows nothing of a field that was refused.
    mapper = world.mapper_of(connection, stream)
    refused = refused_changes(refused_of_stream(world, sweep, stream), mapper, noted.changes)
    found = [
        with_policy(change, connection.policy)
        for change in (*noted.changes, *whole, *refused)
        if (change.code, change.path) not in waived and change.code not in accepted
    ]
    action = strongest(found)
    if action is not Action.GO_ON:
        worst = next(change for change in found if change.action is action)
        told = [change for change in found if change.action is not Action.GO_ON]
        raise ApiChanged(f"{stream}: {worst.in_words()}", told)


def _of_the_whole(
    world: World, where: tuple[str, str, str], seen: SeenOfSweep, before: Mapping[str, Any]
) -> list[Change]:
    connection = world.connections.get(where[0])
    entity = world.mapper_of(connection, where[1]).entity
    facts = {**seen.sweep.facts, "unchanged": seen.unchanged}
    found = list(wire_changes(before, facts, entity=entity, today=world.clock.now().date()))
    change = sudden_emptiness(seen.live, seen.gone, seen.new, entity)
    return [*found, change] if change else found
