"""What noticing adds to the CPU of `sluice pull`: the same stream pulled with the detectors, and without.

The ERP is a sandbox in a process of its own, and so are the pulls: garbage collection would else go through
all that other measures left in memory. Pulls with and without take turns, and the least of each is told; on a
busy machine that ratio still moves by ten points either way. Beside it stands what the detector itself took
of the pulls with it, in the middle, which is steady.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch

from msgspec.structs import replace

from benchmarks.drift.baseline import RUNS
from sluice.bootstrap.documents import ROOT
from sluice.bootstrap.pulling import puller
from sluice.contract.contract import Contract
from sluice.contract.detector import Detector
from sluice.contract.examination import Examination, Finding
from sluice.contract.observation import Observation
from sluice.settings import child_environment
from sluice.usecases.pull import Pull

RECORDS = 50_000
_CONNECTOR, _STREAM = "tripletex", "customer"


class Unseeing(Detector):
    """Knows what to expect, so that records are decoded as ever, and finds nothing whatever comes."""

    def examining(self, records: Sequence[Any]) -> Examination:
        """Return an examination that says nothing of the records."""
        expected = super().examining(records).expected
        return Examination(records, expected, lambda _: Finding((), {}, Observation()))


class Timed(Detector):
    """Examines, and counts in ``seconds`` the CPU that it takes."""

    seconds = 0.0

    def examining(self, records: Sequence[Any]) -> Examination:
        """Return an examination that is timed."""
        with _timed():
            begun = super().examining(records)
            return _TimedExamination(records, begun.expected, begun.conclude)


class _TimedExamination(Examination):
    def hold(self, part: Sequence[Any]) -> None:
        with _timed():
            super().hold(part)

    def finding(self) -> Finding:
        with _timed():
            return super().finding()


@contextmanager
def _timed() -> Iterator[None]:
    started = time.process_time()
    yield
    Timed.seconds += time.process_time() - started


@dataclass(frozen=True, slots=True)
class PullCost:
    """Microseconds of CPU a record, the least of all turns.

    ``own`` is what the detector itself took, as a share of the rest of the pulls with it.
    """

    what: str
    without: float
    examining: float
    own: float

    @property
    def added(self) -> float:
        """What examining adds, as a share of what is there without it."""
        return self.examining / self.without - 1


def pull_costs(turns: int) -> list[PullCost]:
    """Return what noticing adds to pulls against a contract, to those that make one, and without any."""
    with ProcessPoolExecutor(1, get_context("spawn")) as apart:
        return apart.submit(_pull_costs, turns).result()


def _pull_costs(turns: int) -> list[PullCost]:
    with _served() as given:
        wanted = Pull(_CONNECTOR, _STREAM, given)
        known = wanted
        for _ in range(RUNS):
            known = replace(known, contract=_pull(known)[1])
        return [
            _cost("against a contract", known, turns),
            _cost("making the first one", wanted, turns),
            _cost("without a contract", replace(wanted, keeps=False), turns),
        ]


def _cost(what: str, wanted: Pull, turns: int) -> PullCost:
    pairs, owns = [], []
    for _ in range(turns):
        with patch("sluice.usecases.pull.Detector", Unseeing):
            without, _ = _pull(wanted)
        with patch("sluice.usecases.pull.Detector", Timed):
            Timed.seconds = 0.0
            examining, _ = _pull(wanted)
        own = Timed.seconds * 1e6 / RECORDS
        pairs.append((without, examining))
        owns.append(own / (examining - own))
    without, examining = (min(column) for column in zip(*pairs, strict=True))
    return PullCost(what, without, examining, median(owns))


def _pull(wanted: Pull) -> tuple[float, Contract | None]:
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
