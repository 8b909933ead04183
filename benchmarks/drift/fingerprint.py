"""Whether the same input gives the same verdict: verdicts as text, made again in another process.

The other process has another seed for Python's own hashes, so an order that comes from a set shows.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Iterator, Mapping

import orjson

from benchmarks.drift.baseline import Baseline
from benchmarks.drift.cases import Extent, cases
from benchmarks.drift.judging import judge
from benchmarks.drift.mutated import mutate
from benchmarks.drift.stage import stages

_EXTENT = Extent(seeds=1, used=1, unused=0, sizes=(50, 200), shares=(0.2,))
_EVERY = 3


def fingerprints() -> Iterator[str]:
    """Yield one hash for each verdict on some mutations, its observation and the contract learnt before."""
    for stage in (stage for stage in stages() if stage.stream.name == "invoice"):
        baseline = Baseline(stage, 1)
        for number, case in enumerate(cases(stage, baseline.window(200), _EXTENT)):
            if number % _EVERY == 0:
                records, _ = mutate(case, baseline.window(case.size))
                contract = baseline.contract(case.size)
                verdict = judge(stage, contract, records)
                seen = [verdict.listed(), verdict.observation.to_json(), contract.to_json()]
                yield hashlib.blake2b(orjson.dumps(seen), digest_size=8).hexdigest()


def compare(environment: Mapping[str, str]) -> tuple[bool, int]:
    """Return whether two other processes make the same verdicts, and how many these are."""
    made = [_made_with(seed, environment) for seed in ("1", "2")]
    return made[0] == made[1] and bool(made[0]), len(made[0])


def _made_with(hash_seed: str, environment: Mapping[str, str]) -> list[str]:
    command = [sys.executable, "-m", "benchmarks.drift.fingerprint"]
    done = subprocess.run(  # noqa: S603 (our own module)
        command, env={**environment, "PYTHONHASHSEED": hash_seed}, check=True, capture_output=True, text=True
    )
    return done.stdout.split()


if __name__ == "__main__":
    sys.stdout.write("\n".join(fingerprints()))
