"""What a connection will cost on AWS, before it is: forecast from runs that were metered, not from guesses.

Each metered run (unit_costs.yaml, which `python -m benchmarks.cost --keep` writes) is a point; between them
what a run uses is taken to grow in straight lines: with its streams, with those that have news, with the
records that changed, and with those that are read although they did not.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from msgspec import Struct

from sluice.connector.spec import Connector
from sluice.errors import ConfigurationInvalid
from sluice.model.schedules.expression import schedule_fault
from sluice.model.yaml_document import read_yaml
from sluice.ports.clock import Clock
from sluice.usecases.operating.cost import Line, plain, priced_units, prices_of
from sluice.usecases.operating.spending import DAYS, starts_of

_FILE = Path(__file__).with_name("unit_costs.yaml")

Units = dict[str, Decimal]


class Wanted(Struct, frozen=True):
    """What a connection is to be: ``records`` are there in all, ``changed`` of them a day, ``streams`` read.

    ``schedule`` is as EventBridge Scheduler's; None for one that is started by hand only. There are to be
    ``connections`` of them, all alike.
    """

    connector: Connector
    streams: tuple[str, ...]
    records: int
    changed: int
    schedule: str | None
    connections: int = 1


class Part(Struct, frozen=True):
    """A part of the costs: ``dollars`` (decimal text) is the sum of its ``lines``."""

    what: str
    dollars: str
    lines: tuple[Line, ...]


class Forecast(Struct, frozen=True):
    """What the first run costs, one without news, a usual one, and a month of ``runs`` of these and the rest.

    The runs are those of one connection, the month is that of all.
    ``assumed`` says in words what it reckons with. Prices are list prices of ``region``, read on ``read``.
    """

    first: Part
    idle: Part
    usual: Part
    month: Part
    runs: int
    region: str
    read: str
    metered: str
    assumed: tuple[str, ...]


def forecast_of(wanted: Wanted, clock: Clock) -> Forecast:
    """Return the forecast; raises ConfigurationInvalid for a schedule that is none."""
    wrong = schedule_fault(wanted.schedule) if wanted.schedule else None
    if wrong is not None:
        raise ConfigurationInvalid(wrong.message, [wrong])
    points, streams = _Points(), len(wanted.streams)
    whole = [name for name in wanted.streams if wanted.connector.streams[name].incremental is None]
    # Streams that are read whole are taken to hold their share of the records.
    read = Decimal(wanted.records * len(whole)) / max(streams, 1)
    runs = starts_of(clock, wanted.schedule) if wanted.schedule else 0
    changed = Decimal(wanted.changed * DAYS) / max(runs, 1)
    first = points.run(streams, {"news": Decimal(streams), "new": Decimal(wanted.records)})
    # A stream that is read whole takes its way through all states in each run, as one with news does.
    always, others = Decimal(len(whole)), Decimal(streams - len(whole))
    idle = points.run(streams, {"news": always, "read": read})
    news = always + min(others, changed * others / max(streams, 1))
    more = {"news": news, "changed": changed, "read": max(read - changed, Decimal(0))}
    usual = points.run(streams, more)
    month = _times(_times(usual, Decimal(runs)) | _standing(wanted, runs), Decimal(wanted.connections))
    region, day = prices_of()
    return Forecast(
        first=_part("the first run, which reads everything", first),
        idle=_part("a run without news", idle),
        usual=_part(f"a run with {changed:,.1f} changed records", usual),
        month=_part(f"{DAYS} days of {wanted.connections:,} such connections", month),
        runs=runs,
        region=region,
        read=day,
        metered=_metered()["metered"],
        assumed=tuple(_assumed(wanted, whole, runs)),
    )


class _Points:
    """The metered runs as straight lines: what one more of something adds to a run, by kind of unit."""

    def __init__(self) -> None:
        one, few, changed = _run("idle_one"), _run("few"), _run("changed")
        first, ten, unchanged, new = _run("idle_first"), _run("idle_ten"), _run("unchanged"), _run("new")
        a_change = _per(changed.units, few.units, changed.changed - few.changed)
        self._one = one.units
        self._stream = _per(ten.units, first.units, ten.streams - first.streams)
        news = _less(_less(few.units, one.units), _times(a_change, Decimal(few.changed)))
        self._more = {
            "changed": a_change,
            "new": _per(new.units, few.units, new.changed - few.changed),
            "news": news,
            "read": _times(_less(_less(unchanged.units, one.units), news), Decimal(1) / unchanged.read),
        }

    def run(self, streams: int, more: Mapping[str, Decimal]) -> Units:
        """Return what a run of so many streams uses.

        ``more`` says in how many of them it finds ``news``, how many records are ``new`` or ``changed``, and
        how many are ``read`` although they did not.
        """
        added = (_times(self._more[name], amount) for name, amount in more.items())
        return _sum((self._one, _times(self._stream, Decimal(streams - 1)), *added))


class _Run(Struct, frozen=True):
    streams: int
    read: int
    changed: int
    units: Units


def _run(name: str) -> _Run:
    found = _metered()["runs"][name]
    units = {kind: Decimal(amount) for kind, amount in found["units"].items()}
    return _Run(found["streams"], found["read"], found["changed"], units)


def _per(more: Units, fewer: Units, steps: int) -> Units:
    return _times(_less(more, fewer), Decimal(1) / steps)


def _less(units: Units, other: Units) -> Units:
    """Return the difference; what other work on the machine made less than nothing is nothing."""
    return {kind: max(units[kind] - other.get(kind, Decimal(0)), Decimal(0)) for kind in units}


def _times(units: Units, factor: Decimal) -> Units:
    return {kind: amount * factor for kind, amount in units.items()}


def _sum(parts: Iterable[Units]) -> Units:
    found: Units = {}
    for part in parts:
        for kind, amount in part.items():
            found[kind] = found.get(kind, Decimal(0)) + amount
    return found


def _standing(wanted: Wanted, runs: int) -> Units:
    return {"schedule": Decimal(runs), "secret_month": Decimal(_secrets(wanted.connector))}


def _secrets(connector: Connector) -> int:
    """Return how many secrets a connection keeps: its credentials, and the session of who has to log in."""
    return bool(connector.secrets) + (connector.auth.login is not None)


def _part(what: str, units: Mapping[str, Decimal]) -> Part:
    lines = tuple(priced_units({kind: amount for kind, amount in units.items() if amount}))
    return Part(what, plain(sum((Decimal(line.dollars) for line in lines), Decimal(0))), lines)


def _assumed(wanted: Wanted, whole: list[str], runs: int) -> Iterable[str]:
    found = _metered()
    yield f"runs metered on {found['metered']} on the embedded AWS ({found['machine']}), of other connectors"
    yield "functions take as long on AWS as there, and an ERP answers as quickly as a sandbox on that machine"
    yield f"the streams hold as many records each: {wanted.records:,} in {len(wanted.streams)}"
    if whole:
        yield f"{len(whole)} of them are read whole by every run, changed or not: {', '.join(whole)}"
    if runs:
        yield f"{wanted.schedule} starts {runs:,} runs in {DAYS} days, and changes come as many to each"
    else:
        yield "without a schedule a month has no runs"
    yield f"a stream with news takes what one of {_run('new').changed:,} records did, however many it holds"
    yield "nothing fails, no API changes, and records have the size of the sandbox's (about 1.3 KB)"
    yield "not counted: what docs/cost.md lists, as storage, logs, and what a deployment costs by itself"


@functools.cache
def _metered() -> dict[str, Any]:
    found: dict[str, Any] = read_yaml(_FILE.read_bytes(), _FILE.name).value
    return found
