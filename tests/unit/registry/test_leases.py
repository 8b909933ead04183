"""A lease is kept by whoever has it, and written again only when that makes a difference."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sluice.errors import LeaseLost
from sluice.local.memory_table import MemoryTable
from sluice.registry.leases import SLACK, TTL, Leases, LeaseTaken

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)


def _versions(table: MemoryTable) -> int:
    item = table.get("acme", "lease")
    assert item is not None
    return item.version


def test_a_lease_that_lasts_is_not_written_again_and_never_lasts_less() -> None:
    table = MemoryTable()
    leases = Leases(table)
    leases.take("acme", "run-1", NOW)
    leases.renew("acme", "run-1", NOW + SLACK)
    assert _versions(table) == 1
    leases.renew("acme", "run-1", NOW + 2 * SLACK)
    assert _versions(table) == 2
    leases.renew("acme", "run-1", NOW)
    assert _versions(table) == 2
    with pytest.raises(LeaseTaken, match="run-1"):
        leases.take("acme", "run-2", NOW + 2 * SLACK + TTL - timedelta(seconds=1))
    assert leases.take("acme", "run-2", NOW + 2 * SLACK + TTL) == 2


def test_a_lease_that_is_not_written_again_is_looked_at_all_the_same() -> None:
    leases = Leases(MemoryTable())
    leases.take("acme", "run-1", NOW)
    leases.seize("acme", "somebody", NOW)
    with pytest.raises(LeaseLost, match="somebody"):
        leases.renew("acme", "run-1", NOW)
