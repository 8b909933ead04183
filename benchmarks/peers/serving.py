"""Starts the benchmark's ERP in a process of its own and ends it again."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import orjson
import urllib3

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Served:
    """A running ERP: its port on 127.0.0.1, and the id of its process."""

    port: int
    pid: int

    def address(self, records: int) -> str:
        """Return the address of a company that has so many customers."""
        return f"http://127.0.0.1:{self.port}/{records}"

    def take_count(self) -> int:
        """Return how many records were sent since this was asked last."""
        reply = urllib3.request("GET", f"http://127.0.0.1:{self.port}/served")
        return int(orjson.loads(reply.data))


@contextmanager
def serving(module: str = "benchmarks.peers.server") -> Iterator[Served]:
    """Give a running ERP: the module prints its port, and serves until its standard input ends."""
    command = [sys.executable, "-m", module]
    server = subprocess.Popen(  # noqa: S603 - our own
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None  # noqa: S101 - it is a pipe
        yield Served(int(server.stdout.readline()), server.pid)
    finally:
        server.terminate()
        server.wait(10)
        for pipe in (server.stdin, server.stdout):
            if pipe is not None:
                pipe.close()
