"""A reading goes on after errors and from its positions, and refuses what is none."""

from __future__ import annotations

from typing import Any

import pytest

from sluice.connector.outcomes import Page
from sluice.errors import (
    ConfigurationInvalid,
    SluiceError,
)
from tests.unit.connector.scripted import (
    GOOD,
    reader,
    reply,
    toy,
)


def test_after_any_error_the_same_page_can_be_asked_for_again() -> None:
    reading = reader(toy())
    request = reading.next_request()
    for status in (500, 410, 403):
        with pytest.raises(SluiceError):
            reading.receive(reply({}, status))
        again = reading.next_request()
        assert request is not None
        assert again is not None
        assert again.url == request.url
    assert isinstance(reading.receive(reply(GOOD)), Page)
    assert reading.next_request() is None


@pytest.mark.parametrize(
    "position",
    [
        {},
        {"format": 1},
        {"format": 1, "stream": "thing", "page": {"nonsense": 1}},
    ],
)
def test_a_position_that_is_none_is_refused(position: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationInvalid, match="bad_position"):
        reader(toy(), position=position)


def test_a_position_of_another_stream_or_window_is_refused() -> None:
    good = reader(toy()).position()
    for change in (
        {"stream": "other"},
        {"format": 2},
        {"window": 7},
        {"window": -1},
        {"started_at": "2026-01-01"},
    ):
        with pytest.raises(ConfigurationInvalid, match="bad_position"):
            reader(toy(), position={**good, **change})


def test_a_reply_without_a_request_is_a_programming_error() -> None:
    with pytest.raises(RuntimeError):
        reader(toy()).receive(reply({}))
