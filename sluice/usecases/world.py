"""Everything outside that the use cases need, in one value; sluice.bootstrap puts it together."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from msgspec import Struct, field
from msgspec.structs import replace

from sluice.connector.spec import Connector
from sluice.mapping.mapper import Mapper
from sluice.model.connection import Connection
from sluice.ports.addresses import Addresses
from sluice.ports.clock import Clock
from sluice.ports.object_store import ObjectStore
from sluice.ports.queue import Queue
from sluice.ports.secrets import Secrets
from sluice.ports.sender import Sender
from sluice.ports.table import Table
from sluice.ports.topic import Topic
from sluice.ports.traffic import Traffic
from sluice.ports.workflow import Workflow
from sluice.registry.audit import Audit
from sluice.registry.catalog import Catalog
from sluice.registry.connections import Connections
from sluice.registry.leases import Leases
from sluice.registry.overrides import Overrides
from sluice.registry.packages import Packages
from sluice.registry.runs import KEEP_DAYS, Runs


class World(Struct, frozen=True):
    """The ports, and the name of the bucket behind ``objects`` (it travels in references).

    ``workflow`` runs `sync` and knows the task tokens of every state machine; ``replays`` runs `replay`,
    ``backfills`` runs `backfill`.
    ``queues`` are there where people look at them (sluice.usecases.operating.topics names them), with what
    was measured of them. ``who`` is on whose behalf it is worked, as the audit tells it: a person's name, or
    Sluice itself. ``console`` is the origin at which browsers find the console, "" where nobody said.
    ``addresses`` judges those that connections are given; without it, each is judged when it is sent to.
    """

    bucket: str
    objects: ObjectStore
    connections_table: Table
    state: Table
    runs_table: Table
    secrets: Secrets
    information: Topic
    notification: Topic
    workflow: Workflow
    sender: Sender
    clock: Clock
    catalog: Catalog
    replays: Workflow
    backfills: Workflow
    who: str = "sluice"
    queues: Mapping[str, Queue] = field(default_factory=dict)
    traffic: Traffic | None = None
    console: str = ""
    addresses: Addresses | None = None

    @property
    def machines(self) -> tuple[Workflow, ...]:
        """The state machines whose executions are runs."""
        return self.workflow, self.replays, self.backfills

    @property
    def connections(self) -> Connections:
        """The connections that exist."""
        return Connections(self.connections_table)

    @property
    def leases(self) -> Leases:
        """Who runs what now."""
        return Leases(self.state)

    @property
    def runs(self) -> Runs:
        """What ran."""
        return Runs(self.runs_table)

    @property
    def audit(self) -> Audit:
        """Who did what."""
        return Audit(self.runs_table)

    @property
    def packages(self) -> Packages:
        """What was registered since the code was deployed."""
        return Packages(self.state, self.objects)

    def of_run(self, run: str) -> World:
        """Return the world in which the run's connector is what it was when the run started."""
        known = self.runs.get(run)
        if known is None or known.package is None:
            return self
        return replace(self, catalog=self.catalog.pinned(known.connector, known.package))

    def catalog_of(self, connection: Connection) -> Catalog:
        """Return the catalogue as it holds for the connection."""
        return self.catalog.of(connection.name)

    def connector_of(self, connection: Connection) -> Connector:
        """Return the connector as it holds for the connection; raises ConfigurationInvalid."""
        return self.catalog_of(connection).connector(connection.connector)

    def mapper_of(self, connection: Connection, stream: str) -> Mapper:
        """Return the mapping that holds for the connection's stream; raises ConfigurationInvalid."""
        override = Overrides(self.state, connection.name).get(stream)
        text = override.text if override else None
        return self.catalog_of(connection).mapper(connection.connector, stream, text)

    def shape_of(self, connection: Connection, stream: str) -> str:
        """Return a hash of all that decides what becomes of the stream's records (Catalog.shape_of)."""
        override = Overrides(self.state, connection.name).get(stream)
        text = override.text if override else None
        return self.catalog_of(connection).shape_of(connection.connector, stream, text)

    def expiry(self) -> int:
        """Return when a run record written now may be forgotten, in epoch seconds."""
        return int((self.clock.now() + timedelta(days=KEEP_DAYS)).timestamp())


def iso(moment: datetime) -> str:
    """Return an aware time as ISO 8601 UTC with seconds: ``2026-11-21T10:00:00Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
