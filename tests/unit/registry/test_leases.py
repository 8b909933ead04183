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


def test_a_stream_is_taken_beside_the_connections_runs() -> None:
    leases = Leases(MemoryTable())
    assert leases.take_stream("acme", "invoice", "fill-1", NOW) == ""
    leases.take("acme", "run-1", NOW)
    leases.renew("acme", "fill-1", NOW)
    leases.renew("acme", "run-1", NOW)
    assert leases.streams_taken("acme", NOW) == {"invoice": "fill-1"}
    with pytest.raises(LeaseTaken, match="fill-1"):
        leases.take_stream("acme", "invoice", "fill-2", NOW)
    assert leases.take_stream("acme", "order", "fill-2", NOW) == "run-1"
    leases.free("acme", "fill-1")
    assert leases.streams_taken("acme", NOW) == {"order": "fill-2"}
    with pytest.raises(LeaseLost, match="fill-1 lost its lease"):
        leases.renew("acme", "fill-1", NOW)


def test_a_stream_waits_for_the_run_that_was_there_before_and_for_no_other() -> None:
    leases = Leases(MemoryTable())
    leases.take("acme", "run-1", NOW)
    assert leases.take_stream("acme", "invoice", "fill-1", NOW) == "run-1"
    leases.free("acme", "run-1")
    leases.take("acme", "run-2", NOW)
    assert leases.take_stream("acme", "invoice", "fill-1", NOW) == ""


def test_a_backfill_that_is_heard_of_no_more_gives_its_stream_back() -> None:
    leases = Leases(MemoryTable())
    leases.take_stream("acme", "invoice", "fill-1", NOW)
    assert leases.streams_taken("acme", NOW + TTL - timedelta(seconds=1)) == {"invoice": "fill-1"}
    assert leases.streams_taken("acme", NOW + TTL) == {}
    with pytest.raises(LeaseLost):
        leases.renew("acme", "fill-1", NOW + TTL)
    assert leases.take_stream("acme", "invoice", "fill-2", NOW + TTL) == ""


def test_who_seizes_a_connection_has_its_streams_too() -> None:
    leases = Leases(MemoryTable())
    leases.take_stream("acme", "invoice", "fill-1", NOW)
    leases.seize("acme", "removal", NOW)
    with pytest.raises(LeaseLost):
        leases.renew("acme", "fill-1", NOW)
