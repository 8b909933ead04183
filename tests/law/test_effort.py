"""A part of the tests is spread over all of them, and the parts together are all of them."""

from __future__ import annotations

from itertools import pairwise

import pytest

from sluice.cli.certify.parts import Part
from tests import effort
from tests.conftest import is_in


@pytest.mark.parametrize(("there", "most"), [(1, 2), (12, 12), (13, 12), (100, 12), (101, 2), (999, 7)])
def test_some_places_are_the_ends_and_as_many_between(
    there: int, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(effort, "THOROUGH", False)
    places = range(1, there + 1)
    found = effort.some(places, most)
    assert len(set(found)) == len(found) == min(there, most)
    assert (found[0], found[-1]) == (1, there)
    steps = {later - earlier for earlier, later in pairwise(found)}
    assert not steps or max(steps) - min(steps) <= 1
    monkeypatch.setattr(effort, "THOROUGH", True)
    assert effort.some(places, most) == places


def test_every_test_is_in_one_part() -> None:
    names = [f"tests/unit/test_{number}.py::test_it[{number}]" for number in range(900)]
    parts = [[name for name in names if is_in(Part(number, 9), name)] for number in range(1, 10)]
    assert sorted(name for part in parts for name in part) == sorted(names)
    assert min(map(len, parts)) > 60
