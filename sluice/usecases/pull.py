"""Pull: one stream through connector, mapping and validation to events, with no AWS at all.

The same engine as the Lambdas use; nothing is remembered between two pulls, so every record is new.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sluice.connector.outcomes import Page, ReadPlan, Throttled
from sluice.connector.reader import StreamReader
from sluice.connector.settings import complete_settings, text_settings
from sluice.connector.spec import Connector, Stream
from sluice.errors import ConfigurationInvalid
from sluice.faults import Fault
from sluice.mapping.mapper import Mapper
from sluice.messages.events import EventSource
from sluice.model.chunk import Counts
from sluice.model.erp_json import write
from sluice.model.secret import Secret
from sluice.ports.clock import Clock
from sluice.ports.sender import Sender
from sluice.registry.catalog import Catalog
from sluice.snapshot.receipts import Seen
from sluice.usecases.credentials import require_secrets
from sluice.usecases.reading import read_pages
from sluice.usecases.selecting import selection_of
from sluice.usecases.transforming import transform
from sluice.usecases.world import iso

TRIES = 4
"""Tries of one request: nobody else would try again."""


@dataclass(frozen=True, slots=True)
class Pull:
    """What to pull: ``given`` are settings and secrets by name, as a person typed them."""

    connector: str
    stream: str
    given: Mapping[str, str]
    connection: str = "pull"


@dataclass(slots=True)
class Pulled:
    """Counts so far, pages, and the quarantined records with their faults."""

    counts: Counts = field(default_factory=Counts)
    pages: int = 0
    quarantined: list[dict[str, Any]] = field(default_factory=list)


class Puller:
    """Pulls one stream; iterate :meth:`events` or :meth:`raw` to its end, then read ``result``."""

    def __init__(self, catalog: Catalog, sender: Sender, clock: Clock, wanted: Pull) -> None:
        self._sender = sender
        self._clock = clock
        connector = catalog.connector(wanted.connector)
        self._reader, self._mapper = _prepare(catalog, connector, wanted, clock)
        self._source = EventSource(
            connection=wanted.connection,
            connector=connector.name,
            entity=self._mapper.entity,
            schema_id=self._mapper.schema_id,
            time=iso(clock.now()),
        )
        self.result = Pulled()

    def events(self) -> Iterator[bytes]:
        """Yield each event as one line of JSON; raises ApiChanged before a wrong one is yielded."""
        for page in self._pages():
            done = transform(page.records, self._mapper, self._source, _nothing_known)
            self.result.counts += done.counts()
            self.result.quarantined += done.quarantined
            yield from done.events

    def raw(self) -> Iterator[bytes]:
        """Yield each raw record as one line of JSON, as the ERP sent it."""
        for page in self._pages():
            self.result.counts += Counts(fetched=len(page.records))
            yield from (write(record) for record in page.records)

    def _pages(self) -> Iterator[Page]:
        # Being throttled is waited out here: there is no state machine that could wait for nothing.
        while True:
            throttled = False
            for event in read_pages(self._reader, self._sender, self._clock, TRIES):
                if isinstance(event, Throttled):
                    throttled = True
                    self._clock.sleep((event.resume_at - self._clock.now()).total_seconds())
                if isinstance(event, Page):
                    self.result.pages += 1
                    yield event
            if not throttled:
                return


def _nothing_known(ids: Iterable[str]) -> Mapping[str, Seen]:  # noqa: ARG001  (the shape of LookUp)
    return {}


def _prepare(
    catalog: Catalog, connector: Connector, wanted: Pull, clock: Clock
) -> tuple[StreamReader, Mapper]:
    stream = _stream(connector, wanted.stream)
    secrets = {name: Secret(text) for name, text in wanted.given.items() if name in connector.secrets}
    settings = {name: text for name, text in wanted.given.items() if name not in connector.secrets}
    complete = complete_settings(connector, text_settings(connector, settings))
    require_secrets(connector, secrets, wanted.connection)
    mapper = catalog.mapper(connector.name, stream.name)
    plan = ReadPlan(
        connector=connector,
        stream=stream,
        settings=complete,
        secrets=secrets,
        selection=selection_of(mapper),
        since=None,
        started_at=clock.now(),
        position=None,
        session=None,
        now=clock.now,
    )
    return StreamReader(plan), mapper


def _stream(connector: Connector, name: str) -> Stream:
    if name not in connector.streams:
        known = ", ".join(connector.streams)
        message = f"{connector.name} has no stream {name!r}; it has: {known}"
        raise ConfigurationInvalid(message, [Fault("unknown_stream", "/stream", message)])
    return connector.streams[name]
