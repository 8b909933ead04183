"""The embedded AWS: MiniStack as one background process, everything it keeps in one folder.

Nothing of Sluice's own is in here: what is deployed to it is deploy.py's business.
"""

from __future__ import annotations

import fcntl
import json
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from sluice.local import process
from sluice.settings import DEFAULT_REGION, child_environment

HOST = "127.0.0.1"
WANTED_PORT = 4566
CREDENTIAL = "test"
"""Access key and secret of the embedded AWS, which checks neither."""

_RECORD = "embedded_aws.json"
_PAUSE = 0.1


class NotStarted(Exception):
    """The embedded AWS did not come up, or would not go down; the message says what its log says."""


@dataclass(frozen=True, slots=True)
class Running:
    """The embedded AWS as it runs: its process, its port on 127.0.0.1, its log."""

    pid: int
    port: int
    log: str

    @property
    def endpoint(self) -> str:
        """Where AWS clients reach it."""
        return f"http://{HOST}:{self.port}"


def start(
    home: Path, *, port: int = WANTED_PORT, extra: Mapping[str, str] | None = None, patience: float = 60.0
) -> Running:
    """Start it, or return the one that runs already; raises NotStarted after ``patience`` seconds.

    ``home`` keeps its state, which is found again at the next start. ``port`` is a wish for the first
    start: later ones prefer the port of last time, and a taken one is replaced by a free one. ``extra``
    are further variables of MiniStack's own (SFN_WAIT_SCALE, LOG_LEVEL).
    """
    home = home.resolve()
    home.mkdir(parents=True, exist_ok=True)
    with _alone(home):
        running = status(home)
        if running is not None:
            return running
        last = _remembered(home)
        chosen = _free_port(last.port if last else port)
        log = home / "embedded_aws.log"
        begun = log.stat().st_size if log.exists() else 0
        if last is not None and last.port != chosen:
            _readdress(home, last.port, chosen)
        pid = process.start_detached(_command(home), _environment(home, chosen) | dict(extra or {}), log)
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
    """End it cleanly, so that it writes its state down; return whether one was running.

    Raises NotStarted if it has not written its state down after ``patience`` seconds. Executions that
    still run are lost with it: MiniStack marks them failed at its next start.
    """
    home = home.resolve()
    with _alone(home):
        running = status(home)
        if running is None:
            return False
        if not _end(home, running, patience):
            raise NotStarted(
                f"the embedded AWS (process {running.pid}) has not ended in {patience:g} s; see {running.log}"
            )
        return True


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
    own_pid_file = _scratch(home) / f"ministack-{running.port}.pid"
    return process.end(running.pid, _mark(home), patience, lambda: not own_pid_file.exists())


def _command(home: Path) -> list[str]:
    # -X takes any word: this one is the mark by which we know our process again.
    return [sys.executable, "-X", _mark(home), "-m", "ministack"]


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
    )


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


def _scratch(home: Path) -> Path:
    return home / "embedded_aws" / "tmp"


def _remembered(home: Path) -> Running | None:
    try:
        found = json.loads((home / _RECORD).read_text())
        return Running(pid=int(found["pid"]), port=int(found["port"]), log=str(found["log"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _remember(home: Path, running: Running) -> None:
    (home / _RECORD).write_text(json.dumps(asdict(running)) + "\n")


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Two `sluice up` at once start one embedded AWS, not two on one folder."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "embedded_aws.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
