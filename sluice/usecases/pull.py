"""Pull: one stream through connector, contract, mapping and validation to events, with no AWS at all.

The same engine as the Lambdas use; nothing is remembered between two pulls but a contract, if one is given
and kept, so every record is new.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import datetime
from itertools import chain
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from sluice.connector.outcomes import Page, ReadPlan, Throttled
from sluice.connector.reader import StreamReader
from sluice.connector.settings import complete_settings, text_settings
from sluice.connector.spec import Connector, Stream
from sluice.connector.values import Scope
from sluice.contract.contract import Contract
from sluice.contract.detector import SPARED, Detector
from sluice.contract.observation import Observation
from sluice.contract.policy import goes_on
from sluice.contract.wire import learnt_wire, wire_changes
from sluice.errors import ApiChanged, ConfigurationInvalid, SluiceError
from sluice.faults import Fault
from sluice.mapping.mapper import Mapper
from sluice.messages.events import EventSource
from sluice.model.change import Change
from sluice.model.chunk import MAX_RECORDS, Counts
from sluice.model.raw_records import RawRecords, as_raw
from sluice.model.secret import Secret
from sluice.ports.clock import Clock
from sluice.ports.sender import Sender
from sluice.ports.table import Table
from sluice.registry.budgets.sending import BudgetedSender, Caller, budgeted
from sluice.registry.catalog import Catalog
from sluice.snapshot.receipts import Seen
from sluice.usecases.access.credentials import must_be_authorised, require_secrets
from sluice.usecases.access.logging_in import SharedLogin
from sluice.usecases.contracts.reliance import reliance_of
from sluice.usecases.contracts.selecting import selection_of
from sluice.usecases.fetching.ahead import ahead_if_slow
from sluice.usecases.fetching.patience import Patience
from sluice.usecases.fetching.reading import Failed, read_pages
from sluice.usecases.transforming.judging import Judging, Transformed, stop_if_held
from sluice.usecases.transforming.transform import transform
from sluice.usecases.world import iso

FIRST_RECORDS = 1_000
"""About so many are judged together first where there is no contract."""

TRIES = 4
"""Tries of one request: nobody else would try again."""


class Standing(Struct, frozen=True):
    """How far a reading is: ``records`` came so far.

    ``until`` (aware UTC) is set where it waits, as the ERP or our own budget asks, ``failed`` where a request
    came to nothing and is made again.
    """

    records: int
    until: datetime | None = None
    failed: Failed | None = None


Watcher = Callable[[Standing], None]


class Pull(Struct, frozen=True):
    """What to pull: ``given`` are settings and secrets by name, as a person typed them.

    ``keeps`` says whether anybody keeps the contract that comes out of it; if not, less has to be learnt.
    ``watcher`` is as in :class:`Reading`.
    """

    connector: str
    stream: str
    given: Mapping[str, str]
    connection: str = "pull"
    contract: Contract | None = None
    keeps: bool = True
    watcher: Watcher | None = None


class Pulled(Struct):
    """Counts so far, pages, the quarantined records with their faults, and what the ERP changed.

    ``contract`` is there once the stream was read to its end, if it is kept: the one given, with what was
    learnt.
    """

    counts: Counts = field(default_factory=Counts)
    pages: int = 0
    quarantined: list[dict[str, Any]] = field(default_factory=list)
    changes: dict[tuple[str, str], Change] = field(default_factory=dict)
    contract: Contract | None = None

    def note(self, changes: Iterable[Change]) -> None:
        """Add changes; one that an earlier page showed already is kept as it was."""
        for change in changes:
            self.changes.setdefault((change.code, change.path), change)


class Reading(Struct, frozen=True):
    """How one stream of a connection is read: ``sender`` keeps to its limits, ``mapper`` maps what comes.

    ``contract`` and ``keeps`` are as in :class:`Pull`; ``policy`` is the connection's; ``login`` is there
    where others log in to it as well. ``watcher`` is told after each page, before each wait, and of each
    request that failed and is made again.
    """

    connection: str
    plan: ReadPlan
    mapper: Mapper
    sender: Sender
    contract: Contract | None = None
    keeps: bool = True
    policy: Mapping[str, str] = field(default_factory=dict)
    login: SharedLogin | None = None
    watcher: Watcher | None = None


class _Part(Struct, frozen=True):
    """Records, and the fields that the ERP had refused to give by then."""

    records: RawRecords
    refused: tuple[str, ...]


class WholeRead:
    """Reads one stream whole; iterate what one of its methods yields to its end, then read ``result``."""

    def __init__(self, reading: Reading, clock: Clock) -> None:
        """Prepare to read; nothing is sent yet."""
        self._reading, self._clock, self._mapper = reading, clock, reading.mapper
        connector = reading.plan.connector
        self._reader = StreamReader(reading.plan)
        self._reliance = reliance_of(connector, reading.plan.stream, self._mapper)
        detector = Detector(self._reliance, reading.contract, learns=reading.keeps)
        waived = reading.contract.waived if reading.contract else frozenset()
        self._judging = Judging(self._mapper, detector, reading.policy, waived)
        self._source = EventSource(
            connection=reading.connection,
            connector=connector.name,
            entity=self._mapper.entity,
            schema_id=self._mapper.schema_id,
            time=iso(clock.now()),
        )
        self.result = Pulled()

    def events(self) -> Iterator[bytes]:
        """Yield each event, as :meth:`batches` does many of them."""
        return chain.from_iterable(self.batches())

    def batches(self) -> Iterator[Sequence[bytes]]:
        """Yield events, each one line of JSON; raises ApiChanged before a wrong one is yielded."""
        observed = Observation()
        try:
            with closing(ahead_if_slow(self._parts())) as parts:
                for window in _windows(parts, at_once=self._reading.contract is not None):
                    judging = replace(self._judging, refused=window.refused)
                    done = transform(window.records, judging, self._source, _nothing_known)
                    if self._reading.keeps and done.observed is not None:
                        observed = observed.merged(done.observed)
                    self._note(done)
                    yield done.events
                    del window, done  # or they would be kept while the next window is read
            self._end(observed)
        except ApiChanged as changed:
            self.result.note(map(self._touching, changed.changes))
            raise

    def _touching(self, change: Change) -> Change:
        """Return the change with what relies on it; what is no field touches the whole entity."""
        used_by = change.used_by or self._reliance.used_by(change.segments())
        return replace(change, used_by=used_by or (self._mapper.entity,) * (not goes_on(change.action)))

    def _note(self, done: Transformed) -> None:
        self.result.counts += done.counts()
        self.result.quarantined += done.quarantined
        self.result.note(done.changes)

    def _end(self, observed: Observation) -> None:
        """Judge what the reading as a whole showed, and learn; raises ApiChanged."""
        before = self._reading.contract or Contract()
        facts = {**self._reader.facts, "records": self._reader.records, "whole": True}
        today = self._clock.now().date()
        found = self._judging.judged(
            wire_changes(before.wire, facts, entity=self._mapper.entity, today=today)
        )
        self.result.note(found)
        stop_if_held(found, self._mapper.entity)
        if self._reading.keeps:
            learnt = before.learnt_from(observed, reliance=self._reliance)
            self.result.contract = learnt.with_wire(learnt_wire(before.wire, facts))

    def raw(self) -> Iterator[Sequence[bytes]]:
        """Yield raw records, each one line of JSON, as the ERP sent them."""
        for page in self._pages():
            self.result.counts += Counts(fetched=len(page.records))
            yield as_raw(page.records).lines

    def _parts(self) -> Iterator[_Part]:
        """Yield the records page by page."""
        for page in self._pages():
            yield _Part(as_raw(page.records), self._reader.refused)

    def _pages(self) -> Iterator[Page]:
        # Being throttled is waited out here: there is no state machine that could wait for nothing.
        sender, login, patience = self._reading.sender, self._reading.login, Patience()
        while True:
            throttled = False
            for event in read_pages(self._reader, sender, self._clock, TRIES, login):
                if isinstance(event, Throttled):
                    throttled = True
                    patience = patience.asked(self._reading.plan.stream.name, self._clock.now(), event)
                    self._wait(event.resume_at)
                if isinstance(event, Failed):
                    self._tell(failed=event)
                if isinstance(event, Page):
                    patience = Patience()
                    self.result.pages += 1
                    self._tell()
                    yield event
                    until = self._reader.resume_at
                    if until is not None and not self._reader.position()["done"]:
                        patience.asked(self._reading.plan.stream.name, self._clock.now(), Throttled(until))
                        self._wait(until)
            if not throttled:
                return

    def _wait(self, until: datetime) -> None:
        if isinstance(self._reading.sender, BudgetedSender):
            self._reading.sender.close()  # a place that is held and not used meanwhile is for somebody else
        self._tell(until=until)
        self._clock.sleep(max((until - self._clock.now()).total_seconds(), 0.0))

    def _tell(self, *, until: datetime | None = None, failed: Failed | None = None) -> None:
        if self._reading.watcher is not None:
            self._reading.watcher(Standing(self._reader.records, until, failed))


class Puller(WholeRead):
    """Pulls one stream with what a person typed; see :class:`WholeRead`."""

    def __init__(self, catalog: Catalog, sender: Sender, clock: Clock, wanted: Pull, budgets: Table) -> None:
        """Prepare to pull; ``budgets`` is where the connector's limits are counted."""
        connector = catalog.connector(wanted.connector, only=wanted.stream)
        plan, mapper = _prepare(catalog, connector, wanted, clock)
        scope = Scope(settings=plan.settings, secrets=plan.secrets, now=clock.now())
        within = budgeted(sender, clock, budgets, Caller(wanted.connection, connector, scope))
        reading = Reading(
            wanted.connection, plan, mapper, within, wanted.contract, wanted.keeps, watcher=wanted.watcher
        )
        super().__init__(reading, clock)


def _windows(parts: Iterable[_Part], *, at_once: bool) -> Iterator[_Part]:
    """Yield the records in windows as large as a chunk; each is judged before any of it is published.

    What has no contract is taken apart until the shape of what follows is known: unless ``at_once``, the
    first windows are small, and then as large as all before them.
    """
    came, enough = 0, MAX_RECORDS if at_once else FIRST_RECORDS
    window: list[RawRecords] = []
    refused: tuple[str, ...] = ()
    try:
        for part in parts:
            window.append(part.records)
            refused = part.refused
            if (size := sum(map(len, window))) >= enough:
                yield _Part(_taken(window), refused)
                came += size
                enough = min(max(enough, came, SPARED), MAX_RECORDS)
    except SluiceError:
        yield _Part(_taken(window), refused)  # what came before is good
        raise
    yield _Part(_taken(window), refused)


def _taken(parts: list[RawRecords]) -> RawRecords:
    """Return all of them and leave none, so that nobody keeps a window that was worked on."""
    taken = RawRecords.joined(parts)
    parts.clear()
    return taken


def _nothing_known(ids: Iterable[str]) -> Mapping[str, Seen]:  # noqa: ARG001  (the shape of LookUp)
    return {}


def _prepare(catalog: Catalog, connector: Connector, wanted: Pull, clock: Clock) -> tuple[ReadPlan, Mapper]:
    stream = _stream(connector, wanted.stream)
    secrets = {name: Secret(text) for name, text in wanted.given.items() if name in connector.secrets}
    settings = {name: text for name, text in wanted.given.items() if name not in connector.secrets}
    complete = complete_settings(connector, text_settings(connector, settings))
    require_secrets(connector, secrets, wanted.connection)
    if must_be_authorised(connector, secrets):
        message = "lacks a refresh token; right would be --set refresh_token=..., one that nobody else uses"
        raise ConfigurationInvalid(message, [Fault("missing_secret", "/refresh_token", message)])
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
        known=wanted.contract.wire if wanted.contract else {},
        goes_round_fields=True,
    )
    return plan, mapper


def _stream(connector: Connector, name: str) -> Stream:
    if name not in connector.streams:
        known = ", ".join(connector.streams)
        message = f"{connector.name} has no stream {name!r}; it has: {known}"
        raise ConfigurationInvalid(message, [Fault("unknown_stream", "/stream", message)])
    return connector.streams[name]
