"""Pulls a stream of a running Tryton with Sluice's own `pull`, and compares the events of two pulls.

Judges nothing; what is expected is the tests' business.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sluice.bootstrap.pulling import puller
from sluice.contract.contract import Contract
from sluice.errors import SluiceError
from sluice.model.change import Change
from sluice.usecases.pull import Pull, Pulled
from tests.live.tryton.server import Tryton


@dataclass(frozen=True)
class Folders:
    """Connectors and mappings other than the repository's own; None: those."""

    connectors: Path | None = None
    transformers: Path | None = None


@dataclass(frozen=True)
class Pulling:
    """One pull: its events by source id, what came of it, and the error that ended it."""

    events: dict[str, dict[str, Any]]
    result: Pulled
    error: SluiceError | None

    @property
    def changes(self) -> list[Change]:
        return list(self.result.changes.values())


def pull(tryton: Tryton, stream: str, contract: Contract | None, folders: Folders) -> Pulling:
    """Pull a stream whole, held against the contract."""
    given = {
        "base_url": tryton.url,
        "database": tryton.database,
        "user": tryton.user,
        "password": tryton.password,
        "customer_domain": '[["categories.name", "=", "Customer"]]',
        "supplier_domain": '[["categories.name", "=", "Supplier"]]',
    }
    wanted = Pull("tryton", stream, given, connection="fjord", contract=contract)
    events: dict[str, dict[str, Any]] = {}
    with puller(wanted, folders.connectors, folders.transformers) as work:
        try:
            for line in work.events():
                event = json.loads(line)
                events[event["subject"]] = event
        except SluiceError as error:
            return Pulling(events, work.result, error)
        return Pulling(events, work.result, None)


def differing(
    before: Mapping[str, Any], after: Mapping[str, Any], besides: Collection[str] = ()
) -> dict[str, int]:
    """Return how many records that both have differ, by canonical field, ``besides`` some."""
    counts: Counter[str] = Counter()
    for key in before.keys() & after.keys():
        old, new = _flat(before[key]["data"]), _flat(after[key]["data"])
        counts.update(at for at in old.keys() | new.keys() if old.get(at) != new.get(at))
    return {at: count for at, count in counts.items() if at not in besides}


def _flat(data: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in data.items():
        found |= _flat(value, f"{above}{name}.") if isinstance(value, dict) else {f"{above}{name}": value}
    return found
