"""Measures a long history through `backfill` on the embedded AWS: time and memory by how long it is.

usage: python -m benchmarks.backfill [RECORDS ...] [--per-window N] [--resume RECORDS] [--json]

Each size has an embedded AWS of its own. It fails where records are missing or come as two events, never for
being slow.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence

from benchmarks.backfill.growth import report, section
from benchmarks.backfill.measuring import PER_WINDOW, Backfilled, Say, backfilled
from benchmarks.backfill.resuming import Resumed, resumed
from benchmarks.backfill.stage import staged
from benchmarks.peers.usage import Broken
from benchmarks.report import Section, document

SIZES = (100_000, 300_000, 1_000_000)
RESUMED = 60_000


def measured(sizes: Sequence[int], per_window: int, say: Say) -> Iterator[Backfilled]:
    """Yield what each size takes; raises Broken where something does not work."""
    for records in sizes:
        say(f"{records:,} records, through an embedded AWS of its own")
        with staged() as stage:
            found = backfilled(stage, records, per_window, say)
        say(f"  {found.in_words()}; {found.run:.1f} s")
        yield found


def stopped(records: int, say: Say) -> Resumed:
    """Return what comes of a backfill that is stopped and resumed."""
    say(f"{records:,} records, stopped in the middle and resumed")
    with staged() as stage:
        return resumed(stage, records, say)


def backfill_section(records: int, say: Say) -> Section:
    """Return the part of the report: so many records, three times as many, and a resumed backfill.

    Raises Broken where records are missing, or came as two events.
    """
    found, again = list(measured((records, 3 * records), PER_WINDOW, say)), stopped(RESUMED, say)
    for tally in (*(one.tally for one in found), again.tally):
        if not tally.is_whole:
            raise Broken(tally.in_words())
    return section(found, again, f"make bench PARTS=backfill RECORDS={records}")


def main(arguments: Sequence[str]) -> int:
    """Measure and print; 1 where something does not work, or not every record came as one event."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.backfill", description=__doc__)
    parser.add_argument("records", type=int, nargs="*", help=f"sizes; else {SIZES}")
    parser.add_argument("--per-window", type=int, default=PER_WINDOW, help="about so many records each")
    parser.add_argument("--resume", type=int, default=RESUMED, help="size of the resumed one; 0: none")
    parser.add_argument("--json", action="store_true", help="print JSON in place of Markdown")
    given = parser.parse_args(arguments)
    sizes = tuple(given.records) or SIZES
    if min(*sizes, given.per_window) < 1 or given.resume < 0:
        parser.error("records are 1 or more")
    found: list[Backfilled] = []
    again, is_broken = None, False
    try:
        again = stopped(given.resume, _say) if given.resume else None
        found.extend(measured(sizes, given.per_window, _say))
    except Broken as error:
        # What was measured before is printed all the same: it may have taken hours.
        _say(f"error: {error}")
        is_broken = True
    if found:
        _print(found, again, as_json=given.json)
    tallies = [one.tally for one in found] + ([again.tally] if again else [])
    return 1 if is_broken or not all(tally.is_whole for tally in tallies) else 0


def _print(found: Sequence[Backfilled], again: Resumed | None, *, as_json: bool) -> None:
    if as_json:
        told = json.dumps(report(found, again), indent=2) + "\n"
    else:
        command = f"python -m benchmarks.backfill {' '.join(str(one.records) for one in found)}"
        told = document([section(found, again, command)], command)
    sys.stdout.write(told)


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
