"""Readers take turns (A B C, A B C, ...), so that what else the machine does meets all of them alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.peers.peer import Peer
from benchmarks.peers.serving import Served
from benchmarks.peers.usage import Broken, Usage, middle, usage_of

FEW = 100
"""A run of so many records is what starting takes."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader took, in the middle of its turns: for all ``records``, and for a few."""

    peer: Peer
    records: int
    whole: Usage
    few: Usage

    @property
    def each(self) -> float:
        """Microseconds of user time for a record, without what starting takes."""
        return (self.whole.user - self.few.user) / max(self.records - FEW, 1) * 1e6


@dataclass(frozen=True, slots=True)
class Course:
    """What is run: ``pythons`` by environment, ``folder`` for what readers keep, ``say`` for progress."""

    served: Served
    pythons: Mapping[str, Path]
    folder: Path
    say: Say

    def run(self, peer: Peer, records: int) -> Usage:
        """Let a reader read so many records; raises Broken where it fails or does not read them all."""
        contract = self.folder / f"contract-{records}.json"
        python = self.pythons[peer.environment or ""]
        self.served.take_count()
        used = usage_of(peer.started(python, self.served.address(records), contract))
        read = self.served.take_count()
        if read < records:
            raise Broken(f"{peer.name} read {read} of {records} records")
        return used


def take_turns(course: Course, peers: Sequence[Peer], records: int, turns: int) -> list[Reading]:
    """Return what each reader took; a first run of each of few records does not count.

    One that is held against a contract makes it before, too.
    """
    wholes: dict[str, list[Usage]] = {peer.name: [] for peer in peers}
    fews: dict[str, list[Usage]] = {peer.name: [] for peer in peers}
    for peer in peers:
        course.run(peer, FEW)
        if peer.keeps:
            course.run(peer, records)
    for turn in range(1, turns + 1):
        for peer in peers:
            whole, few = course.run(peer, records), course.run(peer, FEW)
            wholes[peer.name].append(whole)
            fews[peer.name].append(few)
            course.say(
                f"turn {turn} of {turns}: {peer.name:16} {whole.user:6.2f} s user,"
                f" {whole.system:5.2f} s system, {whole.wall:6.2f} s wall, {whole.peak_mb:5.0f} MB;"
                f" starting {few.user:.2f} s"
            )
    return [Reading(peer, records, middle(wholes[peer.name]), middle(fews[peer.name])) for peer in peers]
