"""Sums of invoices: learnt, confirmed, broken, and not broken by whoever buys."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from sluice.contract.statistics import Invariant, broken, learn_invariants, merged_invariants, recounted
from tests.unit.contract.statistics.invoices import PATHS, invoices

Record = dict[str, Any]


def learnt(seed: int = 5, windows: int = 4) -> list[Invariant]:
    """Return what is relied on after these windows, the first learnt from and the others counted."""
    random = Random(seed)  # noqa: S311
    known = learn_invariants(invoices(random, 400), PATHS)
    for _ in range(windows - 1):
        known = merged_invariants(known, recounted(known, invoices(random, 400)))
    return known


def test_the_sums_of_an_invoice_are_learnt() -> None:
    words = [one.in_words() for one in learnt()]
    assert {
        "net + vat = gross",
        "total of lines.net = net",
        "total of lines.gross = gross",
        "lines.net x 1.25 = lines.gross",
        "gross = gross_currency",
    } <= set(words)
    assert len(words) <= 20
    assert not [word for word in words if "id" in word or "number" in word]


def test_an_invariant_is_armed_by_later_windows_only() -> None:
    assert not any(one.armed for one in learnt(windows=1))
    assert not any(one.armed for one in learnt(windows=2))
    assert all(one.armed for one in learnt(windows=3))


def test_what_does_not_hold_later_is_disarmed() -> None:
    known = learnt()
    known = merged_invariants(known, recounted(known, invoices(Random(1), 400, abroad=0.2)))  # noqa: S311
    disarmed = {one.in_words() for one in known if not one.armed}
    assert "gross = gross_currency" in disarmed
    assert "net + vat = gross" not in disarmed


def test_merging_is_the_same_in_any_order_and_json_keeps_all() -> None:
    one, two, three = learnt(1), learnt(2), learnt(3)
    left = merged_invariants(merged_invariants(one, two), three)
    assert left == merged_invariants(three, merged_invariants(two, one))
    assert [Invariant.from_json(json.loads(json.dumps(item.to_json()))) for item in left] == left


def _net_is_gross(record: Record) -> None:
    record["net"] = record["gross"]


def _hundredfold(record: Record) -> None:
    record["gross"] *= 100


def _sign(record: Record) -> None:
    record["vat"] = -record["vat"]


def _line_gross(record: Record) -> None:
    for line in record["lines"]:
        line["net"] = line["gross"]


def _as_text(record: Record) -> None:
    for name in ("net", "vat", "gross"):
        record[name] = f"{record[name]:.2f}"


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (_net_is_gross, ("net",)),
        (_hundredfold, ("gross",)),
        (_sign, ("vat",)),
        (_line_gross, ("lines", "net")),
    ],
)
@pytest.mark.parametrize("share", [1.0, 0.05])
def test_a_broken_sum_names_its_path_and_records(
    change: Callable[[Record], None], path: tuple[str, ...], share: float
) -> None:
    random = Random(8)  # noqa: S311
    records = invoices(random, 1000)
    chosen = sorted(random.sample(range(1000), round(share * 1000)))
    for place in chosen:
        change(records[place])
    found = {breach.path: breach for breach in broken(learnt(), records)}
    assert list(found) == [path]
    assert found[path].difference.code == "D65"
    assert set(found[path].records) <= set(chosen)
    assert len(found[path].records) >= 0.9 * len(chosen)
    assert found[path].difference.certain


@pytest.mark.parametrize(
    ("abroad", "food"), [(0, 0), (0.06, 0), (0.95, 0), (1, 0), (0, 0.05), (0, 1), (0.5, 0.5)]
)
def test_other_customers_break_nothing_for_certain(abroad: float, food: float) -> None:
    records = invoices(Random(3), 600, abroad=abroad, food=food)  # noqa: S311
    found = broken(learnt(), records)
    assert not [breach for breach in found if breach.difference.certain]
    assert bool(found) is bool(abroad or food)


def test_numbers_are_read_however_they_are_written() -> None:
    records = invoices(Random(3), 400)  # noqa: S311
    for place, record in enumerate(records):
        if place % 2:
            _as_text(record)
        else:
            record["gross"] = Decimal(f"{record['gross']:.2f}")
    assert broken(learnt(), records) == []


@pytest.mark.thorough(most=0)
def test_clean_windows_break_nothing() -> None:
    """300 windows of 200 invoices of thirty companies, whose customers change from window to window."""
    held = told = 0
    for seed in range(30):
        random = Random(seed)  # noqa: S311
        known, mostly = learnt(seed), random.choice([0.0, 0.0, 0.03])
        for _ in range(10):
            abroad = random.choice([mostly, mostly, random.random()])
            records = invoices(random, 200, abroad=abroad, food=random.choice([0, 0, 0.3]))
            found = broken(known, records)
            held += any(breach.difference.certain for breach in found)
            told += bool(found)
            known = merged_invariants(known, recounted(known, records))
    assert held == 0, f"seeds 0 to 29: {held} held and {told} told of 300"
    assert told <= 60


def test_records_of_any_kind_are_no_trouble() -> None:
    strange: list[Record] = [
        {},
        {"net": None, "vat": True, "gross": "1 000,00", "lines": None},
        {"net": {"amount": 5}, "vat": [], "gross": 10**400, "lines": [None, 3, {"net": "x"}]},
        {"net": -0.0, "vat": 1e308, "gross": 5.0, "lines": {}},
    ]
    assert broken(learnt(), strange * 30) == []
    assert learn_invariants(strange * 30, PATHS) == []
    assert all(one.seen == one.held == 0 for one in recounted(learnt(), strange))
    assert broken([], strange) == []
