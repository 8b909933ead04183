"""Those who wait elsewhere for a limit that many share come back one after the other."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest

from sluice.connector.limits import Limit, LimitKind
from sluice.registry.budgets.places import LONGEST_LINE, Usage
from sluice.registry.budgets.sending import MustWait
from tests.unit.registry.budget_street import MARGIN, NOW, Street, a_second, item_of


def test_those_who_find_no_place_come_back_one_after_the_other() -> None:
    limit = Limit(LimitKind.REQUESTS, 60, 60)
    street = Street(limit)
    for _ in range(60):
        street.ask(street.sender())
    returns = []
    for _ in range(30):
        with pytest.raises(MustWait) as caught:
            street.ask(street.sender())
        returns.append((caught.value.until - street.clock.now()).total_seconds())
    free = 60.0
    assert min(returns) > free
    assert max(returns) < free + LONGEST_LINE / 1000 + 3
    # Three requests apart, give or take the jitter, also where the line begins anew.
    by_time = sorted(returns)
    assert max(later - sooner for sooner, later in pairwise(by_time)) < 3 + 2 + 0.1
    assert len({round(one / 6) for one in returns}) > 15


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
