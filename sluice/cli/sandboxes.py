"""Sandboxes in the background: which run, started for `sluice demo`, ended by `sluice down`."""

from __future__ import annotations

import json
import socket
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import click

from sluice.bootstrap.documents import ROOT
from sluice.local import process
from sluice.settings import child_environment

HOST = "127.0.0.1"
PATIENCE_SECONDS = 30.0
PORT_PATIENCE_SECONDS = 3.0
_FOLDER = "sandboxes"
_PAUSE = 0.1


def start(home: Path, connector: str, *options: str) -> str:
    """Start a sandbox, or find the one that runs; return its address. It comes back on the port it had."""
    record = home / _FOLDER / f"{connector}.json"
    last = _read(record)
    record.parent.mkdir(parents=True, exist_ok=True)
    if _runs(home, connector, last):
        return _address(last["port"])
    port = _free_port(int(last.get("port", 0)))
    log = record.with_suffix(".log")
    command = [sys.executable, "-X", _mark(home, connector), "-m", "sandbox", connector, "--root", str(ROOT)]
    pid = process.start_detached([*command, "--port", str(port), *options], child_environment(), log)
    record.write_text(json.dumps({"pid": pid, "port": port, "options": options}) + "\n")
    _wait_until_ready(pid, port, log)
    return _address(port)


def start_again(home: Path) -> list[str]:
    """Start every sandbox that `sluice down` ended, with the records it first had; return their addresses."""
    records = sorted((home / _FOLDER).glob("*.json"))
    return [start(home, record.stem, *_read(record).get("options", ())) for record in records]


def look(address: str) -> dict[str, Any]:
    """Return what a sandbox says of itself: its settings, how many records each stream has."""
    with urllib.request.urlopen(f"{address}/_sandbox", timeout=10) as reply:  # noqa: S310 - loopback
        found: dict[str, Any] = json.load(reply)
    return found


def running(home: Path) -> dict[str, str]:
    """Return the addresses of the sandboxes in the background, by connector."""
    found = {record.stem: _read(record) for record in sorted((home / _FOLDER).glob("*.json"))}
    return {name: _address(last["port"]) for name, last in found.items() if _runs(home, name, last)}


def stop_all(home: Path) -> list[str]:
    """End every sandbox in the background; return their connectors' names."""
    names = list(running(home))
    for name in names:
        pid = int(_read(home / _FOLDER / f"{name}.json")["pid"])
        process.end(pid, _mark(home, name), PATIENCE_SECONDS, has_saved=_keeps_nothing)
    return names


def _keeps_nothing() -> bool:
    return True


def _runs(home: Path, connector: str, last: dict[str, Any]) -> bool:
    return process.is_ours(int(last.get("pid", 0)), _mark(home, connector))


def _mark(home: Path, connector: str) -> str:
    # -X takes any word: this one is the mark by which we know our process again.
    return f"sluice_sandbox={home.resolve()}/{connector}"


def _address(port: int) -> str:
    return f"http://{HOST}:{port}"


def _read(record: Path) -> dict[str, Any]:
    try:
        found = json.loads(record.read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _free_port(wanted: int) -> int:
    # A process that is just ending holds its port for a moment longer than its name in the process list.
    until = time.monotonic() + (PORT_PATIENCE_SECONDS if wanted else 0)
    while time.monotonic() < until:
        if (port := _bindable(wanted)) is not None:
            return port
        time.sleep(_PAUSE)
    port = _bindable(0)
    if port is None:
        raise click.ClickException(f"no port is free on {HOST}")
    return port


def _bindable(port: int) -> int | None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return None
        return int(probe.getsockname()[1])


def _wait_until_ready(pid: int, port: int, log: Path) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        try:
            look(_address(port))
        except (OSError, urllib.error.URLError):
            if process.has_ended(pid):
                break
            time.sleep(_PAUSE)
        else:
            return
    raise click.ClickException(f"the sandbox did not come up; {log} says why")
