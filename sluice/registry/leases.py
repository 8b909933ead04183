"""One run at a time per connection: a lease with a fencing number, taken over once it has expired."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sluice.errors import LeaseLost
from sluice.ports.table import ABSENT, Conflict, Table

TTL = timedelta(minutes=45)
"""Longer than a chunk may lie in a busy queue between two deliveries, each of which renews the lease."""

SLACK = timedelta(minutes=1)
"""A lease that lasts as long as it should, less this, is not written again: steps renew it all the time."""

_SORT = "lease"


class LeaseTaken(Exception):
    """Another run holds the connection; the text is that run's name."""


class Leases:
    """Leases on connections; every step of a run renews it, and stops if it was lost."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def take(self, connection: str, run: str, now: datetime) -> int:
        """Take the lease and return its fencing number; again by the same run, the same number.

        Raises LeaseTaken while another run's lease has not expired.
        """
        item = self._table.get(connection, _SORT)
        if item and item.value["run"] == run:
            return int(item.value["fence"])
        if item and item.value["run"] and datetime.fromisoformat(item.value["until"]) > now:
            raise LeaseTaken(item.value["run"])
        fence = int(item.value["fence"]) + 1 if item else 1
        value = {"run": run, "fence": fence, "until": (now + TTL).isoformat()}
        try:
            self._table.put(connection, _SORT, value, expected=item.version if item else ABSENT)
        except Conflict:
            # The winner may be another worker on this very step, so look again.
            return self.take(connection, run, now)
        return fence

    def seize(self, connection: str, holder: str, now: datetime) -> str:
        """Take the lease from whoever has it; return the run that lost it, "" where none had it.

        That run's next step ends with LeaseLost. Again by the same holder, it is held anew.
        """
        item = self._table.get(connection, _SORT)
        known: dict[str, Any] = item.value if item else {"run": "", "fence": 0, "until": ""}
        fence = int(known["fence"]) + (known["run"] != holder)
        value = {"run": holder, "fence": fence, "until": (now + TTL).isoformat()}
        try:
            self._table.put(connection, _SORT, value, expected=item.version if item else ABSENT)
        except Conflict:
            return self.seize(connection, holder, now)
        is_run = known["run"] not in {"", holder} and datetime.fromisoformat(known["until"]) > now
        return str(known["run"]) if is_run else ""

    def renew(self, connection: str, run: str, until: datetime) -> None:
        """Keep the lease until ``until`` plus its time to live, less SLACK; raises LeaseLost.

        That is raised if another run has it.
        """
        item = self._table.get(connection, _SORT)
        if item is None or item.value["run"] != run:
            holder = item.value["run"] if item else "nobody"
            raise LeaseLost(
                f"run {run} lost its lease on {connection}; now it is held by {holder or 'nobody'}"
            )
        # Streams of one run renew side by side: whichever comes last may shorten it, but never below TTL.
        held_until = datetime.fromisoformat(item.value["until"])
        if held_until >= until + TTL - SLACK:
            return
        latest = max(held_until, until + TTL)
        try:
            self._table.put(
                connection, _SORT, {**item.value, "until": latest.isoformat()}, expected=item.version
            )
        except Conflict:
            self.renew(connection, run, until)

    def free(self, connection: str, run: str) -> None:
        """Give the lease back; nothing happens if the run does not hold it."""
        item = self._table.get(connection, _SORT)
        if item and item.value["run"] == run:
            try:
                self._table.put(connection, _SORT, {**item.value, "run": ""}, expected=item.version)
            except Conflict:
                return self.free(connection, run)
        return None
