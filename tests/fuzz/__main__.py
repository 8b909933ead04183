"""Tries spoilt replies and spoilt manifests, as many as are wanted: `make fuzz`.

usage: python -m tests.fuzz [--replies N] [--manifests N] [--seed TEXT] [--seconds N]

Prints how many came to what, and of each fault where it was raised and how to see it again; exits 1 where
there is one. The same seed tries the same.
"""

from __future__ import annotations

import argparse
import sys
import time

from tests.fuzz import manifests, replies
from tests.fuzz.trying import Tally, try_all

REPLIES, MANIFESTS = 1_000_000, 100_000
SECONDS_APART = 10.0


class Progress:
    """Says on stderr every few seconds how many were tried."""

    def __init__(self, name: str, count: int) -> None:
        self._name, self._count = name, count
        self._begun = self._told = time.monotonic()

    def __call__(self, tried: int) -> None:
        """Say it, unless it was said just now."""
        now = time.monotonic()
        if now - self._told >= SECONDS_APART:
            self._told = now
            sys.stderr.write(f"{self._name}: {tried:,} of {self._count:,}, {now - self._begun:.0f} s\n")


def main(arguments: list[str]) -> int:
    """Try, print, and return the status to exit with."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--replies", type=int, default=REPLIES)
    parser.add_argument("--manifests", type=int, default=MANIFESTS)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="stop after so long")
    given = parser.parse_args(arguments)
    until = time.monotonic() + given.seconds
    faults = 0
    for name, count, targets in (
        ("manifests", given.manifests, manifests.folders),
        ("replies", given.replies, replies.stages),
    ):
        tally = Tally(Progress(name, count))
        begun = time.monotonic()
        left = until - begun
        share = begun + (left / 3 if name == "manifests" else left)
        try_all(targets() if count else [], count, given.seed, tally, share)
        lines = [f"{name}: {tally.tried} tried in {time.monotonic() - begun:.0f} s, seed {given.seed}"]
        lines += [f"  {number:>9}  {outcome}" for outcome, number in tally.outcomes.most_common()]
        lines += [f"  FAULT: {where}: {fault}" for where, fault in tally.faults.items()]
        sys.stdout.write("\n".join([*lines, ""]))
        faults += len(tally.faults)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
