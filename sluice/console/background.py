"""The console's server in the background: started by `sluice up`, ended by `sluice down`."""

from __future__ import annotations

import json
import socket
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from sluice.console.server import HOST, Site, origin
from sluice.local import process
from sluice.model.structs import as_dict
from sluice.settings import child_environment

WANTED_PORT = 4173
PATIENCE_SECONDS = 30.0
_RECORD = "console.json"
_PAUSE = 0.1


class ConsoleNotStarted(Exception):
    """The console's server did not come up; the message says what its log says."""


def start(home: Path, site: Site, port: int) -> str:
    """Serve the site in the background, or leave it where it is served so already; return its origin.

    Raises ConsoleNotStarted.
    """
    if running(home) == origin(port) and _read(home)["site"] == as_dict(site):
        return origin(port)
    stop(home)
    given, log = home / "console_site.json", home / "console.log"
    given.write_text(json.dumps(as_dict(site)))
    command = [sys.executable, "-X", _mark(home), "-m", "sluice.console", str(given), str(port)]
    pid = process.start_detached(command, child_environment(), log)
    record = {"pid": pid, "port": port, "site": as_dict(site)}
    (home / _RECORD).write_text(json.dumps(record) + "\n")
    _wait_until_ready(pid, port, log)
    return origin(port)


def stop(home: Path) -> bool:
    """End it; return whether it ran. Its port is kept for the next time."""
    if running(home) is None:
        return False
    process.end(int(_read(home)["pid"]), _mark(home), PATIENCE_SECONDS, has_saved=lambda: True)
    return True


def running(home: Path) -> str | None:
    """Return the origin of the one that runs, or None."""
    last = _read(home)
    if not process.is_ours(int(last.get("pid", 0)), _mark(home)):
        return None
    return origin(int(last["port"]))


def port_for(home: Path, wanted: int | None = None) -> int:
    """Return the port to serve on: ``wanted``, or that of last time, or 4173; a free one where it is taken.

    The one that our own server listens on is not taken.
    """
    last = int(_read(home).get("port", WANTED_PORT))
    chosen = wanted if wanted is not None else last
    return chosen if running(home) == origin(chosen) or _is_free(chosen) else _any_free()


def _is_free(port: int) -> bool:
    # `localhost` may mean ::1 to a browser: somebody who listens there would be asked first.
    return not _answers("::1", port) and _can_bind(port)


def _answers(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True


def _can_bind(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _any_free() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(pid: int, port: int, log: Path) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until and not process.has_ended(pid):
        try:
            urllib.request.urlopen(f"http://{HOST}:{port}/config.json", timeout=2).close()
        except (OSError, urllib.error.URLError):
            time.sleep(_PAUSE)
        else:
            return
    said = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
    raise ConsoleNotStarted(f"the console's server did not come up:\n{said}")


def _mark(home: Path) -> str:
    # -X takes any word: this one is the mark by which we know our process again.
    return f"sluice_console={home}"


def _read(home: Path) -> dict[str, Any]:
    try:
        found = json.loads((home / _RECORD).read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
