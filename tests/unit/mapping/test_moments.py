from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sluice.mapping.moments import date_text, day_of, from_dotnet, from_epoch, instant_text
from sluice.mapping.unmappable import Unmappable

OSLO = ZoneInfo("Europe/Oslo")


@pytest.mark.parametrize("value", ["2026-01-31", "2024-02-29", "0001-01-01", "9999-12-31"])
def test_dates_stay_as_they_are(value: str) -> None:
    assert date_text(value) == value


@pytest.mark.parametrize(
    "value",
    [
        *(
            "0000-00-00",
            "2024-02-30",
            "2025-02-29",
            "20260131",
            "2026-W05-6",
            "31.01.2026",
            "2026-1-31",
            "12026-01-31",
        ),
        *("2026-01-31T00:00:00Z", "", "\u0662026-01-31", "2026-01-31\n", 46053, 46053.0, None, True, {}, []),
    ],
    ids=repr,
)
def test_what_is_no_date_is_refused(value: Any) -> None:
    with pytest.raises(Unmappable) as caught:
        date_text(value)
    assert caught.value.code == "not_a_date"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("2026-01-31T12:00:00Z", "2026-01-31T12:00:00Z"),
        ("2026-01-31T12:00:00+01:00", "2026-01-31T11:00:00Z"),
        ("2026-01-31 12:00:00.25-0530", "2026-01-31T17:30:00.250000Z"),
        ("2026-01-31T12:00Z", "2026-01-31T12:00:00Z"),
        ("2026-01-31T12:00:00.1234567Z", "2026-01-31T12:00:00.123456Z"),
    ],
)
def test_moments_become_utc(value: str, text: str) -> None:
    assert instant_text(value) == text


@pytest.mark.parametrize(
    "value",
    [
        *(
            "2026-01-31T12:00:00",
            "2026-01-31",
            "2016-12-31T23:59:60Z",
            "2026-01-31T24:00:00Z",
            "2026-01-31T25:00Z",
        ),
        *(
            "0001-01-01T00:00:00+10:00",
            "9999-12-31T23:59:59-10:00",
            "/Date(0)/",
            "2026-01-31T12:00:00+99:00",
            0,
            None,
        ),
    ],
    ids=repr,
)
def test_what_is_no_moment_is_refused(value: Any) -> None:
    with pytest.raises(Unmappable) as caught:
        instant_text(value)
    assert caught.value.code == "not_a_date"


def test_a_zone_counts_for_texts_that_name_none() -> None:
    assert instant_text("2026-07-01T12:00:00", OSLO) == "2026-07-01T10:00:00Z"
    assert instant_text("2026-01-01T12:00:00", OSLO) == "2026-01-01T11:00:00Z"
    assert instant_text("2026-07-01T12:00:00Z", OSLO) == "2026-07-01T12:00:00Z"
    # 02:30 is passed twice on the night that summer time ends: the first one counts.
    assert instant_text("2026-10-25T02:30:00", OSLO) == "2026-10-25T00:30:00Z"


def test_the_day_of_a_moment() -> None:
    assert day_of("2026-01-31T23:30:00Z", None) == "2026-01-31"
    assert day_of("2026-01-31T23:30:00", None) == "2026-01-31"
    assert day_of("2026-01-31T23:30:00Z", OSLO) == "2026-02-01"
    assert day_of("2026-01-31", OSLO) == "2026-01-31"
    with pytest.raises(Unmappable):
        day_of("9999-12-31T23:59:59Z", OSLO)


def test_counted_and_dotnet_times() -> None:
    assert from_epoch(0, 1000) == "1970-01-01T00:00:00Z"
    assert from_epoch(1767225600.5, 1000) == "2026-01-01T00:00:00.500000Z"
    assert from_epoch("1767225600000", 1) == "2026-01-01T00:00:00Z"
    assert from_dotnet("/Date(1439434356790+0000)/") == "2015-08-13T02:52:36.790000Z"
    assert from_dotnet("/Date(-62135596800000)/") == "0001-01-01T00:00:00Z"
    for value in ("/Date()/", "/Date(99999999999999999)/", "/Date(-62135596800001)/", 17, None):
        with pytest.raises(Unmappable):
            from_dotnet(value)
    with pytest.raises(Unmappable):
        from_epoch(10**30, 1)
