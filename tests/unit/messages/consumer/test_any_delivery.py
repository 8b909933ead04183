"""Whatever order messages come in, however often, and wherever workers die: the same state in the end."""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Callable, Iterable
from itertools import accumulate
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sluice.consumer.event import Event
from sluice.consumer.order import Standing
from sluice.consumer.sqlite_store import SqliteStore
from sluice.consumer.sqlite_turns import SqliteTurns
from sluice.consumer.sqs import Handler, consuming
from sluice.consumer.taking import Take
from sluice.consumer.turns import in_turn
from tests.effort import examples, thorough
from tests.unit.messages.consumer.making import Context, batch, body_of, failed, gone, named, record

EVENTS = [
    *(named(number, version) for number in range(4) for version in range(1, 4)),
    gone(1, 4),
    gone(2, 4),
    named(2, 5),
    gone(3, 4),
    named(3, 5),
    gone(3, 6),
]
NEWEST = {
    "acme/customer/0": (3, False, "name 3"),
    "acme/customer/1": (4, True, None),
    "acme/customer/2": (5, False, "name 5"),
    "acme/customer/3": (6, True, None),
}
BATCH = 3

State = dict[str, tuple[int, bool, str | None]]


class Killed(BaseException):
    """The worker died here."""


FATES = ("killed before", "killed after", "answer lost", "refused for now")


class Fated:
    """Takes events, and what befalls each next one: a death before or after, a lost answer, nothing."""

    def __init__(self, take: Take, fates: Iterable[str]) -> None:
        self._take = take
        self._fates = iter(fates)

    def __call__(self, event: Event) -> object:
        fate = next(self._fates, "")
        if fate == "killed before":
            raise Killed
        if fate == "refused for now":
            raise ConnectionError
        found = self._take(event)
        if fate == "killed after":
            raise Killed
        if fate == "answer lost":
            raise TimeoutError
        return found


def delivered(handler: Handler, messages: Iterable[dict[str, Any]], between: Callable[[], None]) -> None:
    """Deliver messages as SQS does until none is left: what was not taken comes again, behind the others."""
    waiting = deque(messages)
    for _ in range(1_000):
        if not waiting:
            return
        taken = [waiting.popleft() for _ in range(min(BATCH, len(waiting)))]
        try:
            back = set(failed(handler(batch(*taken), Context())))
        except Killed:
            back = {message["messageId"] for message in taken}
        waiting.extend(message for message in taken if message["messageId"] in back)
        between()
    raise AssertionError("messages are left for ever")


def state_of(database: sqlite3.Connection) -> State:
    query = "SELECT id, version, deleted, json_extract(data, '$.name') FROM record"
    return {name: (version, bool(deleted), told) for name, version, deleted, told in database.execute(query)}


@st.composite
def deliveries(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Return messages that hold every event, some several times, in any order and of any size."""
    again = draw(st.lists(st.sampled_from(EVENTS), max_size=10))
    events = draw(st.permutations([*EVENTS, *again]))
    cuts = draw(st.lists(st.integers(1, 6), min_size=len(events), max_size=len(events)))
    ends = [end for end in accumulate(cuts) if end < len(events)]
    groups = [events[start:end] for start, end in zip([0, *ends], [*ends, len(events)], strict=True)]
    messages = [record(body_of(*group)) for group in groups]
    twice = draw(st.lists(st.sampled_from(messages), max_size=4))
    return [*messages, *({**one, "messageId": f"{one['messageId']}-{n}"} for n, one in enumerate(twice))]


FATE = st.lists(st.sampled_from(["", "", *FATES]), max_size=40)


@thorough
@given(deliveries(), FATE)
@settings(max_examples=examples(150), deadline=None)
def test_a_store_ends_as_the_newest_versions_say(messages: list[dict[str, Any]], fates: list[str]) -> None:
    database = sqlite3.connect(":memory:")
    handler = consuming(Fated(SqliteStore(database).put, fates))
    delivered(handler, messages, lambda: None)
    assert state_of(database) == NEWEST
    database.close()


@thorough
@given(deliveries(), FATE)
@settings(max_examples=examples(100), deadline=None)
def test_what_cannot_compare_versions_ends_the_same_when_it_is_written_in_turn(
    messages: list[dict[str, Any]], fates: list[str]
) -> None:
    database = sqlite3.connect(":memory:")
    clock = [1_000.0]
    written: State = {}
    went_back = []

    def write(event: Event) -> None:
        if event.version < written.get(event.key, (0,))[0]:
            went_back.append(event.place)
        written[event.key] = (event.version, event.deleted, event.data.get("name"))

    def wait() -> None:
        clock[0] += 61  # as long as a message stays hidden

    take = in_turn(SqliteTurns(database, lambda: clock[0]), Fated(write, fates), seconds=60)
    delivered(consuming(take), messages, wait)
    assert written == NEWEST
    assert not went_back
    database.close()


@thorough(most=12)
@pytest.mark.parametrize("place", range(len(EVENTS)))
@pytest.mark.parametrize("fate", FATES)
def test_wherever_a_worker_dies_the_rest_is_taken_by_the_next(fate: str, place: int) -> None:
    database = sqlite3.connect(":memory:")
    store = SqliteStore(database)
    messages = [record(body_of(*EVENTS[start : start + 4])) for start in range(0, len(EVENTS), 4)]
    handler = consuming(Fated(store.put, [*[""] * place, fate]))
    delivered(handler, reversed(messages), lambda: None)
    assert state_of(database) == NEWEST
    database.close()


def test_a_replay_of_everything_of_a_month_ago_changes_nothing() -> None:
    database = sqlite3.connect(":memory:")
    store = SqliteStore(database)
    messages = [record(body_of(event)) for event in EVENTS]
    delivered(consuming(store.put), messages, lambda: None)
    found: list[object] = []

    def watched(event: Event) -> None:
        found.append(store.put(event))

    # Versions do not expire: what time it is is asked nowhere.
    delivered(consuming(watched), reversed(messages), lambda: None)
    assert state_of(database) == NEWEST
    assert (found.count(Standing.REPEAT), found.count(Standing.OLDER)) == (4, len(EVENTS) - 4)
    database.close()
