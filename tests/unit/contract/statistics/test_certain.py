"""What is certain enough to hold records back for, and what looks like it but comes by itself."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from sluice.contract.contract import Contract
from sluice.contract.detector import Detector
from sluice.contract.reliance import Reliance
from sluice.contract.statistics import Difference, Role, differences, learn_invariants, summarise
from sluice.model.change import Action
from tests.unit.contract.statistics.invoices import PATHS, invoices
from tests.unit.contract.statistics.test_differences import (
    Make,
    found,
    history_of,
    one_of,
    organisation,
    written,
)

AMOUNTS = ("net", "vat", "gross")
SPARSE = Role.TEXT


def certain(seen: Sequence[Difference]) -> set[str]:
    return {one.code for one in seen if one.certain}


# Sums of decimals that are written as text


def as_tryton(record: dict[str, Any]) -> dict[str, Any]:
    """Return an invoice whose amounts are texts in objects, as Tryton sends them."""
    made = {name: {"__class__": "Decimal", "decimal": f"{record[name]:.2f}"} for name in AMOUNTS}
    return {"id": record["id"], **made}


def tryton_invoices(seed: int, count: int = 300) -> list[dict[str, Any]]:
    return [as_tryton(one) for one in invoices(Random(seed), count)]  # noqa: S311


RELIANCE = Reliance("invoice", {(name,): (f"invoice.{name}",) for name in AMOUNTS}, key=(("id",),))


def learnt(reliance: Reliance, windows: Sequence[list[dict[str, Any]]]) -> Contract:
    contract = Contract()
    for window in windows:
        seen = Detector(reliance, contract if contract.runs else None).observed(window)
        contract = contract.learnt_from(seen, reliance=reliance)
    return contract


def test_sums_of_decimals_written_as_text_are_learnt_and_held_when_broken() -> None:
    contract = learnt(RELIANCE, [tryton_invoices(seed) for seed in range(4)])
    assert "net.decimal + vat.decimal = gross.decimal" in [one.in_words() for one in contract.learnt.sums]
    window = tryton_invoices(9)
    assert not Detector(RELIANCE, contract).examine(window).changes
    for record in window:
        record["gross"]["decimal"] = str(Decimal(record["gross"]["decimal"]) + 49)
    broken = [one for one in Detector(RELIANCE, contract).examine(window).changes if one.code == "D65"]
    assert [(one.path, one.action) for one in broken] == [("gross.decimal", Action.HOLD)]


def test_what_is_left_to_pay_is_no_sum_as_it_is_nothing_once_it_is_paid() -> None:
    records = [{**one, "due": one["outstanding"]} for one in invoices(Random(2), 400)]  # noqa: S311
    words = [one.in_words() for one in learn_invariants(records, [*PATHS, ("due",)])]
    assert "due = gross" in words
    assert not [word for word in words if "+" in word and "due" in word]


# Whole numbers that a function of the mapping reads


def entries(make: Make, seed: int, count: int = 300) -> list[dict[str, Any]]:
    random = Random(seed)  # noqa: S311
    return [{"id": number, "value": make(random)} for number in range(count)]


MERE = Reliance("time_entry", {("value",): ("time_entry.value",)}, key=(("id",),))


def seconds(random: Random) -> int:
    return random.choice([1800, 3600, 7200, 14_400, 27_000])


SHIFTS: dict[str, tuple[Make, Make, str, Action]] = {
    "thousandths": (seconds, lambda r: seconds(r) * 1000, "D63", Action.HOLD),
    "sign": (seconds, lambda r: -seconds(r), "D64", Action.HOLD),
    "nothing": (seconds, one_of(0), "D54", Action.HOLD),
    "a rate in hundredths": (one_of(950.5, 800.25), one_of(95_050, 80_025), "D63", Action.HOLD),
    "other ids": (one_of(3, 5, 31), one_of(47, 74, 520), "D63", Action.NOTIFY),
}


@pytest.mark.parametrize("name", SHIFTS)
def test_amounts_that_a_function_reads_are_told_from_ids(name: str) -> None:
    before, after, code, action = SHIFTS[name]
    contract = learnt(MERE, [entries(before, seed) for seed in range(4)])
    changes = Detector(MERE, contract).examine(entries(after, 9)).changes
    assert [one.action for one in changes if one.code == code] == [action], changes


# Blanks


@pytest.mark.parametrize("blank", [None, "", 0])
@pytest.mark.parametrize("role", [Role.TEXT, Role.ANY])
def test_a_field_that_always_had_a_value_and_has_none_any_more(blank: Any, role: Role) -> None:
    before = history_of(organisation)
    code = "D52" if blank is None else "D54"
    assert certain(differences(before, summarise([blank] * 120), role=role)) == {code}
    few, some = [blank] * 60, [blank] * 90 + ["910253158"] * 30
    assert not certain(differences(before, summarise(few), role=role))
    assert not certain(differences(before, summarise(some), role=role))


def test_a_field_filled_at_times_whose_values_are_all_empty_text() -> None:
    before, none = history_of(lambda r: None if r.random() < 0.4 else organisation(r)), [None] * 50
    assert certain(differences(before, summarise([""] * 70 + none), role=Role.TEXT)) == {"D54"}
    some = ["910253158"] * 10
    assert not certain(differences(before, summarise([""] * 60 + none + some), role=Role.TEXT))


def test_a_word_for_null_is_certain_once_no_null_is_left() -> None:
    usual = lambda r: None if r.random() < 0.4 else organisation(r)  # noqa: E731
    before, random = history_of(usual), Random(3)  # noqa: S311
    names = [organisation(random) for _ in range(120)]
    assert certain(differences(before, summarise(names + ["null"] * 80), role=Role.TEXT)) == {"D54"}
    both = names + ["null"] * 78 + [None] * 2
    assert not certain(differences(before, summarise(both), role=Role.TEXT))


# Codes


SPELLINGS: dict[str, tuple[Make, Make, bool]] = {
    "longer": (one_of("en", "nb", "nb"), one_of("eng", "nb", "nb"), True),
    "numbered": (one_of("DAYS", "MONTHS"), one_of("DAYS_2", "MONTHS"), True),
    "another": (one_of("stk", "time"), one_of("kartong", "time"), False),
    "each with a prefix": (
        one_of(*["PCS"] * 12, "M", "L"),
        one_of(*["TYPE_PCS"] * 12, "TYPE_M", "TYPE_L"),
        True,
    ),
    "one letter": (one_of("h", "stk"), one_of("hyller", "stk"), False),
    "days": (one_of(14, 30), one_of(114, 30), False),
    "one of an ISO list": (one_of("NO", "NO", "NO", "SE"), one_of("NOR", "NOR", "NOR", "SE"), True),
}


@pytest.mark.parametrize("name", SPELLINGS)
def test_a_code_that_is_written_otherwise(name: str) -> None:
    before, after, expected = SPELLINGS[name]
    seen = [one for one in found(before, after, Role.ANY) if one.code in {"D56", "D67"}]
    assert bool(certain(seen)) is expected, seen


# Masked values


@pytest.mark.parametrize("mask", ["*********", "•••• ••••", "**** 1234"])
def test_masked_values_are_a_lost_permission(mask: str) -> None:
    seen = found(organisation, one_of(mask), SPARSE)
    assert [(one.code, one.certain) for one in seen] == [("D23", True)]
    assert not certain(found(organisation, one_of(mask), SPARSE, share=0.024))


def test_stars_in_a_text_mask_nothing() -> None:
    noted = lambda r: f"Levering {organisation(r)}, takk"  # noqa: E731
    assert not found(noted, lambda r: f"*** {noted(r)} ***", SPARSE)


def test_a_masked_field_holds_the_stream_and_does_not_fail_the_run() -> None:
    reliance = Reliance(
        "customer",
        {("value",): ("customer.name",)},
        becomes={("value",): frozenset({"text"})},
        key=(("id",),),
    )
    contract = learnt(reliance, [entries(organisation, seed) for seed in range(4)])
    changes = Detector(reliance, contract).examine(entries(one_of("*********"), 9)).changes
    assert [(one.code, one.action) for one in changes] == [("D23", Action.HOLD)]


# Units and signs of some values


def price(random: Random) -> float:
    return round(random.lognormvariate(6, 0.4), 2)


def price_of_any(random: Random) -> float:
    return round(random.lognormvariate(6, 1.2), 2)


def rate(random: Random) -> int:
    return random.choice([850, 950, 1100, 1350])


def dearer(random: Random) -> float:
    return price(random) * 30


SOME: dict[str, tuple[Make, Make, bool]] = {
    "prices in hundredths": (price, lambda r: price(r) * 100, True),
    "prices in thousands": (price, lambda r: price(r) / 1000, True),
    "rates in hundredths": (rate, lambda r: rate(r) * 100, True),
    "hours in minutes": (one_of(7.5, 4.0, 0.5), one_of(450, 240, 30), True),
    "one dear product": (price, dearer, False),
    "raised rates": (rate, lambda r: round(rate(r) * 10.4), False),
    "one customer of 300 each": (one_of(1, 2, 3, 5), one_of(300), False),
    "wide amounts in thousandths": (price_of_any, lambda r: price_of_any(r) * 1000, True),
    "one large customer": (price_of_any, lambda r: price_of_any(r) * 30, False),
}


@pytest.mark.parametrize("name", SOME)
def test_some_numbers_in_another_unit(name: str) -> None:
    before, after, expected = SOME[name]
    seen = [one for one in found(before, after, Role.NUMBER, share=0.2) if one.code == "D63"]
    assert bool(certain(seen)) is expected, seen


def test_percentages_that_are_five_times_what_they_were() -> None:
    assert "D63" in certain(found(one_of(25.0, 15.0, 12.0), one_of(125.0, 75.0, 60.0), Role.NUMBER))
    assert "D63" not in certain(found(price, lambda r: price(r) * 5, Role.NUMBER))


@pytest.mark.parametrize(("share", "expected"), [(0.3, {"D64"}), (0.12, set())])
def test_a_fifth_below_zero_where_none_ever_was(share: float, expected: set[str]) -> None:
    seen = found(price, lambda r: -price(r), Role.NUMBER, share=share)
    assert certain(seen) == expected
    assert "D64" in {one.code for one in seen}


@pytest.mark.parametrize(("factor", "expected"), [(1, set()), (100, {"D63"}), (1000, {"D63"})])
def test_decimals_in_texts_without_a_point_are_another_unit(factor: int, expected: set[str]) -> None:
    def whole(random: Random) -> str:
        return str(round(float(written(random)) * factor))

    assert certain(found(written, whole, Role.ANY)) == expected
    few = [whole(Random(seed)) for seed in range(40)]  # noqa: S311
    assert not certain(differences(history_of(written), summarise(few), role=Role.ANY))
