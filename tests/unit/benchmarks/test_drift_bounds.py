"""The benchmark's last word: a trial is judged by its row, and every bound by what was counted."""

from __future__ import annotations

import pytest

from benchmarks.drift.bounds import Results, bounds
from benchmarks.drift.clean import CleanResult
from benchmarks.drift.cost import Cost
from benchmarks.drift.measures import Measures
from benchmarks.drift.pulled import PullCost
from benchmarks.drift.report import as_json, lines
from benchmarks.drift.wire.trials import NOT_ASKED, Trial


@pytest.mark.parametrize(
    ("change", "outcome", "codes", "errors", "found"),
    [
        ("D01/410", "held", ("D01",), ("ApiChanged",), True),
        ("D01/410", "synced", ("D01",), (), False),
        ("D01/410", "held", (), (), False),
        ("D16/date", "synced", ("D16",), (), True),
        ("D16/date", "held", ("D16",), (), True),
        ("D33/null", "synced", ("D33",), (), True),
        ("D33/high", "synced", ("D33",), (), False),
        ("D30/stopped", "held", ("D33",), (), True),
        ("D30/stopped", "held", ("D42",), (), False),
        ("D21/revoked", "failed", (), ("CredentialsRejected",), True),
        ("D39/body", "failed", (), ("ErpUnavailable",), True),
    ],
)
def test_a_trial_is_found_if_it_is_told_and_held_as_its_row_says(
    change: str, outcome: str, codes: tuple[str, ...], errors: tuple[str, ...], found: bool
) -> None:
    trial = Trial("tripletex", "customer", *change.split("/"), outcome, codes, errors)
    assert trial.found is found


def results(clean: CleanResult, *trials: Trial, own: float = 0.05, same: bool = True) -> Results:
    costs, pulls = [Cost("tripletex/invoice", 40.0, 1.0)], [PullCost("without a contract", 40.0, 42.0, own)]
    return Results(clean, Measures(), trials, costs, pulls, same, 10)


def missed(found: Results) -> set[str]:
    return {bound.measure for bound in bounds(found) if not bound.holds}


def test_nothing_is_missed_where_all_is_well() -> None:
    good = Trial("tripletex", "customer", "D01", "410", "held", ("D01",))
    assert missed(results(CleanResult(runs=2500, contract_bytes=1000), good)) == set()


def test_every_bound_can_be_missed() -> None:
    clean = CleanResult(runs=2500, blocked=3, contract_bytes=300_000, failed=["it threw"])
    wrong = Trial("tripletex", "customer", "D30", "stopped", "synced", wrong=4, missing=2)
    found = results(clean, wrong, own=0.12, same=False)
    assert missed(found) == {
        "found: HTTP and paging",
        "HTTP and paging: cases with wrong records",
        "HTTP and paging: cases with records missing unsaid",
        "precision of blocking actions",
        "false blocks per 1,000 clean runs",
        "what it adds to the CPU of a pull, and takes of it",
        "largest contract",
        "same input, same verdict",
        "a detector that failed itself",
    }


def test_what_is_not_asked_for_does_not_count() -> None:
    trial = Trial("tripletex", "customer", "D41", "not_bumped", "synced", missing=9, asked_for=False)
    assert "found: HTTP and paging" not in missed(results(CleanResult(), trial))
    assert {"D22", "D41"} <= set(NOT_ASKED)


def test_the_report_names_what_was_missed() -> None:
    wrong = Trial("tripletex", "customer", "D30", "stopped", "synced", missing=2)
    found = results(CleanResult(runs=10), wrong)
    text = "\n".join(lines(found))
    assert "MISS found: HTTP and paging" in text
    assert "D30/stopped tripletex/customer" in text
    assert as_json(found, 1.0)["wire"][0]["found"] is False
