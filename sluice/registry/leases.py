"""One run at a time per connection: a lease with a fencing number, taken over once it has expired.

A backfill takes hours: it holds but its stream, by a lease of its own beside the connection's, and runs leave
that stream out.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sluice.errors import LeaseLost
from sluice.ports.table import ABSENT, Conflict, Item, Table

TTL = timedelta(minutes=45)
"""Longer than a chunk may lie in a busy queue between two deliveries, each of which renews the lease."""

SLACK = timedelta(minutes=1)
"""A lease that lasts as long as it should, less this, is not written again: steps renew it all the time."""

_SORT = "lease"
_STREAM = "lease#"


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

    def take_stream(self, connection: str, stream: str, run: str, now: datetime) -> str:
        """Take a stream for a backfill; return the run of the connection to be waited for, "" for none.

        That run may have begun to read the stream before it was taken; those that begin later leave it out.
        Again by the same run, it is held on. Raises LeaseTaken while another backfill has the stream.
        """
        sort = _STREAM + stream
        item = self._table.get(connection, sort)
        known: dict[str, Any] = item.value if item else {"run": "", "fence": 0, "until": ""}
        if known["run"] not in {"", run} and datetime.fromisoformat(known["until"]) > now:
            raise LeaseTaken(known["run"])
        value = {**known, "until": (now + TTL).isoformat()}
        if known["run"] != run:
            value |= {"run": run, "fence": int(known["fence"]) + 1, "behind": None}
        try:
            self._table.put(connection, sort, value, expected=item.version if item else ABSENT)
        except Conflict:
            return self.take_stream(connection, stream, run, now)
        return self._behind(connection, sort, now)

    def _behind(self, connection: str, sort: str, now: datetime) -> str:
        """Return the run that held the connection when its stream was taken, as long as it does."""
        main, taken = self._table.get(connection, _SORT), self._table.get(connection, sort)
        is_held = main and main.value["run"] and datetime.fromisoformat(main.value["until"]) > now
        if not main or not taken or not is_held:
            return ""
        if taken.value["behind"] is None:
            value = {**taken.value, "behind": main.value["fence"]}
            self._table.put(connection, sort, value, expected=taken.version)
            return str(main.value["run"])
        return str(main.value["run"]) if main.value["fence"] == taken.value["behind"] else ""

    def streams_taken(self, connection: str, now: datetime) -> dict[str, str]:
        """Return the streams that backfills hold, by the runs that do; one that expired is taken back."""
        found: dict[str, str] = {}
        for item in list(self._table.query(connection, _STREAM)):
            holder = str(item.value["run"])
            if datetime.fromisoformat(item.value["until"]) <= now and self._blank(connection, item):
                continue
            if holder:
                found[item.sort.removeprefix(_STREAM)] = holder
        return found

    def seize(self, connection: str, holder: str, now: datetime) -> str:
        """Take the lease from whoever has it; return the run that lost it, "" where none had it.

        That run's next step ends with LeaseLost, and so does any backfill's. Again by the same holder, it is
        held anew.
        """
        for one in list(self._table.query(connection, _STREAM)):
            self._blank(connection, one)
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
        item, found = self._found(connection, run)
        if found is None:
            holder = item.value["run"] if item else "nobody"
            raise LeaseLost(
                f"run {run} lost its lease on {connection}; now it is held by {holder or 'nobody'}"
            )
        # Streams of one run renew side by side: whichever comes last may shorten it, but never below TTL.
        held_until = datetime.fromisoformat(found.value["until"])
        if held_until >= until + TTL - SLACK:
            return
        latest = max(held_until, until + TTL)
        try:
            self._table.put(
                connection, found.sort, {**found.value, "until": latest.isoformat()}, expected=found.version
            )
        except Conflict:
            self.renew(connection, run, until)

    def free(self, connection: str, run: str) -> None:
        """Give the lease back; nothing happens if the run does not hold it."""
        _, found = self._found(connection, run)
        if found is not None and not self._blank(connection, found):
            self.free(connection, run)

    def _found(self, connection: str, run: str) -> tuple[Item | None, Item | None]:
        """Return the connection's lease, and the run's own: that one, or a stream's."""
        item = self._table.get(connection, _SORT)
        if item is not None and item.value["run"] == run:
            return item, item
        of_streams = self._table.query(connection, _STREAM)
        return item, next((one for one in of_streams if one.value["run"] == run), None)

    def _blank(self, connection: str, item: Item) -> bool:
        """Note that nobody holds the lease; return False where it was written meanwhile."""
        try:
            self._table.put(connection, item.sort, {**item.value, "run": ""}, expected=item.version)
        except Conflict:
            return False
        return True
