"""The machine that something is measured on, and the processor time that its processes have taken."""

from __future__ import annotations

import os
import platform
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

_PARENT, _FIRST_TIME, _TIMES = 1, 11, 4
"""Places behind the name in /proc/PID/stat (proc_pid_stat(5)): ppid; utime, stime, cutime and cstime."""


def told_of_the_machine() -> str:
    """Return the day and the machine in a line, to stand beside what was measured."""
    today = datetime.now(UTC).strftime("%Y-%m-%d")
    return f"{today}, {os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"


def processor_seconds(pid: int) -> float:
    """Return the user and system time of a process and of all that it started; Linux only."""
    ticks: dict[int, int] = {}
    children: dict[int, list[int]] = defaultdict(list)
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                text = (folder / "stat").read_text()
            except OSError:
                continue  # it has ended meanwhile
            fields = text.rpartition(")")[2].split()
            children[int(fields[_PARENT])].append(int(folder.name))
            ticks[int(folder.name)] = sum(map(int, fields[_FIRST_TIME : _FIRST_TIME + _TIMES]))
    found, left = 0, [pid]
    while left:
        one = left.pop()
        found += ticks.get(one, 0)
        left += children[one]
    return found / os.sysconf("SC_CLK_TCK")
