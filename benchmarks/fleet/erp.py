"""Vendors' servers: they answer, ask for patience, or are out for an hour.

They enforce no limit: what was sent is noted, so that it can be held against a limit afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from benchmarks.fleet.account import Account
from benchmarks.fleet.settings import Parameters
from sluice.model.http import Reply, Request
from sluice.ports.sender import TransportFailed

_ANSWERED, _THROTTLED = Reply(200, {}, b""), Reply(429, {}, b"")


@dataclass(frozen=True, slots=True)
class Outage:
    """A connector whose ERP is out from one second to another."""

    connector: str
    begin: float
    end: float


class Erp:
    """One vendor's server, as a Sender. ``noted``, if a list, holds seconds of sending and answer."""

    def __init__(self, name: str, account: Account, given: Parameters, seed: int) -> None:
        self.name = name
        self.requests = 0
        self.noted: list[tuple[float, float]] | None = None
        self.outage: Outage | None = None
        self._engine, self._given = account.engine, given
        self._random = Random(f"{seed}/{name}")  # noqa: S311 - planted, not secret

    def send(self, request: Request) -> Reply:  # noqa: ARG002
        """Answer after a while; raises TransportFailed while the ERP is out."""
        began, failed = self._engine.time, self.is_out(self._engine.time)
        self.requests += 1
        self._engine.sleep(self._given.outage_seconds if failed else self.seconds())
        if self.noted is not None:
            self.noted.append((began, self._engine.time))
        if failed:
            raise TransportFailed(f"{self.name} is out")
        return _THROTTLED if self.throttles() else _ANSWERED

    def is_out(self, moment: float) -> bool:
        """Return whether requests fail at a second."""
        return self.outage is not None and self.outage.begin <= moment < self.outage.end

    def seconds(self) -> float:
        """Return how long an answer takes: half of it is fixed, half is exponential."""
        half = self._given.erp_seconds / 2
        return half + (self._random.expovariate(1 / half) if half else 0.0)

    def throttles(self) -> bool:
        """Return whether a request is answered with 429."""
        return self._random.random() < self._given.throttled_share
