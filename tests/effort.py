"""How much the tests try: a part of all that there is to try, or everything (`make test-thorough`).

Where a test kills a worker at each call, or lets Hypothesis look for examples, `make test` tries some places,
spread over all of them, and some examples. Such a test bears the mark `thorough`. Where it is tried with many
parameters, `thorough(most=5)` leaves five of these to `make test`, and `thorough(most=0)` none.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

import pytest

T = TypeVar("T")

THOROUGH = os.environ.get("SLUICE_TESTS") == "thorough"
thorough = pytest.mark.thorough


def some(places: Sequence[T], most: int = 6) -> Sequence[T]:
    """Return all places, or ``most`` of them: the first, the last and as many evenly between."""
    if THOROUGH or len(places) <= most:
        return places
    if most < 2:
        return places[:most]
    return [places[round(number * (len(places) - 1) / (most - 1))] for number in range(most)]


def examples(most: int) -> int:
    """Return how many examples Hypothesis makes where there may be so many: all, or a fifth."""
    return most if THOROUGH else max(5, most // 5)
