from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks.peers.environments import versions
from benchmarks.peers.peer import ADDRESS, PEERS, REQUIREMENTS, Peer, named
from benchmarks.peers.tables import by_hand, fastest_peer, ratio, table
from benchmarks.peers.turns import FEW, Reading
from benchmarks.peers.usage import Broken, Usage, middle, usage_of


def reading(name: str, user: float, *, is_other: bool = False) -> Reading:
    peer = Peer(name, "reads", ("x",), is_other=is_other)
    return Reading(peer, 1000 + FEW, Usage(user, 0.5, 9.0, 50.0), Usage(1.0, 0.1, 1.0, 20.0))


def test_the_middle_is_of_each_figure_and_of_memory_the_most() -> None:
    taken = [Usage(1.0, 9.0, 5.0, 10.0), Usage(3.0, 1.0, 6.0, 30.0), Usage(2.0, 2.0, 70.0, 20.0)]
    assert middle(taken) == Usage(2.0, 2.0, 6.0, 30.0)
    assert middle(taken).cpu == 4.0


def test_a_record_costs_what_is_left_without_starting() -> None:
    assert reading("sluice", 3.0).each == pytest.approx(2000.0)


def test_ratios_are_to_the_script_by_hand_and_to_the_quickest_of_the_other_tools() -> None:
    readings = [
        reading("floor", 0.5),
        reading("handwritten", 2.0),
        reading("sluice", 3.0),
        reading("dlt", 18.0, is_other=True),
        reading("singer", 12.0, is_other=True),
    ]
    sluice = readings[2]
    assert ratio(sluice, by_hand(readings)) == 1.5
    assert ratio(fastest_peer(readings), sluice) == 4.0
    row = next(line for line in table(readings).splitlines() if line.startswith("| sluice |"))
    assert "| 3.00 | 1.50 | 0.25 | 0.50 | 1.00 | 2000.0 | 9.0 | 50 |" in row


def test_without_anybody_to_be_held_against_there_is_no_ratio() -> None:
    readings = [reading("sluice", 3.0)]
    assert ratio(readings[0], by_hand(readings)) is None
    assert ratio(fastest_peer(readings), readings[0]) is None
    assert "| 3.00 | — | — |" in table(readings)


def test_peers_are_chosen_by_name_and_keep_their_order() -> None:
    assert [peer.name for peer in named("sluice,floor")] == ["floor", "sluice"]
    with pytest.raises(ValueError, match="no peer slice; there are floor"):
        named("slice")


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.name)
def test_every_peer_has_its_script_and_pinned_requirements(peer: Peer) -> None:
    assert any(ADDRESS in part for part in peer.command)
    assert peer.environment is None or Path(peer.command[0]).is_file()
    if peer.environment:
        assert versions(peer.environment)
        lines = (REQUIREMENTS / f"{peer.environment}.txt").read_text().splitlines()
        assert all("==" in line for line in lines)


def test_what_a_program_takes_is_its_own() -> None:
    busy = "import time\nheld = bytearray(60_000_000)\nwhile time.process_time() < 0.3: pass"
    taken = usage_of([sys.executable, "-I", "-S", "-c", busy])
    assert taken.cpu >= 0.3
    assert taken.wall >= 0.3
    assert 60 <= taken.peak_mb < 120


def test_a_program_that_fails_is_told_with_what_it_said() -> None:
    with pytest.raises(Broken, match="ended with 3: it is broken"):
        usage_of([sys.executable, "-c", "import sys; sys.stderr.write('it is broken'); sys.exit(3)"])
