"""One difference each, of values as a Norwegian ERP has them; and what is none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Any

import pytest

from sluice.contract.statistics import Difference, History, Role, differences, summarise

Make = Callable[[Random], Any]
Made = Sequence[Any]


def amount(random: Random) -> float:
    return round(random.lognormvariate(7, 1.3), 2)


def written(random: Random) -> str:
    return f"{amount(random):.2f}"


def date(random: Random) -> str:
    return f"2025-{random.randrange(1, 13):02}-{random.randrange(1, 29):02}"


def time(random: Random) -> str:
    return f"{date(random)}T{random.randrange(6, 17):02}:{random.randrange(60):02}:17Z"


def one_of(*values: Any) -> Make:
    return lambda random: random.choice(values)


def organisation(random: Random) -> str:
    return str(random.randrange(810_000_000, 999_999_999))


def phone(random: Random) -> str:
    return random.choice(["{} {} {}", "+47{}{}{}", "{}{}{}"]).format(*random.choices(range(100, 999), k=3))


def history_of(make: Make, *, windows: int = 8, size: int = 250, seed: int = 4) -> History:
    random, history = Random(seed), History()  # noqa: S311
    for _ in range(windows):
        history = history.with_window(summarise([make(random) for _ in range(size)]))
    return history


def found(before: Make, after: Make, role: Role, *, share: float = 1.0) -> list[Difference]:
    """Return the differences of a window of 250 in which this share is made otherwise."""
    random = Random(99)  # noqa: S311
    changed = round(share * 250)
    values = [after(random) for _ in range(changed)] + [before(random) for _ in range(250 - changed)]
    return differences(history_of(before), summarise(values), role=role)


CHANGES = {
    "amount in oere": (amount, lambda r: round(amount(r) * 100), Role.NUMBER, "D63", True),
    "written in thousands": (written, lambda r: f"{amount(r) / 1000:.5f}", Role.NUMBER, "D63", True),
    "hours in minutes": (one_of(7.5, 8.0, 4.0, 0.5), one_of(450, 480, 240, 30), Role.NUMBER, "D63", True),
    "VAT as a share": (one_of(25.0, 15.0, 12.0), one_of(0.25, 0.15, 0.12), Role.NUMBER, "D63", True),
    "sign": (amount, lambda r: -amount(r), Role.NUMBER, "D64", True),
    "four decimals": (amount, lambda r: amount(r) + 0.0011, Role.NUMBER, "D66", True),
    "whole kroner": (amount, lambda r: float(round(amount(r))), Role.NUMBER, "D66", True),
    "decimal comma": (written, lambda r: written(r).replace(".", ","), Role.NUMBER, "D62", True),
    "dotted date": (date, one_of("24.12.2025", "01.02.2025"), Role.TIME, "D60", True),
    "epoch": (date, lambda r: 1_700_000_000 + r.randrange(10**6), Role.TIME, "D60", True),
    "no such date": (date, one_of("ukjent"), Role.TIME, "D60", True),
    "date of a time": (time, date, Role.TIME, "D61", True),
    "zone dropped": (time, lambda r: time(r)[:-1], Role.TIME, "D61", True),
    "midnight": (time, lambda r: date(r) + "T00:00:00Z", Role.TIME, "D61", True),
    "null amount": (amount, one_of(None), Role.NUMBER, "D52", True),
    "null name": (organisation, one_of(None), Role.TEXT, "D52", True),
    "empty date": (date, one_of(""), Role.TIME, "D54", True),
    "zero amount": (amount, one_of(0), Role.NUMBER, "D54", True),
    "alpha-3": (one_of("NO", "SE"), one_of("NOR", "SWE"), Role.TEXT, "D67", True),
    "numeric": (one_of("NO", "SE"), one_of("578", "752"), Role.TEXT, "D67", True),
    "case": (one_of("PAID", "SENT"), one_of("paid", "sent"), Role.ANY, "D56", True),
    "leading zeros": (one_of("3", "31", "5"), one_of("003", "031", "005"), Role.TEXT, "D56", True),
    "renamed": (one_of("PAID", "SENT"), one_of("SETTLED", "DISPATCHED"), Role.ANY, "D56 D67", True),
    "names for codes": (one_of("PAID", "SENT"), lambda r: f"Betalt den {date(r)}", Role.CODE, "D67", True),
    "flag inverted": (lambda r: r.random() < 0.03, lambda r: r.random() < 0.97, Role.BOOLEAN, "D56", False),
    "constant": (one_of(1, 2, 3, 4), one_of(1), Role.ANY, "D68", True),
    "mojibake": (
        one_of("Sørås AS", "Bø AS"),
        one_of("S\u00c3\u00b8rås AS", "B\u00c3\u00b8 AS"),
        Role.TEXT,
        "D69",
        True,
    ),
    "entities": (one_of("Berg & Dal AS", "Bø AS"), one_of("Berg &amp; Dal AS"), Role.TEXT, "D69", True),
    "JSON in a text": (
        one_of("Storgata 1", "Myra 2"),
        one_of('{"gate": "Storgata 1"}'),
        Role.TEXT,
        "D69",
        True,
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_of_all_values_is_seen(name: str) -> None:
    before, after, role, codes, certain = CHANGES[name]
    by_code = {one.code: one for one in found(before, after, role)}
    seen = [by_code[code] for code in codes.split() if code in by_code]
    assert seen, f"only {list(by_code)}"
    assert seen[0].certain is certain
    assert seen[0].share > 0.9


CANNOT = {"whole kroner", "flag inverted", "constant"}
"""Some whole amounts, some flags and one value more often are what a company has."""


@pytest.mark.parametrize("name", sorted(CHANGES.keys() - CANNOT))
def test_a_change_of_some_values_is_seen(name: str) -> None:
    before, after, role, codes, _ = CHANGES[name]
    seen = {one.code: one for one in found(before, after, role, share=0.06)}
    expected = {*codes.split(), "D55"} if "D56" in codes or "D67" in codes else set(codes.split())
    assert seen.keys() & expected, f"only {list(seen)}"


SUBSTITUTES = {"empty text": "", "zero": 0, "empty object": {}}


@pytest.mark.parametrize("name", SUBSTITUTES)
@pytest.mark.parametrize("role", [Role.TIME, Role.TEXT])
def test_another_blank_in_place_of_null_is_a_substitution(name: str, role: Role) -> None:
    usual = lambda r: None if r.random() < 0.3 else date(r)  # noqa: E731
    now = lambda r: SUBSTITUTES[name] if r.random() < 0.3 else date(r)  # noqa: E731
    (seen,) = [one for one in found(usual, now, role) if one.code == "D54"]
    assert seen.before.startswith("null in ")
    assert seen.after.startswith(name)
    assert seen.certain is (role is Role.TIME)


def test_a_field_filled_at_times_that_never_is_again() -> None:
    seen = found(lambda r: "ref. 12" if r.random() < 0.3 else None, one_of(None), Role.TEXT)
    assert [one.code for one in seen] == ["D43"]


@pytest.mark.parametrize(("role", "certain"), [(Role.TIME, True), (Role.TEXT, False)])
def test_a_field_nearly_always_filled_that_is_null_everywhere(role: Role, certain: bool) -> None:
    (seen,) = found(lambda r: date(r) if r.random() < 0.97 else None, one_of(None), role)
    assert (seen.code, seen.certain) == ("D52", certain)


def test_many_more_blanks() -> None:
    (seen,) = found(
        lambda r: None if r.random() < 0.1 else amount(r),
        lambda r: None if r.random() < 0.7 else amount(r),
        Role.NUMBER,
    )
    assert (seen.code, seen.certain) == ("D68", True)


NONE = {
    "the same": (amount, amount, Role.NUMBER),
    "year's end": (amount, lambda r: amount(r) * 2, Role.NUMBER),
    "a large customer": (amount, lambda r: round(r.gauss(30_000, 2_000), 2), Role.NUMBER),
    "numbers go on": (lambda r: r.randrange(10**5), lambda r: 10**7 + r.randrange(10**5), Role.NUMBER),
    "dates go on": (date, lambda r: date(r).replace("2025", "2026"), Role.TIME),
    "summer time": (time, lambda r: f"{date(r)}T{r.randrange(5, 16):02}:10:17Z", Role.TIME),
    "longer text": (
        one_of("Levering", "Montasje"),
        one_of("Levering etter avtale 17, se vedlegg"),
        Role.TEXT,
    ),
    "phone numbers": (phone, phone, Role.TEXT),
    "organisation numbers": (organisation, organisation, Role.TEXT),
    "another customer's country": (one_of("NO", "SE"), one_of("NO"), Role.TEXT),
    "periods": (one_of("2025-01", "2025-02"), one_of("2025-02", "2025-03"), Role.ANY),
    "years": (one_of(2025), one_of(2026), Role.ANY),
}


@pytest.mark.parametrize("name", NONE)
def test_what_happens_by_itself_is_never_acted_on(name: str) -> None:
    before, after, role = NONE[name]
    assert [one for one in found(before, after, role) if one.certain and one.code != "D68"] == []


def test_a_new_currency_is_told_at_most() -> None:
    seen = found(one_of("NOK", "EUR"), one_of("SEK"), Role.TEXT, share=0.1)
    assert {(one.code, one.certain, one.values) for one in seen} == {("D55", False, ("SEK",))}


def test_the_first_credit_notes_are_told_at_most() -> None:
    seen = found(amount, lambda r: -amount(r), Role.NUMBER, share=0.15)
    assert {(one.code, one.certain) for one in seen} == {("D64", False)}


def test_evidence_names_the_unit() -> None:
    (seen,) = [one for one in found(*CHANGES["amount in oere"][:3]) if one.code == "D63"]
    assert seen.evidence["unit"] == "x 100"
    assert seen.evidence["decades"] == pytest.approx(2, abs=0.15)


@pytest.mark.parametrize(("windows", "size"), [(2, 250), (3, 60)])
def test_nothing_is_said_too_early(windows: int, size: int) -> None:
    history = history_of(amount, windows=windows, size=size)
    now = summarise([-100.0 * number for number in range(1, 251)])
    assert differences(history, now, role=Role.NUMBER) == []


def test_a_key_is_not_looked_at_for_its_form() -> None:
    assert found(one_of("1001", "1002"), one_of("f81d4fae", "a0b1"), Role.KEY) == []


def test_first_names_are_shown_as_masks() -> None:
    (seen,) = found(one_of("Kari", "Ola"), one_of("Nils"), Role.TEXT, share=0.1)
    assert (seen.code, seen.before, seen.after, seen.values) == ("D55", "one of Aaaa, Aaa", "Aaaa", ("Nils",))


def test_no_value_is_shown_that_is_no_code() -> None:
    names = [f"Kari Nordmann {number}" for number in range(40)]
    shown = str(found(one_of(*names), one_of(None, *[f"&Aring;se {name}" for name in names]), Role.TEXT))
    assert "D69" in shown
    assert "Nordmann" not in shown
