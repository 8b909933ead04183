"""Logging in where several read one connection at once: one logs in, the others go on with its session.

Every kind of login takes turns. Where a refresh token rotates, two at once would spend it twice, and lock the
connection out; elsewhere it spares logins, and sessions that end each other. So only the former must wait.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

from sluice.connector.outcomes import LoggedIn, Outcome, Throttled
from sluice.connector.reader import StreamReader
from sluice.connector.session import Session
from sluice.connector.spec import Connector
from sluice.errors import CredentialsRejected, ErpUnavailable
from sluice.model.connection import Connection
from sluice.model.http import Reply, Request
from sluice.ports.clock import Clock
from sluice.registry.budgets.sending import MustWait
from sluice.registry.login_turns import LIFE, LoginTurns, Turn
from sluice.usecases.access.credentials import load_session, store_session
from sluice.usecases.world import World

PATIENCE = 30.0
"""Seconds to wait for another's login where it must be waited for."""

COURTESY = 10.0
"""Seconds to wait for it where logging in beside it does no harm."""

Send: TypeAlias = Callable[[Request], Reply]


class _Busy(Exception):
    """Somebody else had the turn for as long as was waited."""


class SharedLogin:
    """One reading's way into the ERP; ``session`` is as last read from the store, or put there."""

    def __init__(
        self,
        world: World,
        connection: Connection,
        connector: Connector,
        known: Session | None = None,
        patience: float = PATIENCE,
    ) -> None:
        """Look up the session that an earlier step logged in, unless it is ``known`` already.

        ``patience`` is how many seconds another's login is waited for at most.
        """
        self._world, self._connection, self._auth = world, connection, connector.auth
        self._turns, self._patience = LoginTurns(world.state), patience
        self.session = known
        if known is None and connector.auth.login is not None:
            self.session = self._stored()

    def log_in(self, reader: StreamReader, send: Send) -> Outcome | None:
        """Return what the login came to, None where the reader goes on with another's session.

        For a reader that wants to log in. A new session is stored when this returns, before it is used.
        Raises ErpUnavailable, CredentialsRejected, ApiChanged or ConfigurationInvalid; MustWait as ``send``.
        """
        turn = self._first_turn(reader)
        request = reader.next_request()
        if request is None or not reader.wants_login:
            return None
        try:
            outcome = reader.receive(send(request))
        except CredentialsRejected as refused:
            lost = turn is not None and self._is_lost(turn)
            self._give_back(turn, spent=False)
            if lost or self._stored() != self.session:
                # Somebody spent what we sent, while one of us was slow: go on with what they got for it.
                return self.log_in(reader, send)
            raise CredentialsRejected(self._refused(str(refused), turn)) from refused
        except Exception as failed:
            # Unless nothing was sent, the reply was lost or not understood: what was sent may be spent.
            unsent = isinstance(failed, MustWait) or isinstance(failed.__cause__, MustWait)
            self._give_back(turn, spent=not unsent)
            raise
        if isinstance(outcome, LoggedIn) and reader.session is not None:
            self._store(reader, reader.session, turn)
        else:
            self._give_back(turn, spent=not isinstance(outcome, Throttled))
        return outcome

    def _first_turn(self, reader: StreamReader) -> Turn | None:
        """Return the turn; None where the reader needs no login any more, or need not wait for a turn."""

        def caught_up() -> bool:
            if self._catch_up(reader):
                reader.next_request()
            return not reader.wants_login

        patience = min(self._patience, PATIENCE if self._auth.rotating else COURTESY)
        try:
            return self._next_turn(caught_up, patience)
        except _Busy as busy:
            if self._auth.rotating:
                raise ErpUnavailable(str(busy)) from busy
            self._check_unchanged()
            return None

    def _next_turn(self, caught_up: Callable[[], bool], patience: float) -> Turn | None:
        """Wait for a turn; None once somebody else has stored what is waited for. Raises _Busy."""
        name, clock = self._connection.name, self._world.clock
        for _ in _looks(clock, patience):
            place = self._turns.free(name, clock.now())
            if place is None:
                continue
            # Behind the look at the place: whoever stores a session meanwhile makes another one of it.
            if caught_up():
                return None
            self._check_unchanged()
            turn = self._turns.take(name, place, clock.now())
            if turn is not None:
                return turn
        raise _Busy(f"somebody else has been logging in to {name} for {patience:g} s")

    def _catch_up(self, reader: StreamReader) -> bool:
        """Let the reader go on from the stored session, if that is another one; return whether it is."""
        stored = self._stored()
        if stored == self.session:
            return False
        self.session = stored
        if stored is not None:
            reader.adopt(stored)
        return stored is not None

    def _check_unchanged(self) -> None:
        now = self._world.connections.get(self._connection.name)
        if now.created_at != self._connection.created_at:
            message = "the connection was changed while it was read; the next try takes it as it is now"
            raise ErpUnavailable(message)

    def _store(self, reader: StreamReader, session: Session, turn: Turn | None) -> None:
        """Store what the login gave, unless whoever took the turn over has stored a newer one."""
        name = self._connection.name
        while turn is not None and self._is_lost(turn):
            try:
                turn = self._next_turn(lambda: self._catch_up(reader), LIFE.total_seconds() + PATIENCE)
            except _Busy as busy:
                raise ErpUnavailable(f"{busy}: the session is not stored, and not used") from busy
            if turn is None:
                return
        try:
            store_session(self._world, name, session)
        except Exception:
            # What was spent for it is gone, and nobody has it: the next refusal says since when.
            self._give_back(turn, spent=True)
            raise
        self.session = session
        if turn is not None:
            self._turns.give_back(name, turn)

    def _is_lost(self, turn: Turn) -> bool:
        """Return whether somebody took the turn over; if not, it lasts anew."""
        return not self._turns.keep(self._connection.name, turn, self._world.clock.now())

    def _give_back(self, turn: Turn | None, *, spent: bool) -> None:
        """Let the next one log in; ``spent``: nobody knows what became of what was sent."""
        if turn is not None:
            unfinished = turn.unfinished or (turn.since if spent else "")
            self._turns.give_back(self._connection.name, turn, unfinished)

    def _stored(self) -> Session | None:
        return load_session(self._world, self._connection.name)

    def _refused(self, message: str, turn: Turn | None) -> str:
        if not self._auth.rotating or turn is None or not turn.unfinished:
            return message
        return (
            f"{message}; how the login of {turn.unfinished} ended is not known: the ERP may have given a"
            " refresh token then that never arrived, or was never stored"
        )


@contextmanager
def nobody_logs_in(world: World, connection: str, patience: float = LIFE.total_seconds()) -> Iterator[None]:
    """Keep everybody from logging in meanwhile: what a login under way still brings is not stored.

    Waits for a login under way, by default as long as it may take (seconds); afterwards whoever has the turn
    loses it.
    """
    turns, clock = LoginTurns(world.state), world.clock
    for _ in _looks(clock, patience):
        place = turns.free(connection, clock.now())
        turn = turns.take(connection, place, clock.now()) if place is not None else None
        if turn is not None:
            break
    else:
        turn = turns.seize(connection, clock.now())
    try:
        yield
    finally:
        turns.give_back(connection, turn)


def _looks(clock: Clock, patience: float) -> Iterator[None]:
    """Yield at once, and again every now and then until the patience (seconds) is used up."""
    until = clock.monotonic() + patience
    yield
    while clock.monotonic() < until:
        clock.sleep(random.uniform(0.2, 1.0))  # noqa: S311  (jitter)
        yield
