"""The fleet: connections over all connectors alike, their schedules, and the limits that their vendors keep.

Connectors, limits and who shares them are the real ones: keys are made by Limit.key of the values that
`shared_by` names. Only what is a secret of the integrator, and not of the customer, is said here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from random import Random

from benchmarks.fleet.settings import Parameters
from sluice.bootstrap.documents import catalog
from sluice.connector.expanding.declared import requests_at_once
from sluice.connector.limits import Limit, LimitKind, limits_in_force
from sluice.connector.spec import Connector
from sluice.connector.values import Scope
from sluice.model.schedules.expression import start_window
from sluice.model.secret import Secret

EXPRESSIONS = {
    "quarter": "cron(0/15 * * * ? *)",
    "hourly": "cron(0 * * * ? *)",
    "nightly": "cron(0 2 * * ? *)",
}
PERIODS = {"quarter": 900, "hourly": 3600, "nightly": 86_400}

INTEGRATOR = frozenset({"client_id", "subscription_key"})
"""Secrets that an integrator has once, for all of its customers."""

_NOW = datetime(2026, 11, 23, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Connection:
    """``looked`` streams are read by what has changed, ``whole`` ones by every run. ``keyed``: limit, key.

    Only those limits are keyed that requests may have to wait for. ``phase`` is how many seconds after its
    schedule's moment it is started, where schedules are spread; ``late`` where they are not.
    """

    name: str
    connector: str
    kind: str
    phase: float
    late: float
    looked: tuple[str, ...]
    whole: tuple[str, ...]
    keyed: tuple[tuple[Limit, str], ...]


@dataclass(frozen=True, slots=True)
class _Erp:
    """A connector as far as it matters here."""

    name: str
    looked: tuple[str, ...]
    whole: tuple[str, ...]
    limits: tuple[Limit, ...]

    def may_bind(self, limit: Limit, shared: bool) -> bool:  # noqa: FBT001
        """Return whether a request of one connection may ever have to wait for a place.

        What is shared may always. What is one connection's own may if a run sends more at once, or more in
        all, than there are places: runs of a connection are a quarter of an hour apart, or take turns by its
        lease. A limit of a day is not met by ten streams every quarter of an hour.
        """
        if shared:
            return True
        if limit.kind is LimitKind.CONCURRENT:
            return limit.count < min(4, len(self.whole))
        most = len(self.looked) + 4 * len(self.whole)
        return limit.kind is LimitKind.REQUESTS and limit.seconds <= 900 and most > limit.count


def fleet(count: int, given: Parameters, seed: int, names: Sequence[str] = ()) -> list[Connection]:
    """Return so many connections; ``names`` are the connectors to take, all where none are named."""
    random = Random(f"{seed}/fleet")  # noqa: S311 - planted, not secret
    erps = [_erp(name, int(given.streams)) for name in names or catalog().names()]
    kinds = _kinds(count, given)
    random.shuffle(kinds)
    found = [(erps[number % len(erps)], f"c{number:06}", kind) for number, kind in enumerate(kinds)]
    keys = {name: _keys(erp, name) for erp, name, _ in found}
    sharers = Counter(key for pairs in keys.values() for _, key in pairs)
    return [
        Connection(
            name, erp.name, kind, *_starts(kind, random.random(), given), erp.looked, erp.whole,
            tuple(pair for pair in keys[name] if erp.may_bind(pair[0], sharers[pair[1]] > 1)),
        )
        for erp, name, kind in found
    ]  # fmt: skip


def _kinds(count: int, given: Parameters) -> list[str]:
    quarter, nightly = round(count * given.quarter), round(count * given.nightly)
    return ["quarter"] * quarter + ["nightly"] * nightly + ["hourly"] * (count - quarter - nightly)


def _starts(kind: str, share: float, given: Parameters) -> tuple[float, float]:
    """Return when a run starts whose schedule is spread, and one on the hour that the Scheduler lets wait."""
    spread_over = given.spread_nightly_seconds if kind == "nightly" else PERIODS[kind]
    return share * spread_over, share * 60 * start_window(EXPRESSIONS[kind])


@cache
def _connector(name: str) -> Connector:
    return catalog().connector(name)


@cache
def _erp(name: str, most: int) -> _Erp:
    known = _connector(name)
    streams = list(known.streams.values())[:most]
    return _Erp(
        name,
        tuple(stream.name for stream in streams if stream.incremental is not None),
        tuple(stream.name for stream in streams if stream.incremental is None),
        limits_in_force(known.limits, known.concurrency, requests_at_once(known)),
    )


def _keys(erp: _Erp, connection: str) -> list[tuple[Limit, str]]:
    """Return the limits with their keys, of a customer who shares with others what is the integrator's."""
    scope = Scope(settings=_Own(connection), secrets=_OwnSecrets(connection), now=_NOW)
    return [(limit, limit.key(erp.name, connection, scope)) for limit in erp.limits]


class _Own(dict[str, str]):
    """Settings that are another customer's under every name."""

    def __init__(self, connection: str) -> None:
        super().__init__()
        self._connection = connection

    def __missing__(self, name: str) -> str:
        return f"{self._connection}/{name}"

    def get(self, name: str, default: object = None) -> str:  # noqa: ARG002
        """Return what is there under any name."""
        return self[name]


class _OwnSecrets(dict[str, Secret]):
    """Secrets that are the customer's own, but those of the integrator."""

    def __init__(self, connection: str) -> None:
        super().__init__()
        self._connection = connection

    def __missing__(self, name: str) -> Secret:
        return Secret(name if name in INTEGRATOR else f"{self._connection}/{name}")

    def get(self, name: str, default: object = None) -> Secret:  # noqa: ARG002
        """Return what is there under any name."""
        return self[name]
