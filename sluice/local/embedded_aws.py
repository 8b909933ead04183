"""The embedded AWS: MiniStack as one background process, everything it keeps in one folder.

Nothing of Sluice's own is in here: what is deployed to it is deploy.py's business.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from sluice.local import process
from sluice.model.structs import as_dict
from sluice.settings import DEFAULT_REGION, child_environment

HOST = "127.0.0.1"
WANTED_PORT = 4566
CREDENTIAL = "test"
"""Access key and secret of the embedded AWS, which checks neither."""

_RECORD = "embedded_aws.json"
_PAUSE = 0.1

_STARTED_BY = "SLUICE_STARTED_BY"
"""MiniStack hands its environment on to each worker: by this variable they are known when it is gone."""

_WORKERS_PATIENCE = 3.0
"""Seconds that a worker may take to end when asked: what it does is lost with the embedded AWS anyway."""


class NotStarted(Exception):
    """The embedded AWS did not come up, or would not go down; the message says what its log says."""


class Running(Struct, frozen=True):
    """The embedded AWS as it runs: its process, its port on 127.0.0.1, its log."""

    pid: int
    port: int
    log: str

    @property
    def endpoint(self) -> str:
        """Where AWS clients reach it."""
        return f"http://{HOST}:{self.port}"


def start(
    home: Path,
    *,
    port: int = WANTED_PORT,
    extra: Mapping[str, str] | None = None,
    saves: float = 30.0,
    patience: float = 60.0,
) -> Running:
    """Start it, or return the one that runs already; raises NotStarted after ``patience`` seconds.

    ``home`` keeps its state, which is found again at the next start. ``port`` is a wish for the first
    start: later ones prefer the port of last time, and a taken one is replaced by a free one. ``extra``
    are further variables of MiniStack's own (SFN_WAIT_SCALE, LOG_LEVEL). It writes its state down as it ends,
    and every ``saves`` seconds while it works: what it did since is lost where it is killed.
    """
    home = home.resolve()
    home.mkdir(parents=True, exist_ok=True)
    with _alone(home):
        running = status(home)
        if running is not None:
            return running
        # Those of one that was killed would go on working, and speak to the one that starts now.
        _end_workers(home)
        with _locked(Path(tempfile.gettempdir()) / f"sluice-start-{os.getuid()}.lock"):
            return _start(home, port, dict(extra or {}), saves, patience)


def _start(home: Path, port: int, extra: dict[str, str], saves: float, patience: float) -> Running:
    """Start it where no other home does so: two would find one port free, and one would answer for both."""
    last = _remembered(home)
    chosen = _free_port(last.port if last else port)
    log = home / "embedded_aws.log"
    begun = log.stat().st_size if log.exists() else 0
    if last is not None and last.port != chosen:
        _readdress(home, last.port, chosen)
    pid = process.start_detached(_command(home, saves), _environment(home, chosen) | extra, log)
    started = Running(pid, chosen, str(log))
    _remember(home, started)
    _wait_until_ready(home, started, patience, begun)
    return started


def status(home: Path) -> Running | None:
    """Return the one that runs on this ``home``, or None; the record of a process long gone is nothing."""
    home = home.resolve()
    last = _remembered(home)
    if last is None or not process.is_ours(last.pid, _mark(home)):
        return None
    return last


def stop(home: Path, *, patience: float = 60.0) -> bool:
    """End it cleanly, so that it writes its state down; return whether it, or a worker of it, was running.

    Raises NotStarted if it has not written its state down after ``patience`` seconds. Executions that
    still run are lost with it: MiniStack marks them failed at its next start. The processes of its functions
    end with it, and where it was killed before, they end now.
    """
    home = home.resolve()
    with _alone(home):
        running = status(home)
        if running is not None and not _end(home, running, patience):
            raise NotStarted(
                f"the embedded AWS (process {running.pid}) has not ended in {patience:g} s; see {running.log}"
            )
        return bool(_end_workers(home)) or running is not None


def killed(home: Path) -> datetime | None:
    """Return when the state was last written down, where the last one was killed; None where it ended well.

    What it did after that time (UTC) is not in its state.
    """
    home = home.resolve()
    last = _remembered(home)
    if last is None or status(home) is not None or not _own_pid_file(home, last.port).exists():
        return None
    written = [file.stat().st_mtime for file in _state(home).glob("*.json")]
    return datetime.fromtimestamp(max(written), UTC) if written else None


def client_environment(endpoint: str) -> dict[str, str]:
    """Return the variables that make any AWS client speak to the embedded AWS and to nothing else."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_REGION": DEFAULT_REGION,
        "AWS_DEFAULT_REGION": DEFAULT_REGION,
        "AWS_ACCESS_KEY_ID": CREDENTIAL,
        "AWS_SECRET_ACCESS_KEY": CREDENTIAL,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def _end(home: Path, running: Running, patience: float) -> bool:
    # MiniStack's server saves its state when it shuts down; then this file of its goes; then it waits for
    # the threads of running executions, for up to the hour that a task token may take.
    own_pid_file = _own_pid_file(home, running.port)
    return process.end(running.pid, _mark(home), patience, lambda: not own_pid_file.exists())


def _end_workers(home: Path) -> list[int]:
    """End what it started and left behind; return the processes' ids."""
    return process.end_marked(f"{_STARTED_BY}={home}", _WORKERS_PATIENCE)


def _command(home: Path, saves: float) -> list[str]:
    # -X takes any word: the first is the mark by which we know our process again, the second is for the
    # server. -P: what lies beside the server's file is not to be imported by its name.
    server = Path(__file__).with_name("embedded_server.py")
    return [sys.executable, "-P", "-X", _mark(home), "-X", f"sluice_saves={saves:g}", str(server)]


def _mark(home: Path) -> str:
    return f"sluice_home={home}"


def _environment(home: Path, port: int) -> dict[str, str]:
    _scratch(home).mkdir(parents=True, exist_ok=True)
    client = client_environment(f"http://{HOST}:{port}")
    return child_environment(
        **client,
        GATEWAY_PORT=str(port),
        BIND_HOST=HOST,
        MINISTACK_HOST=HOST,
        MINISTACK_REGION=DEFAULT_REGION,
        PERSIST_STATE="1",
        STATE_DIR=str(_state(home)),
        S3_PERSIST="1",
        S3_DATA_DIR=str(home / "embedded_aws" / "s3"),
        TMPDIR=str(_scratch(home)),
        # These two would listen on every interface, and nothing here needs them.
        IOT_MTLS_ENABLED="0",
        SFTP_ENABLED="0",
        PYTHONUNBUFFERED="1",
    ) | {_STARTED_BY: str(home)}


def _wait_until_ready(home: Path, started: Running, patience: float, log_from: int) -> None:
    until = time.monotonic() + patience
    while time.monotonic() < until:
        if process.has_ended(started.pid):
            raise NotStarted(f"the embedded AWS ended at once:\n{_tail(started.log, log_from)}")
        if _answers(started.endpoint):
            return
        time.sleep(_PAUSE)
    _end(home, started, patience=10)
    raise NotStarted(
        f"the embedded AWS has not answered within {patience:g} s:\n{_tail(started.log, log_from)}"
    )


def _answers(endpoint: str) -> bool:
    try:
        with urllib.request.urlopen(f"{endpoint}/_ministack/ready", timeout=2) as reply:  # noqa: S310 - loopback
            return bool(reply.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def _tail(log: str, start_at: int, lines: int = 15) -> str:
    with Path(log).open("rb") as file:
        file.seek(start_at)
        return "\n".join(file.read().decode(errors="replace").splitlines()[-lines:])


def _free_port(wanted: int) -> int:
    for port in (wanted, 0):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise NotStarted(f"no port is free on {HOST}")


def _readdress(home: Path, old: int, new: int) -> None:
    """Put the new port into the kept state: it knows its queues by URL, and a URL contains the port."""
    for file in _state(home).glob("*.json"):
        text = file.read_text()
        moved = text.replace(f"{HOST}:{old}/", f"{HOST}:{new}/")
        if moved != text:
            file.write_text(moved)


def _state(home: Path) -> Path:
    return home / "embedded_aws" / "state"


def _own_pid_file(home: Path, port: int) -> Path:
    """Return the file that MiniStack makes as it starts and removes once it has saved its state."""
    return _scratch(home) / f"ministack-{port}.pid"


def _scratch(home: Path) -> Path:
    return home / "embedded_aws" / "tmp"


def _remembered(home: Path) -> Running | None:
    try:
        found = json.loads((home / _RECORD).read_text())
        return Running(pid=int(found["pid"]), port=int(found["port"]), log=str(found["log"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _remember(home: Path, running: Running) -> None:
    (home / _RECORD).write_text(json.dumps(as_dict(running)) + "\n")


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Two `sluice up` at once start one embedded AWS, not two on one folder."""
    home.mkdir(parents=True, exist_ok=True)
    with _locked(home / "embedded_aws.lock"):
        yield


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    with file.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
