"""Decimal places lost or gained, words for null, values in quotes, more blanks: told, never held."""

from __future__ import annotations

from random import Random

import pytest

from sluice.contract.statistics import Difference, History, Role, Summary, differences, summarise
from tests.unit.contract.statistics.test_differences import (
    Make,
    amount,
    date,
    found,
    history_of,
    one_of,
    written,
)


def codes(seen: list[Difference]) -> dict[str, bool]:
    return {one.code: one.certain for one in seen}


def noisy(random: Random) -> float:
    return amount(random) * (1 + 2**-50)


def rarely_half(random: Random) -> float:
    return random.choice([12.5, 7.5]) if random.random() < 0.15 else float(random.randrange(1, 30))


PRECISION: dict[str, tuple[Make, Make]] = {
    "one decimal": (amount, lambda r: round(amount(r), 1)),
    "one decimal, in texts": (written, lambda r: f"{amount(r):.1f}"),
    "noise": (amount, noisy),
    "noise, in texts": (written, lambda r: repr(noisy(r))),
    "few had decimals": (rarely_half, lambda r: float(round(rarely_half(r)))),
}


@pytest.mark.parametrize("name", PRECISION)
def test_another_precision_is_told(name: str) -> None:
    before, after = PRECISION[name]
    assert codes(found(before, after, Role.NUMBER)) == {"D66": True}


CALM: dict[str, tuple[Make, Make]] = {
    "always noisy": (noisy, noisy),
    "always one decimal": (lambda r: round(amount(r), 1), lambda r: round(amount(r), 1)),
    "prices as texts raised by 4 %": (written, lambda r: f"{round(float(written(r)) * 1.04, 4)}"),
    "the same": (amount, amount),
}


@pytest.mark.parametrize("name", CALM)
def test_a_usual_precision_is_not_told(name: str) -> None:
    before, after = CALM[name]
    assert "D66" not in codes(found(before, after, Role.NUMBER))


def maybe(make: Make, share: float, blank: object = None) -> Make:
    return lambda random: blank if random.random() < share else make(random)


def comment(random: Random) -> str:
    return f"Levering nr. {random.randrange(10**5)}"


@pytest.mark.parametrize("word", ["null", "None", "N/A", "-"])
def test_a_word_in_place_of_null(word: str) -> None:
    seen = found(maybe(comment, 0.4), maybe(comment, 0.4, word), Role.TEXT)
    assert codes(seen) == {"D54": True}


def test_few_words_count_where_no_null_is_left() -> None:
    few = history_of(maybe(comment, 0.05), windows=4, size=100)
    random = Random(3)  # noqa: S311
    now = summarise([comment(random) for _ in range(95)] + ["null"] * 5)
    assert codes(differences(few, now, role=Role.TEXT)) == {"D54": False}


def test_a_dash_that_takes_no_null_s_place_is_no_substitution() -> None:
    assert not found(comment, maybe(comment, 0.4, "-"), Role.TEXT)
    assert not found(maybe(comment, 0.4, "-"), maybe(comment, 0.4, "-"), Role.TEXT)


def test_values_in_quotes() -> None:
    assert codes(found(comment, lambda r: f'"{comment(r)}"', Role.TEXT)) == {"D69": True}
    assert not found(comment, lambda r: f'{comment(r)} "haster"', Role.TEXT)


@pytest.mark.parametrize(("factor", "code"), [(1, "D66"), (100, "D63"), (1000, "D63")])
def test_decimals_in_texts_without_a_point_are_told(factor: int, code: str) -> None:
    seen = found(written, lambda r: str(round(float(written(r)) * factor)), Role.NUMBER)
    assert codes(seen) == {code: factor > 1}


def test_digits_among_decimals_are_usual() -> None:
    def mixed(random: Random) -> str:
        return written(random) if random.random() < 0.3 else str(round(amount(random)))

    assert not found(mixed, lambda r: str(round(amount(r))), Role.NUMBER)


def test_blanks_in_a_time_of_change_need_more() -> None:
    """A read of new records alone shows hardly any that were changed since."""
    assert not found(maybe(date, 0.2), maybe(date, 0.7), Role.TIME)
    assert codes(found(maybe(date, 0.2), maybe(date, 0.97), Role.TIME)) == {"D68": True}
    assert codes(found(maybe(comment, 0.4), maybe(comment, 0.65), Role.TEXT)) == {"D68": True}


def test_one_value_only_where_one_was_frequent() -> None:
    usual = one_of("PAID", "PAID", "PAID", "SENT")
    assert codes(found(usual, one_of("PAID"), Role.ANY)) == {"D68": True}


def test_an_older_history_is_read_and_says_nothing_of_precision() -> None:
    """Lists written before decimals were probed lack three counts."""
    before = history_of(amount).to_json()
    numbers = before["pooled"]["numbers"]
    before["pooled"]["numbers"] = [*numbers[:7], *numbers[10:]]
    known = History.from_json(before)
    assert known.pooled.numbers.probed == 0
    random = Random(7)  # noqa: S311
    assert not differences(known, summarise([amount(random) for _ in range(250)]), role=Role.NUMBER)


def test_probes_survive_json_and_merging() -> None:
    window = summarise([amount(Random(place)) for place in range(100)])  # noqa: S311
    assert Summary.from_json(window.to_json()) == window
    assert window.merged(window).numbers.probed == 2 * window.numbers.probed > 0
