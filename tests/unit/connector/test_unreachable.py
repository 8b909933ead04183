"""An ERP that cannot be reached: what makes any connection impossible is a change at the second try."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from sluice.connector.outcomes import Page
from sluice.errors import ApiChanged, ErpUnavailable
from sluice.model.change import Action
from sluice.model.http import Reply, Request
from sluice.ports.sender import Obstacle, TransportFailed
from sluice.usecases.fetching.reading import CONFIRM_AFTER, read_pages
from tests.unit.connector.scripted import GOOD, NOW, reader, reply, toy


class StandingClock:
    """Shows one moment, and notes for how long it was asked to wait."""

    def __init__(self) -> None:
        self.waits: list[float] = []

    def now(self) -> datetime:
        return NOW

    def monotonic(self) -> float:
        return 0.0

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)


class Answering:
    """Gives these answers in turn; an error is raised."""

    def __init__(self, *answers: Reply | Exception) -> None:
        self._answers = list(answers)

    def send(self, _: Request) -> Reply:
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def failing(obstacle: Obstacle | None) -> TransportFailed:
    return TransportFailed("GET /thing to toy.example: no connection", obstacle)


def read(*answers: Reply | Exception) -> tuple[list[Any], list[float]]:
    clock = StandingClock()
    return list(read_pages(reader(toy()), Answering(*answers), clock)), clock.waits


@pytest.mark.parametrize(
    ("obstacle", "code", "path"),
    [
        (Obstacle.NAME_UNKNOWN, "D04", "host"),
        (Obstacle.CERTIFICATE_INVALID, "D04", "certificate"),
        (Obstacle.TLS_REFUSED, "D08", "tls"),
        (Obstacle.ADDRESS_REFUSED, "D04", "host"),
    ],
)
def test_an_obstacle_that_is_there_twice_is_a_change(obstacle: Obstacle, code: str, path: str) -> None:
    with pytest.raises(ApiChanged, match="also when tried again") as caught:
        read(failing(obstacle), failing(obstacle))
    [change] = caught.value.changes
    assert (change.code, change.path, change.action) == (code, path, Action.HOLD)
    assert change.evidence == {"obstacle": obstacle.value, "tries": 2}


def test_an_obstacle_that_is_gone_at_the_second_try_is_none() -> None:
    outcomes, waits = read(failing(Obstacle.NAME_UNKNOWN), reply(GOOD))
    assert [type(outcome) for outcome in outcomes] == [Page]
    assert waits == [CONFIRM_AFTER]


@pytest.mark.parametrize(
    "second",
    [failing(None), failing(Obstacle.TLS_REFUSED)],
    ids=["something that may pass", "another obstacle"],
)
def test_another_failure_at_the_second_try_may_pass(second: TransportFailed) -> None:
    with pytest.raises(ErpUnavailable):
        read(failing(Obstacle.NAME_UNKNOWN), second)


def test_what_may_pass_is_not_tried_again_at_once() -> None:
    with pytest.raises(ErpUnavailable):
        read(failing(None), reply(GOOD))
