"""What holds for whatever records: order is nothing, nothing is raised, same input, same bytes."""

from __future__ import annotations

import random
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sluice.contract import statistical
from sluice.contract.contract import Contract
from sluice.contract.detector import Detector
from sluice.contract.examination import Finding
from sluice.contract.observation import Observation, observe
from sluice.contract.reliance import Reliance
from tests.effort import examples, thorough
from tests.unit.contract.streams import (
    blocking,
    contract,
    examined,
    learnt,
    mutated,
    records,
    reliance,
    said,
    without,
)

pytestmark = thorough

SLOW = settings(
    max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
NAMES = st.sampled_from(["id", "a", "b", "when", "amount", "lines", "x", "", "[]", "p.q", "é"])
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**64), 2**64),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=12),
    st.sampled_from(["2026-01-31", "31.01.2026", "1.234,50", "", "007", "a\nb"]),
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=4)),
    max_leaves=10,
)
RECORDS = st.lists(st.dictionaries(NAMES, JSON, max_size=5), max_size=12)
RELIANCE = Reliance(
    "thing",
    {
        ("id",): ("thing.id",),
        ("a",): ("thing.a",),
        ("when",): ("thing.when",),
        ("amount",): ("thing.amount",),
        ("lines", "x"): ("thing.x",),
    },
    {("when",): frozenset({"date"}), ("amount",): frozenset({"decimal"}), ("a",): frozenset({"text"})},
    key=(("id",),),
    ordered=(("when",),),
)


def _bytes(finding: Finding) -> bytes:
    changes = [change.to_json() for change in finding.changes]
    aside = {str(index): list(numbers) for index, numbers in finding.aside.items()}
    return orjson.dumps([changes, aside, finding.observation.to_json(), finding.failed])


@given(RECORDS, RECORDS)
@SLOW
def test_nothing_is_raised_and_the_same_input_gives_the_same_bytes(one: list[Any], other: list[Any]) -> None:
    known = learnt(one * 30, RELIANCE) if one else None
    for found in (known, None, Contract()):
        first = Detector(RELIANCE, found).examine(other)
        assert first.failed == ""
        assert _bytes(first) == _bytes(Detector(RELIANCE, found).examine(other))
    if known is not None:
        again = Contract.from_json(orjson.loads(orjson.dumps(known.to_json())))
        assert _bytes(Detector(RELIANCE, again).examine(other)) == _bytes(
            Detector(RELIANCE, known).examine(other)
        )


@given(RECORDS)
@SLOW
def test_what_was_learnt_is_no_change(found: list[Any]) -> None:
    keyed = [{**record, "id": number} for number, record in enumerate(found)]
    known = learnt(keyed, RELIANCE, runs=1)
    assert blocking(Detector(RELIANCE, known).examine(keyed)) == []


@given(RECORDS, RECORDS, RECORDS)
@SLOW
def test_observations_add_up_in_any_grouping(one: list[Any], two: list[Any], three: list[Any]) -> None:
    detector = Detector(RELIANCE, None)
    first, second, third = (detector.observed(records) for records in (one, two, three))
    left, right = first.merged(second).merged(third), first.merged(second.merged(third))
    assert left.to_json() == right.to_json()
    assert Observation.from_json(orjson.loads(orjson.dumps(left.to_json()))).to_json() == left.to_json()
    together = observe([*one, *two, *three]).columns
    apart = observe(one).merged(observe(two)).merged(observe(three)).columns
    assert {path: column.types for path, column in apart.items()} == {
        path: column.types for path, column in together.items()
    }


@given(
    RECORDS,
    st.dictionaries(NAMES.filter(lambda name: name not in {"id", "a", "when", "amount", "lines"}), JSON),
)
@SLOW
def test_a_field_that_nobody_uses_never_blocks(found: list[Any], more: dict[str, Any]) -> None:
    used = {"id", "a", "when", "amount", "lines"}
    plain = [
        {"id": number, **{name: value for name, value in record.items() if name in used - {"id"}}}
        for number, record in enumerate(found)
    ]
    known = learnt([{**record, **more} for record in plain] * 1, RELIANCE, runs=1)
    assert blocking(Detector(RELIANCE, known).examine(plain)) == []
    known = learnt(plain, RELIANCE, runs=1)
    assert blocking(Detector(RELIANCE, known).examine([{**record, **more} for record in plain])) == []


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_records_is_nothing(seed: int) -> None:
    window = mutated(records("customer", 150), without("name"), 0.05)
    window = mutated(window, without("displayName"), 0.5)
    shuffled = list(window)
    random.Random(seed).shuffle(shuffled)  # noqa: S311 - a fixed order, not a secret
    first, second = examined("customer", window), examined("customer", shuffled)
    assert said(first) == said(second)
    assert [change.share for change in first.changes] == [change.share for change in second.changes]
    assert {window[index]["id"] for index in first.aside} == {shuffled[index]["id"] for index in second.aside}


def test_structure_is_judged_and_told_when_statistics_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise ZeroDivisionError("a value of a person")

    known = contract("customer")
    window = mutated(records("customer", 200), without("name"))
    for name in ("summarise", "differences", "broken", "recounted", "learn_invariants"):
        with monkeypatch.context() as broken:
            broken.setattr(statistical.statistics, name, fail)
            finding = Detector(reliance("customer"), known).examine(window)
        assert ("D42", "name", "hold") in said(finding)
        assert "person" not in finding.failed
        if name in {"summarise", "differences"}:
            assert finding.failed.startswith("the statistics of values failed: ZeroDivisionError in ")
