"""A record that is deleted while its list is read: at most its own delete is published, never another's."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from msgspec.structs import force_setattr

from sluice.model.http import Reply, Request
from tests.flows.rig import Rig

Change = Callable[[int], None]


class _Between:
    """Sends to the toy ERP, and changes it before a request for departments; counts those of this run."""

    def __init__(self, rig: Rig, change: Change) -> None:
        self.rig, self.change = rig, change
        self.starts: list[int] = []

    def send(self, request: Request) -> Reply:
        split = urlsplit(request.url)
        if split.path == "/department":
            self.change(len(self.starts))
            self.starts.append(int(parse_qs(split.query)["from"][0]))
        return self.rig.erp.send(request)


@pytest.fixture
def rig() -> Rig:
    rig = Rig()
    for key in range(1, 26):
        rig.erp.put("department", key, f"Avdeling {key}")
    rig.clock.advance(3600)
    rig.run()
    return rig


def _run(rig: Rig, change: Change = lambda _: None) -> list[int]:
    between = _Between(rig, change)
    force_setattr(rig.world, "sender", between)
    assert rig.run()["outcome"] == "succeeded"
    return between.starts


def _deleted(rig: Rig) -> list[str]:
    return [event["subject"] for event in rig.consumer.events if event["type"].endswith(".deleted")]


@pytest.mark.parametrize("before", [1, 2])
@pytest.mark.parametrize("key", [3, 10, 11, 12, 20, 25])
def test_a_delete_in_mid_read_is_published_once_and_no_other(rig: Rig, key: int, before: int) -> None:
    def change(number: int) -> None:
        if number == before:
            rig.erp.remove("department", key)

    _run(rig, change)
    assert _deleted(rig) in ([], [str(key)])
    _run(rig)
    assert _deleted(rig) == [str(key)]
    assert set(rig.consumer.names("department")) == set(range(1, 26)) - {key}


def test_a_list_that_never_rests_gives_no_deletes_until_it_does(rig: Rig) -> None:
    removed: list[int] = []

    def change(number: int) -> None:
        if number % 2:
            removed.append(number)
            rig.erp.remove("department", number)

    starts = _run(rig, change)
    assert starts[:8] == [0, 9] * 4
    assert _deleted(rig) == []
    _run(rig)
    assert sorted(map(int, _deleted(rig))) == removed
    assert set(rig.consumer.names("department")) == set(range(1, 26)) - set(removed)


def test_a_record_passed_over_in_an_unresting_list_is_not_taken_for_deleted(rig: Rig) -> None:
    """The page behind the fourth shift is read without overlap: a record at its edge is passed over."""

    def change(number: int) -> None:
        if number in {1, 3, 5, 7, 8}:
            rig.erp.remove("department", number)

    _run(rig, change)
    assert _deleted(rig) == []
    assert set(rig.consumer.names("department")) == set(range(1, 26))
