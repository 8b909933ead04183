"""What each part adds, by what was taken up to it."""

from __future__ import annotations

from itertools import accumulate
from unittest.mock import Mock

import pytest

from benchmarks import parts
from benchmarks.parts import stage, told


def test_a_part_takes_what_it_adds_to_those_before(monkeypatch: pytest.MonkeyPatch) -> None:
    # A turn goes one part, which takes 1 s, then two, which take 4 s.
    clock = Mock(side_effect=accumulate([0.0, 1.0, 0.0, 4.0] * parts.TURNS))
    monkeypatch.setattr("benchmarks.parts.time.process_time", clock)
    table = told("way", ("parse", "map"), lambda _: None, 1_000_000)
    assert table.splitlines()[2:] == ["| parse | 1.0 | 25% |", "| map | 3.0 | 75% |", "| all | 4.0 | |"]


def test_both_ways_are_gone_to_their_end() -> None:
    on = stage(2_000)
    on.parsed(5)
    on.decoded(5)
