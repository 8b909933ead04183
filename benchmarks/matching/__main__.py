"""How well one company is found over several ERPs, and how exactly two are compared; see docs/matching.md.

usage: python -m benchmarks.matching [--seeds 2 3 4 5] [--companies 2000] [--examples N]

The rules were chosen on seed 1, which is not among those that are reported. The same seeds give the same
figures.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence

from benchmarks.matching.differences import planned, told
from benchmarks.matching.measuring import Measured, Score, measure
from benchmarks.matching.planting import planted

SEEDS = (2, 3, 4, 5)
COMPANIES = 2000
TWO, THREE = ("a", "b"), ("a", "b", "c")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.matching", description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=list(SEEDS))
    parser.add_argument("--companies", type=int, default=COMPANIES)
    parser.add_argument(
        "--examples", type=int, default=0, help="Wrong and missed pairs to print of each part."
    )
    given = parser.parse_args(arguments)
    say(f"seeds {' '.join(map(str, given.seeds))}, {given.companies} companies of a sandbox each")
    for words, connections, numbers in (
        ("two ERPs, numbers as planted", TWO, True),
        ("three ERPs, numbers as planted", THREE, True),
        ("two ERPs, no number anywhere", TWO, False),
        ("three ERPs, no number anywhere", THREE, False),
    ):
        report(words, matched(given.seeds, given.companies, connections, numbers=numbers), given.examples)
    report_compared(given.seeds, given.companies)


def matched(seeds: Sequence[int], companies: int, connections: Sequence[str], *, numbers: bool) -> Measured:
    """Return the measures of all seeds together."""
    whole = Measured()
    for seed in seeds:
        whole.add(measure(planted(seed, companies, connections, numbers=numbers)))
    return whole


def report(words: str, measured: Measured, examples: int) -> None:
    """Print what was measured of matching."""
    say(f"\n{words}: {measured.records} records, {measured.compared} pairs compared")
    line("all pairs", measured.whole)
    if measured.numbered.right:
        line("both have a number", measured.numbered)
        line("one or both have none", measured.unnumbered)
    line("no number, but more than a name shared", measured.told)
    for rule, score in sorted(measured.rules.items()):
        line(f"joined by {rule}", score, recall=False)
    line("told as worth a look", measured.doubts, recall=False)
    for kind, one, other in measured.examples[:examples]:
        say(f"    {kind}\n      {one}\n      {other}")


def report_compared(seeds: Sequence[int], companies: int) -> None:
    """Print what was measured of comparing."""
    whole: dict[str, Score] = {}
    for seed in seeds:
        for name, score in told(planned(seed, companies)).items():
            whole.setdefault(name, Score()).add(score)
    say("\ncompare, two ERPs with planted differences")
    for name, score in whole.items():
        line(name, score)


def line(name: str, score: Score, *, recall: bool = True) -> None:
    """Print a score."""
    found = f"recall {score.recall:.4f}" if recall else " " * 13
    counts = f"{score.right} right, {score.wrong} wrong" + (f", {score.missed} missed" if recall else "")
    say(f"  {name:40} precision {score.precision:.4f}  {found}  {counts}")


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    started = time.monotonic()
    main()
    say(f"\n{time.monotonic() - started:.0f} s")
