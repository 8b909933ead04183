"""Readers side by side: python -m benchmarks.peers [--only sluice,handwritten] [--records N] [--turns N].

It prints a Markdown table; where each stands meanwhile goes to standard error. See benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks.machine import told_of_the_machine
from benchmarks.peers.environments import pythons
from benchmarks.peers.peer import PEERS, named
from benchmarks.peers.serving import serving
from benchmarks.peers.tables import table
from benchmarks.peers.turns import Course, take_turns
from benchmarks.peers.usage import Broken


def say(text: str) -> None:
    """Say on standard error how far it is."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def main() -> int:
    """Measure and print; 1 where a reader does not work."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    parser.add_argument("--only", type=named, default=list(PEERS), metavar="NAMES", help="divided by commas")
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--turns", type=int, default=3)
    given = parser.parse_args()
    known, left_out = pythons({peer.environment for peer in given.only if peer.environment}, say)
    peers = [peer for peer in given.only if (peer.environment or "") in known]
    try:
        with serving() as served, tempfile.TemporaryDirectory() as folder:
            course = Course(served, known, Path(folder), say)
            readings = take_turns(course, peers, given.records, given.turns)
    except Broken as error:
        say(f"error: {error}")
        return 1
    sys.stdout.write(f"{told_of_the_machine()}; {given.records:,} records, {given.turns} turns\n\n")
    sys.stdout.write(f"{table(readings)}\n")
    for name, why in left_out.items():
        sys.stdout.write(f"\nleft out: {name}: {why}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
