"""What the embedded AWS and the workers of its functions take: peak memory and processor time. Linux only."""

from __future__ import annotations

import os
import threading
from collections import defaultdict
from pathlib import Path

EMBEDDED = "embedded AWS"
_EVERY = 0.1
_STAT_UTIME, _STAT_STIME = 11, 12
"""Places behind the name in /proc/PID/stat (proc_pid_stat(5))."""


class Workers(threading.Thread):
    """Watches the processes; ``peaks`` is in MB by what each does, the largest where there are several."""

    def __init__(self, embedded: int) -> None:
        super().__init__(daemon=True)
        self._embedded = embedded
        self._ticks: dict[tuple[str, int], int] = {}
        self._done = threading.Event()
        self.peaks: dict[str, float] = defaultdict(float)

    def run(self) -> None:
        """Look every tenth of a second until it is stopped."""
        while not self._done.wait(_EVERY):
            self.look()

    def stop(self) -> None:
        """Look a last time and end."""
        self._done.set()
        self.join()
        self.look()

    def look(self) -> None:
        """Note what each process has taken so far."""
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                self._look(entry)
            except (OSError, IndexError, StopIteration):
                continue  # it ended while we looked

    def seconds(self) -> dict[str, float]:
        """Return the processor time since each process began, user and system, by what it does."""
        found: dict[str, float] = defaultdict(float)
        for (name, _), ticks in self._ticks.items():
            found[name] += ticks / os.sysconf("SC_CLK_TCK")
        return dict(found)

    def _look(self, entry: Path) -> None:
        fields = (entry / "stat").read_text().rpartition(")")[2].split()
        name = self._part_of(entry, int(fields[1]))
        if name is None:
            return
        self._ticks[name, int(entry.name)] = int(fields[_STAT_UTIME]) + int(fields[_STAT_STIME])
        lines = (entry / "status").read_text().splitlines()
        peak = next(line for line in lines if line.startswith("VmHWM"))
        self.peaks[name] = max(self.peaks[name], int(peak.split()[1]) / 1024)

    def _part_of(self, entry: Path, parent: int) -> str | None:
        """Return what a process does, None for one that has no part in it."""
        if int(entry.name) == self._embedded:
            return EMBEDDED
        if parent != self._embedded:
            return None
        command = (entry / "cmdline").read_bytes().decode(errors="replace")
        path = command.partition("lambdas/")[2].partition(".")[0]
        return path.rpartition("/")[2] or None
