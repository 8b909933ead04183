"""Dead letters: what is shown of them, which go back, how fast, and that going back twice does no harm."""

from __future__ import annotations

import json

import pytest
from msgspec.structs import replace

from sluice.errors import ConfigurationInvalid
from sluice.local.memory_queue import MemoryQueue
from sluice.ports.queue import ReceivedMessage
from sluice.ports.topic import OutgoingMessage
from sluice.usecases.operating import topics
from sluice.usecases.operating.dead_letters import DeadLetter, list_dead_letters
from sluice.usecases.operating.redaction import MASK
from sluice.usecases.operating.topics import Moved, Redriving, redrive
from tests.flows.rig import Rig

DEAD = "information-dead-letters"


@pytest.fixture
def rig() -> Rig:
    rig = Rig()
    queues = {name: MemoryQueue(rig.clock) for name in ("information", DEAD)}
    rig.world = replace(rig.world, queues=queues)
    return rig


@pytest.fixture
def given_up(rig: Rig) -> list[OutgoingMessage]:
    """Events of two runs, all of which the consumer gave up on."""
    for key in range(60):
        rig.erp.put("customer", key, f"Customer {key}")
        rig.erp.put("department", key, f"Department {key}")
    rig.run()
    for key in range(20):
        rig.erp.put("customer", key, f"Renamed {key}")
    rig.erp.remove("customer", 30)
    rig.run()
    found: list[OutgoingMessage] = list(rig.world.information.messages)  # type: ignore[attr-defined]
    fill(rig, found)
    return found


def fill(rig: Rig, messages: list[OutgoingMessage]) -> None:
    for message in messages:
        rig.world.queues[DEAD].send(message.body, message.attributes)


def taken(rig: Rig) -> int:
    """Let the consumer take all that is on the queue; return how many messages that were."""
    found = rig.world.queues["information"].receive(100)
    for message in found:
        rig.consumer.take(OutgoingMessage(message.body, message.attributes))
        rig.world.queues["information"].delete(message)
    return len(found)


def shown(rig: Rig, body: str, attributes: dict[str, str] | None = None) -> DeadLetter:
    rig.world.queues[DEAD].send(body, attributes or {})
    (found,) = list_dead_letters(rig.world, "information")
    return found


def test_what_is_redriven_arrives_and_redriven_twice_changes_nothing(
    rig: Rig, given_up: list[OutgoingMessage]
) -> None:
    truth = dict(rig.consumer.state)
    rig.consumer.ids.clear(), rig.consumer.state.clear(), rig.consumer.events.clear()
    assert redrive(rig.world, "information").left == 0
    assert taken(rig) == len(given_up) > 2
    assert rig.consumer.state == truth
    events = len(rig.consumer.events)
    fill(rig, given_up[::-1])
    redrive(rig.world, "information")
    assert taken(rig) == len(given_up)
    assert (rig.consumer.state, len(rig.consumer.events)) == (truth, events)


def test_a_redrive_goes_on_in_steps_and_after_a_death(
    rig: Rig, given_up: list[OutgoingMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    truth = dict(rig.consumer.state)
    rig.consumer.ids.clear(), rig.consumer.state.clear()
    dead = rig.world.queues[DEAD]
    redrive(rig.world, "information", Redriving(1))

    def dies(message: ReceivedMessage) -> None:
        raise OSError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(dead, "delete", dies)
        with pytest.raises(OSError, match="killed"):
            redrive(rig.world, "information", Redriving(1))
    rig.clock.advance(61)
    while redrive(rig.world, "information", Redriving(1)).left:
        pass
    assert taken(rig) == len(given_up) + 1, "the one at which it died comes twice"
    assert rig.consumer.state == truth


def test_some_are_redriven_and_the_others_stay_where_they_can_be_seen(rig: Rig) -> None:
    fill(rig, [OutgoingMessage(f"message {number}", {}) for number in range(25)])
    wanted = {one.id for one in rig.world.queues[DEAD].receive(25, hidden_seconds=0)[3:25:7]}
    moved = redrive(rig.world, "information", Redriving(ids=wanted))
    assert (moved.moved, moved.left) == (len(wanted), 25 - len(wanted))
    bodies = {one.body for one in rig.world.queues["information"].receive(50)}
    assert bodies == {"message 3", "message 10", "message 17", "message 24"}
    assert len(list_dead_letters(rig.world, "information", 50)) == 21
    rig.clock.advance(6)
    assert redrive(rig.world, "information", Redriving(ids=wanted)).moved == 0


def test_no_more_are_searched_than_there_may_be(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(topics, "MOST_SEARCHED", 20)
    fill(rig, [OutgoingMessage(f"message {number}", {}) for number in range(50)])
    assert redrive(rig.world, "information", Redriving(ids=["message-51"])).moved == 0
    assert len(rig.world.queues[DEAD].receive(100)) == 50, "what was passed over is there at once"


@pytest.mark.parametrize(("rate", "seconds"), [(1.0, 25), (10.0, 2.5), (0.01, 25)])
def test_no_more_are_sent_in_a_second_than_asked_for(rig: Rig, rate: float, seconds: float) -> None:
    fill(rig, [OutgoingMessage(f"message {number}", {}) for number in range(25)])
    began = rig.clock.monotonic()
    assert redrive(rig.world, "information", Redriving(rate=rate)).moved == 25
    assert rig.clock.monotonic() - began == pytest.approx(seconds)


def test_those_that_somebody_has_just_looked_at_are_found_all_the_same(rig: Rig) -> None:
    fill(rig, [OutgoingMessage(f"message {number}", {}) for number in range(30)])
    looked = list_dead_letters(rig.world, "information", 10)
    wanted = [looked[2].id, looked[7].id]
    assert redrive(rig.world, "information", Redriving(ids=wanted)) == Moved(2, 28)


@pytest.mark.parametrize("some", [True, False])
def test_a_step_ends_in_time_and_what_it_leaves_is_seen_at_once(rig: Rig, *, some: bool) -> None:
    fill(rig, [OutgoingMessage(f"message {number}", {}) for number in range(25)])
    every = [one.id for one in rig.world.queues[DEAD].receive(25, hidden_seconds=0)]
    began = rig.clock.monotonic()
    step = Redriving(ids=every[::-1] if some else (), rate=2, seconds=5)
    assert redrive(rig.world, "information", step) == Moved(10, 15)
    assert rig.clock.monotonic() - began < 5
    assert len(list_dead_letters(rig.world, "information", 50)) == 15
    rig.clock.advance(6)
    assert redrive(rig.world, "information", step).moved == 10
    assert redrive(rig.world, "information", step) == Moved(5, 0)


def test_a_step_whose_time_is_used_up_by_looking_moves_nothing_more(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(rig, [OutgoingMessage(f"message {number}", {}) for number in range(200)])
    dead = rig.world.queues[DEAD]
    receive, hide, hidden = dead.receive, dead.hide, []

    def slow(*given: int) -> list[ReceivedMessage]:
        rig.clock.advance(1)
        return receive(*given)

    def counted(message: ReceivedMessage, seconds: int) -> None:
        rig.clock.advance(0.5)
        hidden.append(message.id)
        hide(message, seconds)

    monkeypatch.setattr(dead, "receive", slow)
    monkeypatch.setattr(dead, "hide", counted)
    began = rig.clock.monotonic()
    assert redrive(rig.world, "information", Redriving(ids=["message-199"], seconds=5)) == Moved(0, 200)
    assert rig.clock.monotonic() - began <= 5 + 4 + 0.5
    assert 0 < len(hidden) < 50
    rig.clock.advance(60)
    assert len(receive(200)) == 200


def test_an_event_is_shown_without_what_is_personal(rig: Rig, given_up: list[OutgoingMessage]) -> None:
    letters = list_dead_letters(rig.world, "information", 50)
    assert len(letters) == len(given_up)
    customers = [one for one in letters if one.type == "customer.upserted"]
    assert {one.connection for one in customers} == {"acme"}
    assert sum(one.events for one in letters) == sum(len(json.loads(one.body)) for one in given_up)
    first = customers[0].content[0]
    assert (first["type"], first["data"]["name"]) == ("customer.upserted", MASK)
    assert first["subject"] == first["data"]["source_id"]
    assert "Customer" not in json.dumps([one.content for one in customers])


def test_of_what_is_no_event_only_known_words_are_shown(rig: Rig) -> None:
    body = {"connection": "acme", "stream": "customer", "task_token": "canary", "note": {"text": ["canary"]}}
    found = shown(rig, json.dumps(body))
    assert found.content == {**body, "task_token": MASK, "note": {"text": [MASK]}}


@pytest.mark.parametrize("body", ["no JSON: canary", '"canary"', "[" * 100_000, "[]", '[{"data": "canary"}]'])
def test_whatever_the_body_is_nothing_of_it_gets_out(rig: Rig, body: str) -> None:
    found = shown(rig, body, {"type": "customer.upserted", "connection": "acme"})
    assert (found.type, found.connection) == ("customer.upserted", "acme")
    assert "canary" not in json.dumps(found.content)
    assert found.bytes == len(body)


def test_only_a_queue_that_has_dead_letters_is_shown(rig: Rig) -> None:
    with pytest.raises(ConfigurationInvalid, match="no queue 'nobody-dead-letters'"):
        list_dead_letters(rig.world, "nobody")
