"""All of the speed benchmarks in one run, with a report: what `make bench` does. See benchmarks/README.md.

usage: python -m benchmarks [--records N] [--turns N] [--parts peers,memory,pipeline,start] [--out FILE]

The part `backfill` is run where it is asked for.
It fails where something does not work, never for being slow.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.backfill.__main__ import backfill_section
from benchmarks.cold_start import start_section
from benchmarks.peers.environments import pythons
from benchmarks.peers.part import memory_section, peers_section, readers
from benchmarks.peers.peer import PEERS
from benchmarks.peers.serving import serving
from benchmarks.peers.turns import Course
from benchmarks.peers.usage import Broken
from benchmarks.pipeline import piped, piped_section
from benchmarks.report import Section, document

REPORT = Path(".sluice/bench/report.md")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person asked for."""

    records: int
    turns: int
    parts: tuple[str, ...]
    out: Path

    @property
    def command(self) -> str:
        """The command that does the same again."""
        parts = "" if self.parts == tuple(PARTS) else f" PARTS={','.join(self.parts)}"
        return f"make bench RECORDS={self.records} TURNS={self.turns}{parts}"


@dataclass(slots=True)
class Session:
    """One run of benchmarks: ``left_out`` says which readers could not be set up, and why."""

    wanted: Wanted
    course: Course
    left_out: dict[str, str]


def peers(session: Session) -> Section:
    """Measure `sluice pull` beside other readers."""
    known = [peer for peer in PEERS if (peer.environment or "") in session.course.pythons]
    wanted = session.wanted
    readings = readers(session.course, known, wanted.records, wanted.turns)
    return peers_section(readings, session.left_out, wanted.turns)


def memory(session: Session) -> Section:
    """Measure the memory of `sluice pull` at two sizes."""
    return memory_section(session.course, session.wanted.turns)


def pipeline(session: Session) -> Section:
    """Measure the whole pipeline on the embedded AWS, with dlt right before and right after it.

    What a machine does for its other guests changes within minutes: a figure of another part would not do.
    """
    course, records = session.course, session.wanted.records
    others = [peer for peer in PEERS if peer.name == "dlt" and "dlt" in course.pythons]
    before = [course.run(peer, records) for peer in others]
    course.say(f"pipeline: {records:,} records through an embedded AWS of its own")
    found = piped(course.served, records)
    return piped_section(found, [*before, *(course.run(peer, records) for peer in others)])


def start(session: Session) -> Section:
    """Measure how long functions and commands take to start."""
    return start_section(session.wanted.turns, session.course.say)


def backfill(session: Session) -> Section:
    """Measure a long history through a backfill, at two sizes."""
    return backfill_section(session.wanted.records, session.course.say)


PARTS: dict[str, Callable[[Session], Section]] = {
    "peers": peers,
    "memory": memory,
    "pipeline": pipeline,
    "start": start,
}

ON_DEMAND: dict[str, Callable[[Session], Section]] = {"backfill": backfill}
"""Parts that take long: they are run where they are asked for."""


def say(text: str) -> None:
    """Say on standard error how far it is."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def asked(arguments: Sequence[str]) -> Wanted:
    """Return what the arguments ask for; ends with exit code 2 where they do not fit."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--parts", default=",".join(PARTS), help="divided by commas")
    parser.add_argument("--out", type=Path, default=REPORT)
    given = parser.parse_args(arguments)
    parts, known = tuple(given.parts.split(",")), (*PARTS, *ON_DEMAND)
    if not set(parts) <= set(known) or min(given.records, given.turns) < 1:
        parser.error(f"parts are {', '.join(known)}; records and turns are 1 or more")
    return Wanted(given.records, given.turns, tuple(part for part in known if part in parts), given.out)


@contextmanager
def session_of(wanted: Wanted) -> Iterator[Session]:
    """Give what the parts work with: a running ERP, and the environments of the other tools."""
    needed = {"peers": {peer.environment for peer in PEERS if peer.environment}, "pipeline": {"dlt"}}
    names = set().union(*(needed.get(part, set()) for part in wanted.parts))
    known, left_out = pythons(names, say)
    with serving() as served, tempfile.TemporaryDirectory() as folder:
        yield Session(wanted, Course(served, known, Path(folder), say), left_out)


def measured(wanted: Wanted) -> tuple[list[Section], int]:
    """Return the sections, and how many parts did not work; the others are measured all the same."""
    sections, broken = [], 0
    with session_of(wanted) as session:
        for part in wanted.parts:
            try:
                sections.append((PARTS | ON_DEMAND)[part](session))
            except Broken as error:
                say(f"error: {part}: {error}")
                sections.append(Section(part, f"make bench PARTS={part}", f"It does not work: {error}"))
                broken += 1
    return sections, broken


def main(arguments: Sequence[str]) -> int:
    """Measure, print the report and keep it; 1 where something does not work."""
    wanted = asked(arguments)
    sections, broken = measured(wanted)
    told = document(sections, wanted.command)
    wanted.out.parent.mkdir(parents=True, exist_ok=True)
    wanted.out.write_text(told)
    sys.stdout.write(told)
    say(f"kept in {wanted.out}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
