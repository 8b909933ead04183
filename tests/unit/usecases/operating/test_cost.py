"""What a run costs: counted from its history, at prices that say where and when they were read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sluice.model.metered import Metered
from sluice.ports.workflow import Step
from sluice.registry.usages import Used
from sluice.usecases.operating.cost import Cost, cost_of, dollars_of, priced
from sluice.usecases.operating.usage import HANDING_OVER, MEMORY, used_by
from tests import yaml_text

ROOT = Path(__file__).resolve().parents[4]
PRICES = yaml_text.read((ROOT / "sluice/usecases/operating/prices.yaml").read_text())["prices"]
FUNCTIONS = yaml_text.read((ROOT / "infra" / "functions.yml").read_text())


def step(second: int, kind: str, state: str, **details: Any) -> Step:
    return Step(f"2026-11-22T08:{second // 60:02d}:{second % 60:02d}.000Z", kind, state, details)


def used(ms: int, mb: int, cpu_ms: int = 0, **requests: str) -> dict[str, Any]:
    return Metered(ms, mb, cpu_ms, requests).to_json()


def estimate(steps: list[Step], limit: int = 5000) -> Cost:
    found = cost_of(steps, limit)
    assert found is not None
    return found


WHOLE = [
    step(0, "entered", ""),
    step(0, "entered", "PlanRun"),
    step(2, "exited", "PlanRun", used=used(2000, 512, 400, dynamodb_read="2.5", dynamodb_write="3")),
    step(2, "entered", "SyncStreams"),
    step(2, "entered", "FetchPages"),
    step(4, "entered", "FetchPages"),
    step(12, "exited", "FetchPages", used=used(10_000, 1024, s3_write="2", secrets_request="1")),
    step(14, "exited", "FetchPages", used=used(10_000, 1024, s3_write="1", dynamodb_read="0.5")),
    step(14, "entered", "HandOverChunk"),
    step(18, "exited", "HandOverChunk", used=used(3500, 1769, 3000, sns_publish="20", sqs_request="2")),
    step(18, "exited", "SyncStreams"),
]


GB_SECONDS = Decimal(1) + 20 + Decimal("3.5") * 1769 / 1024
QUANTITIES = {
    "transition": Decimal(5),
    "lambda_gb_second": GB_SECONDS,
    "lambda_request": Decimal(4),
    "sqs_request": Decimal(3),
    "s3_write": Decimal(3),
    "dynamodb_read": Decimal(3),
    "dynamodb_write": Decimal(3),
    "sns_publish": Decimal(20),
    "secrets_request": Decimal(1),
}


def quantities(steps: list[Step]) -> dict[str, Decimal]:
    return {line.what: Decimal(line.quantity) for line in estimate(steps).lines}


def test_each_thing_that_is_counted_is_priced() -> None:
    found = estimate(WHOLE)
    expected = {PRICES[name]["what"]: round(quantity, 3) for name, quantity in QUANTITIES.items()}
    assert quantities(WHOLE) == expected
    by_hand = sum(
        quantity * Decimal(PRICES[name]["dollars"]) / PRICES[name]["per"]
        for name, quantity in QUANTITIES.items()
    )
    assert abs(Decimal(found.dollars) - by_hand) < Decimal("0.000001")
    assert sum(Decimal(line.dollars) for line in found.lines) == Decimal(found.dollars)


def test_what_failed_is_counted_by_its_time_and_a_visit_that_goes_on_is_not_counted_yet() -> None:
    failed = step(19, "failed", "FetchPages", seconds=3, error="ErpUnavailable")
    retried = [*WHOLE, failed, step(20, "retried", "FetchPages"), step(21, "entered", "CommitCursor")]
    more, before = quantities(retried), quantities(WHOLE)
    added = {what: quantity - before[what] for what, quantity in more.items() if quantity != before[what]}
    assert added == {
        PRICES["transition"]["what"]: 2,
        PRICES["lambda_gb_second"]["what"]: 3,
        PRICES["lambda_request"]["what"]: 2,
    }
    assert any("1 attempts of functions failed" in note for note in estimate(retried).notes)


def test_a_chunk_that_failed_was_received_and_given_back() -> None:
    failed = [*WHOLE, step(19, "entered", "HandOverChunk"), step(20, "failed", "HandOverChunk", seconds=1)]
    what = PRICES["sqs_request"]["what"]
    assert quantities(failed)[what] - quantities(WHOLE)[what] == 3


def test_a_state_that_nobody_has_heard_of_is_metered_as_well() -> None:
    new = [*WHOLE, step(19, "entered", "New"), step(20, "exited", "New", used=used(1000, 2048, s3_read="7"))]
    found = used_by(new, 5000)
    assert found is not None
    assert (found.invoked["New"], found.gb_seconds["New"], found.requests["s3_read"]) == (1, "2.000000", "7")


def test_what_cannot_be_read_counts_as_unsaid() -> None:
    broken = [*WHOLE, step(19, "entered", "New"), step(20, "exited", "New", used={"ms": "much"})]
    assert quantities(broken)[PRICES["lambda_request"]["what"]] == 5


def test_processor_time_is_kept_by_state() -> None:
    found = used_by(WHOLE, 5000)
    assert found is not None
    assert found.cpu_seconds["PlanRun"] == "0.400000"
    assert found.cpu_seconds["HandOverChunk"] == "3.000000"


def test_a_run_of_before_functions_were_metered_is_told_as_such() -> None:
    kept = Used.from_json({"transitions": 5, "invoked": {"HandOverChunk": 2}, "gb_seconds": {}, "lacks": ""})
    found = priced(kept)
    assert [line.quantity for line in found.lines if line.what == PRICES["sqs_request"]["what"]] == ["6"]
    assert found.notes[0].startswith("nothing has metered its functions")


def test_what_is_not_counted_is_said() -> None:
    assert "only its beginning" in estimate(WHOLE, len(WHOLE)).notes[0]
    assert any("writing the lake" in note for note in estimate(WHOLE).notes)
    assert cost_of([], 5000) is None


def test_the_sum_is_that_of_the_lines_as_they_are_shown() -> None:
    found = used_by(WHOLE, 5000)
    assert found is not None
    assert dollars_of(found) == Decimal(estimate(WHOLE).dollars)


def test_a_price_that_was_not_confirmed_is_said_to_be_so() -> None:
    [told] = [note for note in estimate(WHOLE).notes if note.startswith("prices not confirmed")]
    assert all(price["seen"] for price in PRICES.values())
    assert {price["what"] for price in PRICES.values() if price["what"] in told} == {
        price["what"] for price in PRICES.values() if not price["confirmed"]
    }


def test_prices_say_where_and_when_they_were_read() -> None:
    found = estimate(WHOLE)
    assert date.fromisoformat(found.read) <= date.today()  # noqa: DTZ011 - a day on a calendar
    assert found.region == "eu-north-1"
    assert all(line.source.startswith("https://aws.amazon.com/") for line in found.lines)


@pytest.mark.parametrize("state", sorted(MEMORY))
def test_memory_is_that_of_the_functions(state: str) -> None:
    function = "Transform" if state in HANDING_OVER else state
    assert FUNCTIONS[function]["memorySize"] == MEMORY[state]
