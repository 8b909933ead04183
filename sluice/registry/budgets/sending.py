"""A Sender that sends nothing without a place under every limit of its connector.

A wait of a few seconds is slept. A longer one is the caller's: MustWait says until when.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from msgspec import Struct

from sluice.connector.expanding.declared import requests_at_once
from sluice.connector.limits import Limit, LimitKind, limits_in_force
from sluice.connector.settings import base_urls_of
from sluice.connector.spec import Connector
from sluice.connector.values import Scope
from sluice.model.http import Reply, Request
from sluice.ports.clock import Clock
from sluice.ports.sender import Sender
from sluice.ports.table import Table
from sluice.registry.budgets.account import Account, Wait
from sluice.registry.budgets.pause import Pause

PATIENCE = 8.0
"""Seconds that one request is waited for here."""

LONGEST_PAUSE = timedelta(hours=4)
"""A budget that is used up for longer is not waited for: a run may last a day, not more."""

_TURN = (20.0, 40.0)
_SOON = (0.5, 2.5)
"""Seconds until a place is asked for again that may be free at any time."""


class MustWait(Exception):
    """Nothing was sent: our own budget has no place before ``until`` (aware UTC).

    Not ``ours``: the vendor named that moment, to another who reads the connection, or ``shared``, to another
    connection that shares the limit.
    """

    def __init__(self, message: str, until: datetime, *, ours: bool = True, shared: bool = False) -> None:
        super().__init__(message)
        self.until, self.ours, self.shared = until, ours, shared


class Caller(Struct, frozen=True):
    """On whose behalf requests are sent: a connection, its connector, and what limits are shared by."""

    connection: str
    connector: Connector
    scope: Scope


class Api(Struct, frozen=True):
    """What is asked: its ``hosts``, and what it asked all who read the connection for, if that is kept."""

    hosts: Collection[str]
    pause: Pause | None = None

    def has(self, request: Request) -> bool:
        """Return whether the request goes there, not to a login elsewhere."""
        return _host_of(request.url) in self.hosts


class BudgetedSender:
    """Sends one request at a time within the limits; close it to give back what is left.

    ``patience`` is how many seconds a request is waited for here.
    """

    def __init__(
        self,
        sender: Sender,
        clock: Clock,
        accounts: Sequence[Account],
        api: Api,
        patience: float = PATIENCE,
    ) -> None:
        self._sender, self._clock = sender, clock
        self._accounts, self._api, self._patience = tuple(accounts), api, patience

    def send(self, request: Request) -> Reply:
        """Send once every limit has a place; raises TransportFailed, and MustWait if that is not soon."""
        counting = self._counting(request)
        self._wait_out_pause(request)
        self._take_places(counting)
        for account in counting:
            account.sending()
        try:
            reply = self._sender.send(request)
        except BaseException:
            # Whatever stopped it, the vendor may have counted it.
            for account in counting:
                account.lost()
            raise
        for account in counting:
            account.answered(reply.status)
        return reply

    def beside(self) -> BudgetedSender:
        """Return a sender within the same limits for another thread; it waits for no place. Close it."""
        accounts = [account.beside() for account in self._accounts]
        return BudgetedSender(self._sender, self._clock, accounts, self._api, patience=0.0)

    def slow_down(self, until: datetime) -> None:
        """Tell everybody who shares a limit that the vendor wants no request before ``until``.

        Which limit it was, the vendor does not say. One whose window is shorter than the wait was not the
        one, unless all are: it is told to wait no longer than its window. Limits of requests at once are
        told only where there are none in a span.
        """
        if self._api.pause is not None:
            self._api.pause.lengthen(until)
        now, wanted = self._clock.now(), (until - self._clock.now()).total_seconds()
        by_kind = {kind: [one for one in self._accounts if one.limit.kind is kind] for kind in LimitKind}
        told = by_kind[LimitKind.REQUESTS] or by_kind[LimitKind.CONCURRENT]
        fits = any(account.limit.seconds >= wanted for account in told)
        for account in told:
            seconds = min(wanted, account.limit.seconds) if fits else wanted
            account.slow_down(_milliseconds(now + timedelta(seconds=seconds)))

    def close(self) -> None:
        """Give back every place that is held and was not used."""
        for account in self._accounts:
            account.close()

    def _counting(self, request: Request) -> list[Account]:
        ours = self._api.has(request)
        return [account for account in self._accounts if ours or account.limit.every_host]

    def _wait_out_pause(self, request: Request) -> None:
        """Return once the vendor may be asked again; raises MustWait where that is not soon."""
        began = self._clock.monotonic()
        while self._api.pause is not None and self._api.has(request):
            until = self._api.pause.until()
            wait = (until - self._clock.now()).total_seconds()
            if wait <= 0:
                return
            later = random.uniform(*_SOON)  # noqa: S311  (jitter)
            if self._clock.monotonic() - began + wait > self._patience:
                moment = until.strftime("%Y-%m-%dT%H:%M:%SZ")
                message = f"the ERP wants no request before {moment}, as it told another of the connection"
                raise MustWait(message, until + timedelta(seconds=later), ours=False)
            self._clock.sleep(wait + min(later, 1.0))

    def _take_places(self, accounts: Sequence[Account]) -> None:
        until = self._clock.monotonic() + self._patience
        while True:
            for account in accounts:
                missed = 0
                while (wait := account.take()) is not None:
                    pause = self._pause(account.limit, wait, missed)
                    if self._clock.monotonic() + pause > until:
                        self._give_up(account, wait)
                    self._clock.sleep(pause)
                    missed += 1
            # Waiting for one place may take so long that another is no longer held for long enough.
            if all(account.ready for account in accounts):
                return

    def _pause(self, limit: Limit, wait: Wait, missed: int) -> float:
        """Return for how many seconds to wait; the more often others were sooner, the more wait beside us."""
        apart = min(max(limit.seconds / limit.count, 0.02), 0.25)
        spread = min(apart * 2**missed, 1.0)
        jitter = random.uniform(0, spread)  # noqa: S311
        return max(wait.at / 1000 - self._clock.now().timestamp(), 0.0) + jitter

    def _give_up(self, account: Account, wait: Wait) -> None:
        """Give all places back, and raise MustWait."""
        self.close()
        # One that waits for nothing is a lane of another, which comes back as soon as that one likes.
        lines_up = self._patience > 0 and account.limit.kind is LimitKind.REQUESTS
        back = account.line_up(wait) if lines_up else wait.at
        now, at = self._clock.now(), datetime.fromtimestamp(back / 1000, UTC)
        at_once = account.limit.kind is LimitKind.CONCURRENT
        later = random.uniform(*(_TURN if at_once and not wait.certain else _SOON))  # noqa: S311  (jitter)
        until = max(at, now) + timedelta(seconds=later)
        moment = until.strftime("%Y-%m-%dT%H:%M:%SZ")
        what = "is used up, as the ERP told another that shares it" if wait.asked else "is used up"
        message = f"the limit of {account.limit} (connector.yaml) {what}; there is room again at {moment}"
        raise MustWait(message, until, ours=not wait.asked, shared=wait.asked)


def budgeted(
    sender: Sender, clock: Clock, table: Table, caller: Caller, patience: float = PATIENCE
) -> BudgetedSender:
    """Return a sender that keeps to the limits of the caller's connector; ``patience`` is in seconds."""
    connector = caller.connector
    accounts = [
        Account(table, clock, limit, limit.key(connector.name, caller.connection, caller.scope))
        for limit in limits_in_force(connector.limits, connector.concurrency, requests_at_once(connector))
    ]
    hosts = frozenset(map(_host_of, base_urls_of(connector, caller.scope.settings)))
    api = Api(hosts, Pause(table, f"{connector.name}#pause#{caller.connection}"))
    return BudgetedSender(sender, clock, accounts, api, patience)


def _host_of(url: str) -> str:
    return urlsplit(url).hostname or ""


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
