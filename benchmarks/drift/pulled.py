"""What noticing adds to the CPU of `sluice pull`: the same stream pulled with the detectors, and without.

The ERP is a sandbox in a process of its own. Pulls with and without take turns, and what is told is the ratio
in the middle of all turns: other work on the machine then falls on both.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch

from benchmarks.drift.baseline import RUNS
from sluice.bootstrap import ROOT, puller
from sluice.contract.contract import Contract
from sluice.contract.detector import Detector, Finding
from sluice.contract.observation import Observation
from sluice.settings import child_environment
from sluice.usecases.pull import Pull

RECORDS = 20_000
_CONNECTOR, _STREAM = "tripletex", "customer"


class Unseeing(Detector):
    """Examines nothing, finds nothing."""

    def __init__(self, *_: object) -> None: ...

    def examine(self, _records: Sequence[Any]) -> Finding:
        """Return that nothing was found."""
        return Finding((), {}, Observation())


@dataclass(frozen=True, slots=True)
class PullCost:
    """Microseconds of CPU a record, in the middle; ``added`` is the ratio in the middle less one."""

    what: str
    without: float
    examining: float
    added: float


def pull_costs(turns: int) -> list[PullCost]:
    """Return what noticing adds to a pull that has a contract, and to one that has none."""
    with _served() as given:
        contract: Contract | None = None
        for _ in range(RUNS):
            _, contract = _pull(given, contract)
        return [
            _cost("against a contract", given, contract, turns),
            _cost("without a contract", given, None, turns),
        ]


def _cost(what: str, given: dict[str, str], contract: Contract | None, turns: int) -> PullCost:
    pairs = []
    for _ in range(turns):
        with patch("sluice.usecases.pull.Detector", Unseeing):
            without, _ = _pull(given, contract)
        examining, _ = _pull(given, contract)
        pairs.append((without, examining))
    added = median(examining / without for without, examining in pairs) - 1
    return PullCost(what, median(one for one, _ in pairs), median(one for _, one in pairs), added)


def _pull(given: dict[str, str], contract: Contract | None) -> tuple[float, Contract | None]:
    wanted = Pull(_CONNECTOR, _STREAM, given, contract=contract)
    with puller(wanted) as work, Path(os.devnull).open("wb") as out:
        started = time.process_time()
        out.writelines(work.events())
        seconds = time.process_time() - started
    return seconds * 1e6 / work.result.counts.fetched, work.result.contract


@contextmanager
def _served() -> Iterator[dict[str, str]]:
    """Serve the ERP; yield settings and secrets as `sluice pull --set` takes them."""
    command = [sys.executable, "-m", "sandbox", _CONNECTOR, "--root", str(ROOT)]
    command += ["--records", f"{_STREAM}={RECORDS}"]
    served = subprocess.Popen(  # noqa: S603 - our own sandbox
        command, env=child_environment(), stdout=subprocess.PIPE, text=True
    )
    try:
        yield dict(_told(served.stdout or ()))
    finally:
        served.terminate()
        served.wait(10)


def _told(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield the settings and secrets that a sandbox prints when it is ready."""
    for line in lines:
        name, equals, value = line.strip().partition("=")
        if equals and line.startswith("  "):
            yield name, value
        if line.startswith("restore:"):
            return
