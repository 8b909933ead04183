"""What people do is written down around it: as begun before, as done or failed after."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from sluice.registry.audit import Act
from sluice.usecases.world import World


@dataclass(slots=True)
class Outcome:
    """What an action came to: whoever does it puts into ``after`` how things are then; JSON, no secrets."""

    after: dict[str, Any] = field(default_factory=dict)


@contextmanager
def audited(world: World, act: Act) -> Iterator[Outcome]:
    """Write down what is done inside; where that cannot be written, nothing is done.

    An action that raises is written down as failed, with the first line of the error. If only the last write
    fails, the error is raised though the action was done: its entry stays begun.
    """
    entry = world.audit.begin(act, world.clock.now())
    outcome = Outcome()
    try:
        yield outcome
    except BaseException as error:
        told = f"{type(error).__name__}: {error}".splitlines()[0]
        with suppress(Exception):  # what went wrong first is what is raised
            world.audit.end(entry, world.clock.now(), after=outcome.after, error=told)
        raise
    world.audit.end(entry, world.clock.now(), after=outcome.after)
