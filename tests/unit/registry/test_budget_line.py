"""Those who wait elsewhere for a limit that many share come back one after the other."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest

from sluice.connector.limits import Limit, LimitKind
from sluice.registry.budgets.places import LONGEST_LINE, Usage
from sluice.registry.budgets.sending import MustWait
from tests.unit.registry.budget_street import MARGIN, NOW, Street, a_second, item_of


class NoJitter:
    """Says the least of what chance could say."""

    @staticmethod
    def uniform(low: float, high: float) -> float:
        return min(low, high)


def test_those_who_find_no_place_come_back_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sluice.registry.budgets.sending.random", NoJitter())
    limit = Limit(LimitKind.REQUESTS, 60, 60)
    street = Street(limit)
    for _ in range(60):
        street.ask(street.sender())
    apart, longest = 3.0, LONGEST_LINE / 1000
    in_one_line = int(longest / apart)
    returns = []
    for _ in range(in_one_line + 5):
        with pytest.raises(MustWait) as caught:
            street.ask(street.sender())
        returns.append((caught.value.until - street.clock.now()).total_seconds())
    assert 60 < returns[0] < 60 + 2 * apart
    gaps = [later - sooner for sooner, later in pairwise(returns)]
    assert [gap for gap in gaps if gap > 0] == pytest.approx([apart] * (len(gaps) - 1), abs=0.01)
    begins_anew = returns.index(returns[0], 1)
    assert in_one_line - 1 <= begins_anew <= in_one_line, "the line begins anew when it is too long"


def test_the_moments_at_which_they_come_back_are_not_told_to_the_second() -> None:
    street = Street(a_second(1))
    street.ask(street.sender())
    returns = set()
    for _ in range(5):
        impatient = street.sender()
        impatient._patience = 0.1
        with pytest.raises(MustWait) as caught:
            street.ask(impatient)
        returns.add(caught.value.until.timestamp() % 1)
    assert len(returns) == 5


def test_nobody_is_kept_from_a_place_by_those_who_are_to_come_back() -> None:
    street = Street(a_second(1))
    street.ask(street.sender())
    for _ in range(5):
        impatient = street.sender()
        impatient._patience = 0.1
        with pytest.raises(MustWait):
            street.ask(impatient)
    street.clock.advance(1 + MARGIN)
    asked = len(street.vendor.asked)
    assert street.ask(street.sender()) == 200
    assert len(street.vendor.asked) == asked + 1
    assert street.clock.now() - NOW < timedelta(seconds=1.5)


def test_a_lane_that_waits_for_nothing_stands_in_no_line() -> None:
    street = Street(a_second(1))
    sender = street.sender()
    street.ask(sender)
    with pytest.raises(MustWait):
        street.ask(sender.beside())
    assert "line" not in item_of(street)


def test_an_item_of_before_there_was_a_line_is_read() -> None:
    old = {"used": [[5, 1]], "holds": {}, "not_before": 0}
    assert Usage.from_json(old).to_json() == old
