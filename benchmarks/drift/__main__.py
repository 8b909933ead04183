"""How well API changes are noticed, measured; see benchmarks/README.md.

usage: python -m benchmarks.drift [--json FILE] [--gate] [--only clean|mutations|wire|cost|same ...]

DRIFT=quick takes at most a minute, DRIFT=full tries everything; in between it is five to eight minutes.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
import zlib
from collections.abc import Sequence
from pathlib import Path

import orjson

from benchmarks.drift.baseline import Baseline
from benchmarks.drift.bounds import JUDGED_SIZE, Results, bounds
from benchmarks.drift.cases import Extent, cases
from benchmarks.drift.clean import CleanResult, run_sequence, sequences
from benchmarks.drift.cost import Cost, cost_of
from benchmarks.drift.decoys import try_decoys
from benchmarks.drift.fingerprint import compare
from benchmarks.drift.measures import Measures
from benchmarks.drift.mutated import attempt
from benchmarks.drift.natural.company import Company
from benchmarks.drift.pulled import pull_costs
from benchmarks.drift.report import as_json, lines
from benchmarks.drift.stage import CONNECTORS, Stage, stages
from benchmarks.drift.wire.trials import Trial, trials

PARTS = ("clean", "mutations", "wire", "cost", "same")


class Plan:
    """How much is tried. ``clean_every`` and ``wire_every`` take one of so many.

    ``case_every`` is of the cases in windows of 200, by which we are judged, and of those in others.
    """

    def __init__(self, mode: str) -> None:
        quick, full = mode == "quick", mode == "full"
        self.clean_seeds = range(1, 4 if full else 2)
        self.clean_every = 1 if full else 40 if quick else 4
        self.extent = Extent(
            seeds=4 if full else 1 if quick else 2, used=4 if full else 1, unused=2 if full else 1
        )
        self.case_every = (1, 1) if full else (30, 90) if quick else (2, 6)
        self.wire_every = 12 if quick else 1
        self.turns = 5 if quick else 15


def say(text: str) -> None:
    """Say on standard error how far it is."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def measure(plan: Plan, parts: Sequence[str]) -> Results:
    """Measure the parts."""
    known = stages()
    same, compared = compare(os.environ) if "same" in parts else (True, 0)
    return Results(
        _clean(plan, known) if "clean" in parts else CleanResult(),
        _mutations(plan, known) if "mutations" in parts else Measures(),
        _wire(plan) if "wire" in parts else [],
        _costs(known) if "cost" in parts else [],
        pull_costs(plan.turns) if "cost" in parts else [],
        same,
        compared,
    )


def _clean(plan: Plan, known: list[Stage]) -> CleanResult:
    result = CleanResult()
    companies: dict[tuple[str, int], Company] = {}
    wanted = [one for one in sequences(known, plan.clean_seeds) if not _left_out(one.name, plan.clean_every)]
    last = ""
    for number, sequence in enumerate(wanted):
        if sequence.stage.name != last:
            last = sequence.stage.name
            companies.clear()  # one company's records at a time
            say(f"clean: {number} of {len(wanted)} sequences, {result.runs} runs, now {last}")
        key = (sequence.stage.name, sequence.seed)
        run_sequence(companies.setdefault(key, Company(sequence.stage, sequence.seed)), sequence, result)
    return result


def _mutations(plan: Plan, known: list[Stage]) -> Measures:
    measures = Measures()
    tried = 0
    for stage in known:
        baselines = {seed: Baseline(stage, seed) for seed in range(1, plan.extent.seeds + 1)}
        for case in cases(stage, baselines[1].window(200), plan.extent):
            if _left_out(case.name, plan.case_every[case.size != JUDGED_SIZE]):
                continue
            outcome = attempt(case, baselines[case.seed])
            if outcome is not None:
                tried += 1
                measures.add(outcome)
        try_decoys(stage, list(baselines.values()), measures)
        size = max((one.contract(1000).size() for one in baselines.values()), default=0)
        say(
            f"mutations: {stage.name} done, {tried} cases tried so far; its contract has {size / 1024:.0f} KB"
        )
    return measures


def _left_out(name: str, every: int) -> bool:
    """Return whether a case is not of the sample, which takes one of so many by a hash of their names."""
    return zlib.crc32(name.encode()) % every != 0


def _wire(plan: Plan) -> list[Trial]:
    found = []
    for trial in trials(list(CONNECTORS), every=plan.wire_every):
        found.append(trial)
        if len(found) % 40 == 0:
            say(f"wire: {len(found)} changes tried, now {trial.name}")
    return found


def _costs(known: list[Stage]) -> list[Cost]:
    return [cost_of(stage) for stage in known]


def main(arguments: Sequence[str]) -> int:
    """Measure and report; 1 with ``--gate`` where a bound is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.drift")
    parser.add_argument("--json", type=Path, help="write everything to this file")
    parser.add_argument("--gate", action="store_true", help="exit 1 where a bound is missed")
    parser.add_argument("--only", nargs="*", choices=PARTS, default=PARTS)
    given = parser.parse_args(arguments)
    mode = os.environ.get("DRIFT") or "usual"
    plan = Plan(mode)
    say(f"DRIFT={mode}; companies {list(plan.clean_seeds)}, mutated companies 1 to {plan.extent.seeds}")
    started = time.monotonic()
    found = measure(plan, given.only)
    seconds = time.monotonic() - started
    for line in lines(found):
        sys.stdout.write(f"{line}\n")
    spent = time.process_time()
    sys.stdout.write(f"took {seconds:.0f} s, {spent:.0f} s of them this process's own work\n")
    if given.json:
        given.json.write_bytes(orjson.dumps(as_json(found, seconds), option=orjson.OPT_INDENT_2))
    return int(given.gate and not all(bound.holds for bound in bounds(found)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
