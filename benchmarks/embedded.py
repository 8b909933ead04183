"""An embedded AWS of a benchmark's own, with Sluice deployed; it ends with it, however that ends."""

from __future__ import annotations

import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, NoReturn

from sluice.bootstrap.deployment import Deployment
from sluice.bootstrap.documents import ROOT
from sluice.local import deploy, embedded_aws
from sluice.settings import DEFAULT_REGION, LOCAL_STAGE

_PATIENCE = 600.0
"""Seconds for what it keeps in memory to be written down as it ends."""


class Embedded(NamedTuple):
    """Its folder and process, and what is deployed to it."""

    home: Path
    running: embedded_aws.Running
    deployment: Deployment


@contextmanager
def embedded() -> Iterator[Embedded]:
    """Start one in a folder that is removed at the end, also where SIGTERM ends the benchmark."""
    with tempfile.TemporaryDirectory() as folder, unwinding():
        home = Path(folder)
        try:
            running = embedded_aws.start(home)
            deploy.deploy(ROOT, home, running)
            yield Embedded(home, running, Deployment(LOCAL_STAGE, DEFAULT_REGION, running.endpoint))
        finally:
            embedded_aws.stop(home, patience=_PATIENCE)


@contextmanager
def unwinding() -> Iterator[None]:
    """Let SIGTERM raise SystemExit, so that what is left to do is done."""
    before = signal.signal(signal.SIGTERM, _ended)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _ended(number: int, _: object) -> NoReturn:
    sys.exit(128 + number)
