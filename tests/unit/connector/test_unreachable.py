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
from sluice.usecases.fetching.reading import CONFIRM_AFTER, LONGEST_WAIT, Failed, read_pages
from tests.unit.connector.scripted import GOOD, NOW, reader, reply, toy

NO_CONNECTION = "GET /thing to toy.example: no connection"


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
    return TransportFailed(NO_CONNECTION, obstacle)


def read(*answers: Reply | Exception, tries: int = 1) -> tuple[list[Any], list[float]]:
    clock = StandingClock()
    return list(read_pages(reader(toy()), Answering(*answers), clock, tries)), clock.waits


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


def test_what_is_tried_again_is_told_before_it_is_waited_for() -> None:
    outcomes, waits = read(failing(None), failing(None), reply(GOOD), tries=3)
    assert outcomes[:2] == [Failed(NO_CONNECTION, 1, 3), Failed(NO_CONNECTION, 2, 3)]
    assert [type(outcome) for outcome in outcomes[2:]] == [Page]
    assert len(waits) == 2
    assert max(waits) <= LONGEST_WAIT


def test_the_last_try_is_an_error_alone() -> None:
    came: list[Any] = []
    with pytest.raises(ErpUnavailable):
        came.extend(read_pages(reader(toy()), Answering(failing(None), failing(None)), StandingClock(), 2))
    assert came == [Failed(NO_CONNECTION, 1, 2)]
