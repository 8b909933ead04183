"""What a sweep taught: observations of chunks are kept beside their receipts, and become the contract.

Only what was judged good is learnt: a chunk that was held has no receipt, a record set aside is not observed.
"""

from __future__ import annotations

import gzip

import orjson

from sluice.contract.contract import Contract
from sluice.contract.observation import Observation
from sluice.contract.wire import learnt_wire
from sluice.registry.contracts import Contracts
from sluice.usecases.contracts.reliance import reliance_of
from sluice.usecases.fetching.sweep import Sweep
from sluice.usecases.world import World, iso


def keep_observation(world: World, key: tuple[str, str, str, int], seen: Observation) -> None:
    """Store what a chunk showed; ``key`` is connection, stream, sweep and the chunk's number."""
    connection, stream, sweep, number = key
    body = gzip.compress(orjson.dumps(seen.to_json()), 1, mtime=0)
    world.objects.put(f"{_prefix(connection, stream, sweep)}{number:06d}.json.gz", body)


def learn_from_sweep(world: World, where: tuple[str, str], sweep: Sweep) -> None:
    """Add to the contract what the sweep showed, once; ``where`` is connection and stream."""
    name, stream = where
    connection = world.connections.get(name)
    connector = world.connector_of(connection)
    reliance = reliance_of(connector, connector.streams[stream], world.mapper_of(connection, stream))
    observed = _observed(world, (name, stream, sweep.sweep)) if sweep.chunks else None

    def learn(known: Contract | None) -> Contract:
        contract = known or Contract()
        # A sweep without a record teaches nothing, but what was waived for it (that all is gone) has come.
        if observed is not None or contract.waived:
            contract = contract.learnt_from(observed or Observation(), reliance=reliance)
        return contract.with_wire(learnt_wire(contract.wire, sweep.facts))

    Contracts(world.state, world.objects, name).learn(stream, sweep.sweep, iso(world.clock.now()), learn)


def _observed(world: World, where: tuple[str, str, str]) -> Observation | None:
    merged: Observation | None = None
    for key in world.objects.keys(_prefix(*where)):
        found = Observation.from_json(orjson.loads(gzip.decompress(world.objects.get(key))))
        merged = found if merged is None else merged.merged(found)
    return merged


def _prefix(connection: str, stream: str, sweep: str) -> str:
    return f"observed/{connection}/{stream}/{sweep}/"
