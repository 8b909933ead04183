"""Kills, faults and doubled messages over the real use cases: 0 lost, 0 doubled, or the seed that broke it.

usage: python -m tests.chaos [--only kills,soak,rig] [--runs N] [--seed SEED] [--jobs N]
       python -m tests.chaos --story SEED-NUMBER        one story of the soak, again
       python -m tests.chaos --case SCENARIO/WAY/CALL    one place of the kills, again

kills  every call of every scenario, struck in every way, one by one (with --runs N below 10,000: that share)
soak   N executions under a mix of faults, in stories of ten, by seed
rig    real worker processes on the embedded AWS, killed at random
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from tests.chaos import kills, processes, soak
from tests.chaos.ledger import Broken
from tests.chaos.report import table
from tests.chaos.soak import EXECUTIONS, Told
from tests.chaos.stage import quiet

ALL_RUNS = 10_000
PARTS = ("kills", "soak", "rig")
_SHOWN = 5
_EVERY = 10.0


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one piece of work; ``broken`` says what promise does not hold, ``again`` how to see it."""

    told: Told
    broken: str = ""
    again: str = ""


def _case(case: kills.Case) -> Result:
    try:
        return Result(kills.tried(case))
    except Broken as broken:
        return Result(Told(), str(broken), f'python -m tests.chaos --case "{case}"')


def _story(seed: str) -> Result:
    try:
        return Result(soak.played(seed))
    except Broken as broken:
        return Result(Told(), str(broken), f"python -m tests.chaos --story {seed}")


class Course:
    """Works pieces off in several processes, says how far it is, and adds up."""

    def __init__(self, jobs: int) -> None:
        self.told = Told()
        self.broken: list[Result] = []
        self.cases = 0
        self._jobs = jobs

    def work(self, name: str, work: Callable[..., Result], pieces: Sequence[object]) -> None:
        """Do all of one kind."""
        started = said = time.monotonic()
        with multiprocessing.Pool(self._jobs, initializer=quiet) as pool:
            for number, result in enumerate(pool.imap_unordered(work, pieces, chunksize=4), 1):
                self._take(result)
                if time.monotonic() - said > _EVERY or number == len(pieces):
                    said = time.monotonic()
                    _say(f"{name}: {number:,} of {len(pieces):,}, {said - started:.0f} s")

    def _take(self, result: Result) -> None:
        self.told.add(result.told)
        if result.broken:
            self.broken.append(result)
            if len(self.broken) <= _SHOWN:
                _say(f"BROKEN {result.broken}\n  again: {result.again}")


def _spread(cases: Sequence[kills.Case], share: float) -> list[kills.Case]:
    """Return a share of the cases, spread evenly over all of them."""
    wanted = max(1, round(len(cases) * min(share, 1.0)))
    return [cases[number * len(cases) // wanted] for number in range(wanted)]


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def _asked(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--only", default=",".join(PARTS), help="parts, divided by commas")
    parser.add_argument("--runs", type=int, default=ALL_RUNS)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--story")
    parser.add_argument("--case")
    given = parser.parse_args(arguments)
    if not set(given.only.split(",")) <= set(PARTS):
        parser.error(f"parts are {', '.join(PARTS)}")
    if given.runs < 1 or given.jobs < 1:
        parser.error("runs and jobs are 1 or more")
    return given


def _one(given: argparse.Namespace) -> int:
    """Do one story, or one case, again."""
    quiet()
    if given.story:
        result = _story(given.story)
    else:
        scenario, way, at = given.case.split("/")
        result = _case(kills.Case(scenario, way, int(at)))
    sys.stdout.write((result.broken or table(result.told, 1, 0)) + "\n")
    return 1 if result.broken else 0


def _parts(given: argparse.Namespace) -> Iterable[str]:
    return str(given.only).split(",")


def main(arguments: Sequence[str]) -> int:
    """Do what was asked for, print what came of it; 1 where a promise does not hold."""
    given = _asked(arguments)
    if given.story or given.case:
        return _one(given)
    quiet()
    course = Course(given.jobs)
    started = time.monotonic()
    if "kills" in _parts(given):
        cases = _spread(kills.all_cases(), given.runs / ALL_RUNS)
        course.cases = len(cases)
        course.work("kills", _case, cases)
    if "soak" in _parts(given):
        stories = -(-given.runs // EXECUTIONS)
        course.work("soak", _story, [f"{given.seed}-{number}" for number in range(stories)])
    rig = ""
    if "rig" in _parts(given):
        try:
            rig = processes.killed(given.seed, processes.rounds_of(given.runs), _say)
        except Broken as broken:
            command = f"make chaos ONLY=rig SEED={given.seed}"
            course._take(Result(Told(), str(broken), command))
    sys.stdout.write(rig)
    sys.stdout.write(table(course.told, course.cases, len(course.broken)) + "\n")
    for result in course.broken:
        sys.stdout.write(f"BROKEN {result.broken}\n  again: {result.again}\n")
    sys.stdout.write(f"seed {given.seed}, {time.monotonic() - started:.0f} s\n")
    return 1 if course.broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
