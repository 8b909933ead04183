"""The parts of the report that readers give: their table with its goals, and memory at two sizes."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from statistics import median

from benchmarks.peers.environments import versions
from benchmarks.peers.peer import PEERS, Peer
from benchmarks.peers.serving import serving
from benchmarks.peers.tables import OURS, by_hand, fastest_peer, ratio, table
from benchmarks.peers.turns import FEW, Course, Reading, take_turns
from benchmarks.peers.usage import Usage, middle
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
        at_most("of it against a contract", ratio(against, hand), 1.5, " times"),
        at_most("starting `sluice pull`: CPU", ours.few.cpu if ours else None, 0.2, " s"),
        at_least("the fastest peer: CPU of `sluice pull`", ratio(fastest, ours), 6, " times"),
        at_least("of it against a contract", ratio(fastest, against), 6, " times"),
    )
    command = f"python -m benchmarks.peers --records {records} --turns {turns}"
    return Section("One stream, beside other tools", command, "\n".join(lines), goals)


def _versions(readings: Sequence[Reading]) -> list[str]:
    present = {one.peer.name for one in readings}
    pinned = [f"{package} {versions(name)[package]}" for name, package in _MAKERS.items() if name in present]
    own = [f"{name} {importlib.metadata.version(name)}" for name in ("orjson", "urllib3")]
    return [f"sluice {importlib.metadata.version('sluice')}", *own, *pinned]


def memory_section(course: Course, turns: int) -> Section:
    """Measure the peak of `sluice pull` at two sizes, each time from an ERP that was asked for nothing yet.

    It makes each page anew, for which `sluice pull` has to wait, so at both sizes it reads ahead. That takes
    more memory than pages that are ready, as they are after the other readers.
    """
    runs: dict[int, list[Usage]] = {SMALL: [], LARGE: []}
    for turn in range(1, turns + 1):
        for records, before in runs.items():
            course.say(f"memory: turn {turn} of {turns}: sluice pull of {records:,} records")
            before.append(_kept_waiting(course, records))
    rows = [
        f"| {records:,} | {', '.join(f'{one.peak_mb:.0f}' for one in some)} | {_peak(some):.0f} "
        f"| {middle(some).user:.1f} | {middle(some).wall:.1f} |"
        for records, some in runs.items()
    ]
    head = ["| records | peaks, MB | the middle | user CPU, s | wall, s |", "|---|---|---|---|---|"]
    small, large = _peak(runs[SMALL]), _peak(runs[LARGE])
    goals = (
        at_most("memory of `sluice pull` at 1,000,000, of that at 100,000", large / small, 1.1, " times"),
        at_most("memory of `sluice pull` at 1,000,000", large, 200, " MB"),
    )
    return Section("Memory of one stream", "make bench PARTS=memory", "\n".join([*head, *rows]), goals)


def _kept_waiting(course: Course, records: int) -> Usage:
    with serving() as served:
        return replace(course, served=served).run(next(one for one in PEERS if one.name == OURS), records)


def _peak(runs: Sequence[Usage]) -> float:
    return median(one.peak_mb for one in runs)
