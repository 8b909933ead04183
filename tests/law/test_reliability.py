"""The catalogue of faults and inputs is whole, and every test that it names is there and is run."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from tests.law.tree import text
from tests.reliability import catalogue, edges, named, page
from tests.reliability.catalogue import Row

FAULTS = [f"F{number:02}" for number in range(1, 61)]
INPUTS = [f"B{number:02}" for number in range(1, 75)]
ROWS = catalogue.faults() + catalogue.inputs()
WIDTH = 120
DAY = 86_400


def test_every_row_is_there_once_and_in_order() -> None:
    assert [row.id for row in catalogue.faults()] == FAULTS
    assert [row.id for row in catalogue.inputs()] == INPUTS


@pytest.mark.parametrize("file", [catalogue.FAULTS, catalogue.INPUTS])
def test_rows_have_the_keys_that_are_known(file: str) -> None:
    found = catalogue.read(file)
    for row in found["faults" if file == catalogue.FAULTS else "inputs"]:
        assert set(row) <= catalogue.KEYS, row["id"]
        assert ("holds" in row) == (file == catalogue.FAULTS), row["id"]


@pytest.mark.parametrize("row", ROWS, ids=[row.id for row in ROWS])
def test_a_row_is_shown_or_says_why_not(row: Row) -> None:
    assert row.tests or row.elsewhere or row.open
    assert {name: fault for name in row.tests if (fault := named.fault(name))} == {}
    assert len(set(row.tests)) == len(row.tests)
    for words in (row.what, row.then, row.elsewhere, row.open):
        assert not words or words.endswith("."), f"a sentence ends with a full stop: {words}"


@pytest.mark.parametrize("row", ROWS, ids=[row.id for row in ROWS])
def test_a_row_says_what_must_hold(row: Row) -> None:
    known = set(catalogue.invariants()) if row.id.startswith("F") else set(catalogue.VERDICTS)
    assert row.must
    assert set(row.must) <= known


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("tests/law/test_reliability.py::test_every_row_is_there_once_and_in_order", ""),
        ("tests/contracts/test_queue.py::QueueContract::test_never_more_than_asked_for", ""),
        ("tests/law/test_reliability.py", "no such file of tests"),
        ("tests/law/test_nothing.py::test_it", "no such file of tests"),
        ("tests/law/tree.py::files", "pytest looks for no tests there"),
        ("tests/law/test_reliability.py::test_nothing", "test_nothing is not there"),
        ("tests/contracts/test_queue.py::QueueContract", "QueueContract is no test"),
    ],
)
def test_what_is_wrong_with_a_name_is_found(name: str, fault: str) -> None:
    assert named.fault(name) == fault


def test_dead_letters_ring_again_long_before_they_expire(resources: dict[str, Any]) -> None:
    """At once by their number (test_infra.py); and by their age, for whoever was told and did nothing."""
    rings = {
        found["Dimensions"][0]["Value"]["Fn::GetAtt"][0]: found
        for found in resources.values()
        if found.get("MetricName") == "ApproximateAgeOfOldestMessage"
    }
    # Of a chunk, or of the start of a run, there is nothing to be redriven: the next run does it again.
    redriven = {name for name in resources if name.endswith("DeadLetterQueue")} - {
        "ErpSystemDeadLetterQueue",
        "TriggersDeadLetterQueue",
    }
    assert len(redriven) == 4
    for name in redriven:
        assert rings[name]["Threshold"] == 3 * DAY
        assert resources[name]["MessageRetentionPeriod"] == 14 * DAY


@pytest.mark.parametrize("machine", edges.machines())
def test_every_edge_is_taken(machine: str) -> None:
    assert [edge for edge, names in edges.taken(machine).items() if not names] == []


@pytest.mark.parametrize("machine", edges.machines())
def test_the_cases_are_those_of_an_engine(machine: str) -> None:
    for test in ("test_case_takes_the_edge", "test_case_ends_as_it_should"):
        assert named.fault(f"{edges.TESTS[machine]}::{test}") == ""
    assert named.fault(f"{edges.RETRYING}::test_a_task_is_tried_as_often_as_the_rule_says") == ""


@pytest.mark.parametrize("made", [page, edges], ids=[page.PAGE, edges.PAGE])
def test_the_document_is_up_to_date_and_narrow_but_for_its_tables(made: ModuleType) -> None:
    assert text(made.PAGE) == made.page(), "make generate writes it again"
    lines = text(made.PAGE).splitlines()
    assert [line for line in lines if len(line) > WIDTH and not line.startswith("|")] == []
