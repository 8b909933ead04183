"""A connection is tried: logged in to, and one record of each stream asked for. Nothing is handed on or kept.

It goes the way that a run goes: the same settings, login, limits and reader. Only what a login gave is kept,
of a connection that is stored, because its next run may need it. A person waits for the answer, so what is
not done in time is left, and said to be.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from sluice.connector.building.oauth import REFRESH_TOKEN
from sluice.connector.outcomes import Page, ReadPlan, Throttled
from sluice.connector.reader import StreamReader
from sluice.connector.session import Session
from sluice.connector.settings import complete_settings
from sluice.connector.spec import Connector, Pagination, Stream
from sluice.connector.values import Scope
from sluice.errors import ConfigurationInvalid, SluiceError
from sluice.faults import Fault
from sluice.model.connection import Connection
from sluice.model.http import Reply, Request
from sluice.model.secret import Secret
from sluice.registry.audit import Act
from sluice.registry.budgets.sending import Caller, MustWait, budgeted
from sluice.usecases.access.credentials import credentials_of, must_be_authorised
from sluice.usecases.access.logging_in import SharedLogin
from sluice.usecases.contracts.selecting import selection_of
from sluice.usecases.fetching.reading import read_pages
from sluice.usecases.operating.auditing import audited
from sluice.usecases.plan_run import enabled_streams
from sluice.usecases.world import World

SECONDS = 11.0
"""After these no request is begun. One that is begun may wait for its budget and take some seconds more."""

PATIENCE = 3.0
"""Seconds that a request waits for its budget, or a login for another's."""

MOST_REQUESTS = 60
MOST_PAGES = 4
"""Pages without a record after which a stream is taken as empty here."""

MOST_FIELDS = 200
_LONGEST = 500
_MOST_FAILURES = 2
"""Failures in a row, with nothing read before, after which the rest is left: an account may be locked."""

_ADVICE = {
    "CredentialsRejected": "Check the secrets, and what the ERP's user or key may read.",
    "ErpUnavailable": "Try again in a minute; if it stays, check the addresses in the settings.",
    "ApiChanged": "Check the addresses in the settings. If they are right, the ERP answers in another way"
    " than the connector expects: its first run tells what changed.",
    "ConfigurationInvalid": "Correct what the message names.",
}


class StreamTrial(Struct, frozen=True):
    """What came of one stream: it was read, waits as the ERP or its limit asks for, failed, or was left.

    ``error`` is the name of what failed, ``cause`` says it in words, and why a stream was left. ``fields``
    are names of what the first record has.
    """

    stream: str
    outcome: Literal["read", "waits", "failed", "left"]
    records: int = 0
    fields: tuple[str, ...] = ()
    error: str = ""
    cause: str = ""
    advice: str = ""


class Trial(Struct, frozen=True):
    """What came of all streams, and how many requests it took."""

    streams: tuple[StreamTrial, ...]
    requests: int

    @property
    def fine(self) -> bool:
        """Whether something was read, and nothing failed."""
        outcomes = {one.outcome for one in self.streams}
        return "read" in outcomes and "failed" not in outcomes


def try_stored(world: World, name: str) -> Trial:
    """Try the connection as it is stored; raises ConfigurationInvalid where it cannot be read at all."""
    connection = world.connections.get(name)
    connector = world.connector_of(connection)
    secrets = credentials_of(world, connection, connector)
    login = SharedLogin(world, connection, connector, patience=PATIENCE)
    return _Trying(world, connection, connector, secrets).tried(login)


def try_given(world: World, connection: Connection, secrets: Mapping[str, Secret]) -> Trial:
    """Try a connection that is not stored, with the secrets that are given, and no others.

    Raises ConfigurationInvalid where it cannot be read at all, or only by spending a refresh token, whose
    successor nobody would keep.
    """
    connector = world.connector_of(connection)
    if connector.auth.rotating or must_be_authorised(connector, secrets):
        message = (
            "is read by what a person agrees to; right would be to add it, authorise it, and test it then"
        )
        fault = Fault("must_be_authorised", f"/secrets/{REFRESH_TOKEN}", message)
        raise ConfigurationInvalid("the connection cannot be tested before it is authorised", [fault])
    return _Trying(world, connection, connector, secrets).tried(None)


class _Trying:
    """One trial, stream by stream; ``session`` is what the last reader had."""

    def __init__(
        self, world: World, connection: Connection, connector: Connector, secrets: Mapping[str, Secret]
    ) -> None:
        self.world, self.connection, self.connector, self.secrets = world, connection, connector, secrets
        self.settings = complete_settings(connector, connection.settings)
        self.session: Session | None = None
        self.login_failed = False
        self.bounded = _Bounded(world)
        scope = Scope(settings=self.settings, secrets=secrets, now=world.clock.now())
        caller = Caller(connection.name, connector, scope)
        self.sender = budgeted(self.bounded, world.clock, world.state, caller, PATIENCE)

    def tried(self, login: SharedLogin | None) -> Trial:
        """Try every enabled stream; ``login`` keeps what a login gives, of a connection that is stored."""
        name, found = self.connection.name, list[StreamTrial]()
        act = Act(self.world.who, "connections.test", name, name)
        try:
            with audited(self.world, act) as outcome:
                for stream in enabled_streams(self.connection, self.connector):
                    why = self._why_left(found)
                    left = StreamTrial(stream, "left", cause=why)
                    found.append(left if why else self._one(stream, login))
                outcome.after = {one.stream: one.error or one.outcome for one in found}
        finally:
            self.sender.close()
        return Trial(tuple(found), self.bounded.sent)

    def _why_left(self, before: Sequence[StreamTrial]) -> str:
        """Return why nothing more is tried; "" to go on."""
        failures = sum(one.outcome == "failed" for one in before)
        if self.login_failed:
            return "the login failed before"
        if failures >= _MOST_FAILURES and not any(one.outcome == "read" for one in before):
            return f"{failures} streams failed before, and none was read"
        return _OVER if self.bounded.is_over else ""

    def _one(self, name: str, login: SharedLogin | None) -> StreamTrial:
        reader: StreamReader | None = None
        try:
            reader = StreamReader(self._plan(name, login.session if login else self.session))
            return self._read(name, reader, login)
        except SluiceError as error:
            self.login_failed = reader is not None and reader.wants_login
            return _failed(name, error, at_login=self.login_failed)

    def _read(self, name: str, reader: StreamReader, login: SharedLogin | None) -> StreamTrial:
        pages = 0
        for event in read_pages(reader, self.sender, self.world.clock, login=login):
            self.session = reader.session
            if isinstance(event, Throttled):
                return _waiting(name, event, over=self.bounded.is_over)
            if isinstance(event, Page) and not event.tombstones:
                pages += 1
                if event.records or pages >= MOST_PAGES:
                    return StreamTrial(name, "read", len(event.records), _fields(event.records))
        return StreamTrial(name, "read")

    def _plan(self, name: str, session: Session | None) -> ReadPlan:
        world = self.world
        return ReadPlan(
            connector=self.connector,
            stream=_smallest(self.connector.streams[name]),
            settings=self.settings,
            secrets=self.secrets,
            selection=selection_of(world.mapper_of(self.connection, name)),
            since=None,
            started_at=world.clock.now(),
            session=session,
            now=world.clock.now,
        )


class _Bounded:
    """A Sender that sends for a while, and so often, and says of the next request that it must wait."""

    def __init__(self, world: World) -> None:
        self._sender, self._clock = world.sender, world.clock
        self._until = world.clock.monotonic() + SECONDS
        self.sent = 0

    @property
    def is_over(self) -> bool:
        return self.sent >= MOST_REQUESTS or self._clock.monotonic() > self._until

    def send(self, request: Request) -> Reply:
        if self.is_over:
            raise MustWait("the time of a test is used up", self._clock.now() + timedelta(seconds=1))
        self.sent += 1
        return self._sender.send(request)


_OVER = "the time of a test is used up"
_LOGIN = "Check the secrets and the addresses: the login failed, so nothing else was tried."


def _failed(stream: str, error: SluiceError, *, at_login: bool) -> StreamTrial:
    name, cause = type(error).__name__, " ".join(str(error).split())[:_LONGEST]
    advice = _LOGIN if at_login else _ADVICE.get(name, error.advice)
    return StreamTrial(stream, "failed", error=name, cause=cause, advice=advice)


def _waiting(stream: str, event: Throttled, *, over: bool) -> StreamTrial:
    if over:
        return StreamTrial(stream, "left", cause=_OVER)
    whose = "our own limit has no room" if event.ours else "the ERP asks for patience"
    moment = event.resume_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return StreamTrial(stream, "waits", cause=f"{whose} until {moment}", advice="Try again then.")


def _fields(records: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    names = sorted(records[0]) if records else []
    return tuple(str(name)[:100] for name in names[:MOST_FIELDS])


def _smallest(stream: Stream) -> Stream:
    """Return the stream with pages of one record, where the page's size is asked for at all."""
    parents = stream.parents
    if parents is not None:
        parents = replace(parents, list=_smallest(parents.list))
    return replace(stream, pagination=_of_one(stream.pagination), parents=parents)


def _of_one(pagination: Pagination) -> Pagination:
    return replace(pagination, size=1) if pagination.size else pagination
