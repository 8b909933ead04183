"""The parts of the report that readers give: their table with its goals, and memory at two sizes."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Mapping, Sequence

from benchmarks.peers.environments import versions
from benchmarks.peers.peer import PEERS, Peer
from benchmarks.peers.tables import OURS, by_hand, fastest_peer, ratio, table
from benchmarks.peers.turns import FEW, Course, Reading, take_turns
from benchmarks.peers.usage import Usage
from benchmarks.report import Section, at_least, at_most

SMALL, LARGE = 100_000, 1_000_000
"""Numbers of records whose peaks of memory are held against each other."""
_MAKERS = {"dlt": "dlt", "singer": "singer-sdk", "airbyte": "airbyte-cdk"}
"""The package that a peer is, by the peer's name."""


def readers(course: Course, peers: Sequence[Peer], records: int, turns: int) -> list[Reading]:
    """Measure the readers."""
    course.say(f"peers: {records:,} records, {turns} turns of {', '.join(peer.name for peer in peers)}")
    return take_turns(course, peers, records, turns)


def peers_section(readings: Sequence[Reading], left_out: Mapping[str, str], turns: int) -> Section:
    """Return what the readers took, which versions they have, and who could not take part."""
    records = readings[0].records
    told = (
        f"{records:,} customers, {turns} turns, by turns (A B C, A B C, ...). User and system CPU, "
        f"wall and starting are medians; starting is what {FEW} records take. Ratios are of user CPU, start "
        "included."
    )
    lines = [
        told,
        "",
        table(readings),
        "",
        f"Versions: {', '.join(_versions(readings))}.",
        *(f"\nLeft out: {name}: {why}." for name, why in sorted(left_out.items())),
    ]
    ours = next((one for one in readings if one.peer.name == OURS), None)
    against = next((one for one in readings if one.peer.name == "sluice-contract"), None)
    hand, fastest = by_hand(readings), fastest_peer(readings)
    goals = (
        at_most("`sluice pull`: CPU of the script by hand", ratio(ours, hand), 1.5, " times"),
        at_most("the same, against a contract", ratio(against, hand), 1.5, " times"),
        at_most("starting `sluice pull`: CPU", ours.few.cpu if ours else None, 0.2, " s"),
        at_least("the fastest peer: CPU of `sluice pull`", ratio(fastest, ours), 6, " times"),
    )
    command = f"python -m benchmarks.peers --records {records} --turns {turns}"
    return Section("One stream, beside other tools", command, "\n".join(lines), goals)


def _versions(readings: Sequence[Reading]) -> list[str]:
    present = {one.peer.name for one in readings}
    pinned = [f"{package} {versions(name)[package]}" for name, package in _MAKERS.items() if name in present]
    own = [f"{name} {importlib.metadata.version(name)}" for name in ("orjson", "urllib3")]
    return [f"sluice {importlib.metadata.version('sluice')}", *own, *pinned]


def memory_section(course: Course) -> Section:
    """Measure the peak of `sluice pull` at two sizes."""
    ours = next(peer for peer in PEERS if peer.name == OURS)
    peaks: dict[int, Usage] = {}
    for records in (SMALL, LARGE):
        course.say(f"memory: sluice pull of {records:,} records")
        peaks[records] = course.run(ours, records)
    small, large = peaks[SMALL].peak_mb, peaks[LARGE].peak_mb
    rows = [
        f"| {number:,} | {one.peak_mb:.0f} | {one.user:.1f} | {one.wall:.1f} |"
        for number, one in peaks.items()
    ]
    text = "\n".join(["| records | peak, MB | user CPU, s | wall, s |", "|---|---|---|---|", *rows])
    goals = (
        at_most("memory of `sluice pull` at 1,000,000, of that at 100,000", large / small, 1.1, " times"),
        at_most("memory of `sluice pull` at 1,000,000", large, 200, " MB"),
    )
    return Section("Memory of one stream", "make bench PARTS=memory", text, goals)
