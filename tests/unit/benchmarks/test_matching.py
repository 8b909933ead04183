from __future__ import annotations

from random import Random

import pytest

from benchmarks.matching.companies import customers
from benchmarks.matching.differences import planned, told
from benchmarks.matching.lookalikes import lookalikes
from benchmarks.matching.measuring import Score, measure
from benchmarks.matching.planting import planted
from sluice.lake.matching.numbers import Standing, organisation_number

SEED = 7


def test_the_same_seed_plants_the_same() -> None:
    one, other = (planted(SEED, 60, ("a", "b")) for _ in range(2))
    assert one == other
    assert one != planted(SEED + 1, 60, ("a", "b"))


def test_every_company_has_a_number_of_its_own() -> None:
    companies = customers(SEED, 200)
    companies += lookalikes(list(companies), Random(SEED))  # noqa: S311 - planted, not secret
    numbers = [record["organisation_number"] for record in companies if record["organisation_number"]]
    assert len(set(numbers)) == len(numbers)
    found = [organisation_number(number, "NO") for number in numbers]
    assert all(number and number.standing is Standing.RIGHT for number in found)


def test_without_numbers_there_are_none() -> None:
    records = planted(SEED, 60, ("a", "b"), numbers=False).records
    assert not any(
        one["organisation_number"] or one["vat_number"] for held in records.values() for one in held
    )


@pytest.mark.parametrize(("connections", "least"), [(("a", "b"), 0.85), (("a", "b", "c"), 0.88)])
def test_matching_a_small_plan_is_as_good_as_it_is_said_to_be(
    connections: tuple[str, ...], least: float
) -> None:
    measured = measure(planted(SEED, 200, connections))
    assert measured.whole.precision >= 0.98
    assert measured.whole.recall >= least
    assert measured.numbered.recall >= 0.97


def test_comparing_a_plan_tells_all_of_it_and_nothing_else() -> None:
    scores = told(planned(SEED, 300))
    assert {name for name, score in scores.items() if score.wrong or score.missed} == set()
    assert all(score.right for score in scores.values())


def test_a_score_counts_what_is_right_wrong_and_missed() -> None:
    score = Score(right=3, wrong=1, missed=2)
    score.add(Score(right=0, wrong=0, missed=1))
    assert (score.precision, score.recall) == (0.75, 0.5)
