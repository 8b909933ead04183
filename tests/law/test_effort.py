"""A part of the tests is spread over all of them, and the parts together are all of them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, cast

import pytest

from sluice.cli.certify.parts import Part
from tests import effort
from tests.conftest import is_in, parted_files, some_of


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
    parts = [[name for name in names if is_in(Part(number, 9), name, {})] for number in range(1, 10)]
    assert sorted(name for part in parts for name in part) == sorted(names)
    assert min(map(len, parts)) > 60


def test_a_file_of_live_tests_is_in_one_part_whole() -> None:
    names = [f"tests/live/f/test_{file:02d}.py::test_{number}" for file in range(9) for number in range(4)]
    files = parted_files([*names, "tests/unit/test_other.py::test_it"])
    assert sorted(files.values()) == list(range(9))
    parts = [{name for name in names if is_in(Part(number, 2), name, files)} for number in (1, 2)]
    assert parts[0] | parts[1] == set(names)
    assert not parts[0] & parts[1]
    assert [len(part) for part in parts] == [20, 16]


@dataclass(frozen=True)
class Named:
    """What is asked of a test that was collected."""

    nodeid: str
    most: int = 0

    def get_closest_marker(self, name: str) -> Any:
        return pytest.mark.thorough(most=self.most).mark if self.most else None


def test_of_a_test_with_many_parameters_some_are_tried() -> None:
    marked = [Named(f"test_one[{number}]", 3) for number in range(10)]
    others = [Named(f"test_other[{number}]") for number in range(4)]
    tried = some_of(cast("list[pytest.Item]", [*marked, *others]))
    assert tried >= set(others)
    assert len(tried & set(marked)) == (10 if effort.THOROUGH else 3)
