"""One stream of a connection read whole from its ERP, as a run reads it, and nothing of it published or kept.

Its credentials, session, limits, contract and mapping are the run's. What is written is what any two readers
of one connection share: a session that a login gave, and the places under its limits.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sluice.connector.outcomes import ReadPlan
from sluice.connector.settings import complete_settings
from sluice.model.connection import Connection
from sluice.registry.contracts import Contracts
from sluice.usecases.access.credentials import credentials_of
from sluice.usecases.access.limits import within_limits
from sluice.usecases.access.logging_in import SharedLogin
from sluice.usecases.contracts.selecting import selection_of
from sluice.usecases.pull import Reading, Watcher, WholeRead
from sluice.usecases.world import World


@contextmanager
def whole_read(world: World, connection: Connection, stream: str, watcher: Watcher) -> Iterator[WholeRead]:
    """Give the reading; raises ConfigurationInvalid where settings, credentials or the mapping are wrong.

    ``watcher`` is told as in :class:`Reading`.
    """
    connector = world.connector_of(connection)
    mapper = world.mapper_of(connection, stream)
    contract = Contracts(world.state, world.objects, connection.name).get(stream)
    login = SharedLogin(world, connection, connector)
    plan = ReadPlan(
        connector=connector,
        stream=connector.streams[stream],
        settings=complete_settings(connector, connection.settings),
        secrets=credentials_of(world, connection, connector),
        selection=selection_of(mapper),
        since=None,
        started_at=world.clock.now(),
        position=None,
        session=login.session,
        now=world.clock.now,
        known=contract.wire if contract else {},
        goes_round_fields=True,
    )
    with within_limits(world, connection, connector) as sender:
        reading = Reading(
            connection.name,
            plan,
            mapper,
            sender,
            contract,
            keeps=False,
            policy=connection.policy,
            login=login,
            watcher=watcher,
        )
        yield WholeRead(reading, world.clock)
