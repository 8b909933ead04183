"""Real Tryton servers for live tests: a series is installed and seeded once, then copied, started in seconds.

The environment (from the series' lock, with hashes) and the seeded SQLite file stay in a cache folder, one
for each series: tryton-7.0 and so on below SLUICE_TRYTON_CACHE, or below sluice in $XDG_CACHE_HOME or
~/.cache. Their names carry the hash of what they were made from, so a change of the lock or of the seed
makes new ones. Every series is seeded with the same data. Knows nothing of Sluice; listens on 127.0.0.1 only.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
LONG_TERM = "7.0"
"""The series that the connector is written for."""
LOCKS = {LONG_TERM: HERE / "requirements.txt", "7.6": HERE / "requirements-7.6.txt"}
"""What is installed, by series."""
SEED = ("seed.py", "seed_accounting.py", "seed_chart.py", "seed_orders.py", "names.py")
"""What the template is made by: a change of one makes a new template."""
CONFIG = "trytond.conf"
DATABASE = "erp"
USER = "admin"
MODULES = (
    "party", "product", "company", "sale", "purchase", "account", "account_invoice", "project", "timesheet",
)  # fmt: skip
START_SECONDS = 60
KEPT_SECONDS = 24 * 60 * 60


UNREACHABLE = ("after connection broken by", "HTTPSConnectionPool(", "ProxyError")
"""What pip says where it cannot reach the registry."""


class TrytonFailed(Exception):
    """The rig could not be made or started; the message holds the end of what the command printed."""


class RegistryUnreachable(TrytonFailed):
    """The package registry cannot be reached, and the series is not installed yet."""


@dataclass(frozen=True, slots=True)
class Environment:
    """The Tryton environment: ``python`` to run scripts with, the seeded database and its password."""

    python: Path
    template: Path
    password: str


@dataclass(frozen=True, slots=True)
class Tryton:
    """A running server: ``url`` without the database, for JSON-RPC and XML-RPC alike."""

    url: str
    database: str
    user: str
    password: str
    python: Path
    folder: Path

    def read(self) -> list[str]:
        """Return the lines of read.py: every record, read without Sluice."""
        command = [
            str(self.python),
            "-W",
            "ignore",
            str(HERE / "read.py"),
            str(self.folder / CONFIG),
            self.database,
        ]
        return _run(command).splitlines()

    def change(self, *changes: dict[str, Any]) -> None:
        """Change records through proteus; see change.py."""
        command = [
            str(self.python),
            "-W",
            "ignore",
            str(HERE / "change.py"),
            self.url,
            self.database,
            self.user,
        ]
        _run(command, stdin=json.dumps(changes), TRYTON_PASSWORD=self.password)


def cache_folder(series: str = LONG_TERM) -> Path:
    """Return the folder that keeps a series' environment and template."""
    below = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    chosen = os.environ.get("SLUICE_TRYTON_CACHE") or Path(below) / "sluice"
    return Path(chosen) / f"tryton-{series}"


def prepare(cache: Path, series: str = LONG_TERM) -> Environment:
    """Return a series' environment, made where it is not there yet; one process at a time makes it.

    Raises RegistryUnreachable where it would have to be installed and cannot, TrytonFailed where it fails.
    """
    cache.mkdir(parents=True, exist_ok=True)
    requirements = LOCKS[series]
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        python = _installed(cache, requirements)
        template = cache / f"{DATABASE}-{_digest(requirements, *(HERE / name for name in SEED))}.sqlite"
        password = template.with_suffix(".password")
        if not template.exists():
            _clear(cache)
            password.write_text(secrets.token_urlsafe(24))
            password.chmod(0o600)
            _make_template(cache, python, template, password)
        return Environment(python, template, password.read_text())


@contextmanager
def running(environment: Environment, folder: Path) -> Iterator[Tryton]:
    """Start a server on a copy of the template in ``folder``; stop it by its process on leaving."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(environment.template, folder / f"{DATABASE}.sqlite")
    port = _free_port()
    config = _write_config(folder, port)
    command = [str(environment.python.with_name("trytond")), "-c", str(config), "-d", DATABASE]
    with (folder / "trytond.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)  # noqa: S603
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_until_it_answers(url, process, folder / "trytond.log")
            yield Tryton(url, DATABASE, USER, environment.password, environment.python, folder)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _installed(cache: Path, requirements: Path) -> Path:
    folder = cache / f"venv-{_digest(requirements)}-{sys.version_info.major}.{sys.version_info.minor}"
    python = folder / "bin" / "python"
    finished = folder / "finished"
    if not finished.exists():
        shutil.rmtree(folder, ignore_errors=True)
        _run([sys.executable, "-m", "venv", str(folder)])
        install = [str(python), "-m", "pip", "install", "--quiet", "--retries", "2", "--require-hashes"]
        try:
            _run([*install, "--requirement", str(requirements)])
        except TrytonFailed as failed:
            if any(words in str(failed) for words in UNREACHABLE):
                raise RegistryUnreachable(str(failed)) from failed
            raise
        finished.touch()
    return python


def _clear(cache: Path) -> None:
    """Remove the templates of earlier seeds, but for those that another checkout may work with today."""
    for old in cache.glob(f"{DATABASE}-*"):
        if time.time() - old.stat().st_mtime > KEPT_SECONDS:
            shutil.rmtree(old) if old.is_dir() else old.unlink()


def _make_template(cache: Path, python: Path, template: Path, password: Path) -> None:
    folder = cache / f"{template.stem}.unfinished"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    database = folder / f"{DATABASE}.sqlite"
    database.touch()  # trytond-admin wants the file to be there
    config = _write_config(folder, 0)
    admin = [str(python.with_name("trytond-admin")), "-c", str(config), "-d", DATABASE, "--all"]
    modules = ["--email", "admin@example.com", "-p", "--activate-dependencies", "-u", *MODULES]
    _run([*admin, *modules], TRYTONPASSFILE=str(password))
    _run([str(python), "-W", "ignore", str(HERE / "seed.py"), str(config), DATABASE])
    database.rename(template)
    shutil.rmtree(folder)


def _write_config(folder: Path, port: int) -> Path:
    config = folder / CONFIG
    config.write_text(
        f"[database]\nuri = sqlite://\npath = {folder}\n"
        f"[web]\nlisten = 127.0.0.1:{port}\n"
        "[session]\ntimeout = 86400\n",
        encoding="utf-8",
    )
    return config


def _wait_until_it_answers(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    question = json.dumps({"id": 1, "method": "common.server.version", "params": []}).encode()
    request = urllib.request.Request(f"{url}/", question, {"Content-Type": "application/json"})  # noqa: S310
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(request, timeout=5):  # noqa: S310
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    message = f"trytond did not answer on {url}: {log.read_text(errors='replace')[-2000:]}"
    raise TrytonFailed(message)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _digest(*files: Path) -> str:
    found = hashlib.sha256()
    for file in files:
        found.update(file.read_bytes())
    return found.hexdigest()[:12]


def _run(command: list[str], stdin: str = "", **environment: str) -> str:
    done = subprocess.run(  # noqa: S603
        command,
        check=False,
        capture_output=True,
        encoding="utf-8",
        input=stdin,
        env={**os.environ, **environment},
    )
    if done.returncode:
        message = (
            f"{Path(command[0]).name} {Path(command[1]).name} ended {done.returncode}: {done.stderr[-2000:]}"
        )
        raise TrytonFailed(message)
    return done.stdout
