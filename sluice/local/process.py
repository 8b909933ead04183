"""One background process that a folder remembers: its pid, its command line, its end, and that of its own.

Knows nothing of what the process does; a pid is only ever signalled when its command line bears our mark, or,
of those that it started, their environment.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

_PAUSE = 0.1


def start_detached(command: Sequence[str], environment: Mapping[str, str], log: Path) -> int:
    """Start ``command`` in a session of its own, its output appended to ``log``; return its pid.

    It outlives us and hears no Ctrl-C of our terminal.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as out:
        started = subprocess.Popen(  # noqa: S603 - a command of our own, no shell
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env=dict(environment),
            start_new_session=True,
            cwd=log.parent,
        )
    # It is meant to outlive us: without this, Popen would warn of a child left behind.
    started.returncode = 0
    return started.pid


def is_ours(pid: int, mark: str) -> bool:
    """Whether a process with this pid runs and has ``mark`` in its command line.

    A pid is given out again after its process ended: without the mark it is somebody else's.
    """
    return pid > 0 and mark in _command_line(pid)


def end(pid: int, mark: str, patience: float, has_saved: Callable[[], bool]) -> bool:
    """Ask the process to end (SIGTERM) and wait up to ``patience`` seconds; return whether it has ended.

    Once ``has_saved`` says that nothing would be lost, a process that lingers is killed. Before that it
    never is. True at once if the pid is not ours.
    """
    if not is_ours(pid, mark):
        return True
    os.kill(pid, signal.SIGTERM)
    until = time.monotonic() + patience
    while time.monotonic() < until:
        if has_ended(pid) or not (is_ours(pid, mark) or _is_leaving(pid)):
            return True
        if has_saved():
            return _end_at_last(pid, mark)
        time.sleep(_PAUSE)
    return False


def marked(entry: str) -> list[int]:
    """Return the processes, but this one, whose environment began with ``entry`` (``NAME=value``) in it.

    Whoever they start inherits it: so those are found whose parent is gone, and with it their place in the
    tree of processes.
    """
    return [pid for pid, found in _environments() if pid != os.getpid() and entry in found]


def end_marked(entry: str, patience: float) -> list[int]:
    """End every process that is marked: SIGTERM, and after ``patience`` seconds SIGKILL; return which."""
    ended: set[int] = set()
    until = time.monotonic() + patience
    while left := marked(entry):
        sent = signal.SIGKILL if time.monotonic() > until else signal.SIGTERM
        for pid in left:
            if pid not in ended or sent == signal.SIGKILL:
                with suppress(ProcessLookupError):
                    os.kill(pid, sent)
        ended.update(left)
        time.sleep(_PAUSE)
    return sorted(ended)


def has_ended(pid: int) -> bool:
    """Whether a child of this very process has ended; False for any other process, which we cannot ask."""
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return False


def _end_at_last(pid: int, mark: str) -> bool:
    time.sleep(1)
    if is_ours(pid, mark):
        os.kill(pid, signal.SIGKILL)
    while (is_ours(pid, mark) or _is_leaving(pid)) and not has_ended(pid):
        time.sleep(_PAUSE)
    return True


def _is_leaving(pid: int) -> bool:
    """Whether a process is on its way out: its command line is gone first, its ports with its last thread."""
    folder = Path(f"/proc/{pid}")
    try:
        state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
        threads = len(list((folder / "task").iterdir()))
    except (OSError, IndexError):
        return False
    return (state not in {"Z", "X"} or threads > 1) and not _command_line(pid)


def _environments() -> Iterator[tuple[int, list[str]]]:
    """Yield every process of ours that runs with its environment; a zombie has none."""
    if Path("/proc/self/environ").exists():
        for folder in Path("/proc").iterdir():
            if folder.name.isdecimal():
                # Others' are not ours to read, and any may end while it is looked at.
                with suppress(OSError):
                    found = (folder / "environ").read_bytes().decode(errors="replace")
                    yield int(folder.name), found.split("\0")
        return
    listed = subprocess.run(  # macOS has no /proc
        ["/bin/ps", "-x", "-E", "-ww", "-o", "pid=,command="], capture_output=True, text=True, check=False
    )
    for line in listed.stdout.splitlines():
        pid, _, told = line.strip().partition(" ")
        yield int(pid), told.split(" ")


def _command_line(pid: int) -> str:
    """Return the process's command line, empty for none, for a zombie, and where it cannot be read."""
    entry = Path(f"/proc/{pid}/cmdline")
    if Path("/proc/self/cmdline").exists():
        try:
            return entry.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return ""
    found = subprocess.run(  # noqa: S603 - macOS has no /proc; the pid is an int
        ["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return found.stdout
