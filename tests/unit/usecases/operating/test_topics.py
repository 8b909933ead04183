from __future__ import annotations

import pytest
from msgspec.structs import replace

from sluice.errors import ConfigurationInvalid
from sluice.local.memory_queue import MemoryQueue
from sluice.local.memory_traffic import MemoryTraffic
from sluice.ports.queue import ReceivedMessage
from sluice.ports.topic import OutgoingMessage
from sluice.ports.traffic import QueueTraffic
from sluice.usecases.operating.topics import Redriving, list_topics, peek, redrive
from sluice.usecases.world import World
from tests.flows.rig import Rig

QUEUES = ("information", "information-dead-letters", "triggers-dead-letters")


@pytest.fixture
def rig() -> Rig:
    rig = Rig()
    queues = {name: MemoryQueue(rig.clock) for name in QUEUES}
    traffic = MemoryTraffic(
        {"information": QueueTraffic(90, 1200), "information-dead-letters": QueueTraffic(86_400)}
    )
    rig.world = replace(rig.world, queues=queues, traffic=traffic)
    return rig


def fill(world: World, name: str, count: int) -> None:
    queue = world.queues[name]
    assert isinstance(queue, MemoryQueue)
    for number in range(count):
        queue.accept(OutgoingMessage(f"message {number}", {"type": "customer.upserted"}))


def bodies(messages: list[ReceivedMessage]) -> set[str]:
    return {message.body for message in messages}


def test_every_queue_is_listed_with_what_is_known_of_it(rig: Rig) -> None:
    fill(rig.world, "information", 3)
    fill(rig.world, "information-dead-letters", 2)
    information, triggers = list_topics(rig.world)
    assert (information.name, information.depth, information.dead_letters) == ("information", 3, 2)
    assert (information.oldest_seconds, information.sent_last_hour) == (90, 1200)
    assert information.dead_letters_oldest_seconds == 86_400
    assert (triggers.name, triggers.depth, triggers.dead_letters) == ("triggers", None, 0)
    assert triggers.oldest_seconds is None


def test_looking_deletes_nothing_and_hides_for_seconds_only(rig: Rig) -> None:
    fill(rig.world, "information", 3)
    assert bodies(peek(rig.world, "information")) == {"message 0", "message 1", "message 2"}
    assert rig.world.queues["information"].depth() == 3
    rig.clock.advance(6)
    assert len(peek(rig.world, "information", 2)) == 2


def test_dead_letters_go_back_in_their_group(rig: Rig) -> None:
    rig.world.queues["information-dead-letters"].send("one", {}, group="acme")
    redrive(rig.world, "information")
    assert [found.group for found in rig.world.queues["information"].receive()] == ["acme"]


def test_dead_letters_go_back_with_their_attributes(rig: Rig) -> None:
    fill(rig.world, "information-dead-letters", 25)
    moved = redrive(rig.world, "information")
    assert (moved.moved, moved.left) == (25, 0)
    found = rig.world.queues["information"].receive(50)
    assert bodies(found) == {f"message {number}" for number in range(25)}
    assert {message.attributes["type"] for message in found} == {"customer.upserted"}
    assert redrive(rig.world, "information").moved == 0


def test_a_step_is_bounded_and_says_what_is_left(rig: Rig) -> None:
    fill(rig.world, "information-dead-letters", 25)
    moved = redrive(rig.world, "information", Redriving(12))
    assert (moved.moved, moved.left) == (12, 13)


def test_who_dies_between_sending_and_deleting_loses_nothing(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(rig.world, "information-dead-letters", 3)
    dead = rig.world.queues["information-dead-letters"]

    def dies(message: ReceivedMessage) -> None:
        raise OSError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(dead, "delete", dies)
        with pytest.raises(OSError, match="killed"):
            redrive(rig.world, "information")
    rig.clock.advance(61)
    redrive(rig.world, "information")
    found = rig.world.queues["information"].receive(50)
    assert bodies(found) == {"message 0", "message 1", "message 2"}
    assert len(found) == 4, "one came twice"
    states = [entry.state for entry in rig.world.audit.all() if entry.action == "topics.redrive"]
    assert sorted(states) == ["done", "failed"]


def test_what_was_looked_at_a_moment_ago_is_moved_all_the_same(rig: Rig) -> None:
    fill(rig.world, "information-dead-letters", 3)
    assert len(peek(rig.world, "information-dead-letters")) == 3
    assert (redrive(rig.world, "information").moved, rig.world.queues["information"].depth()) == (3, 3)


@pytest.mark.parametrize("name", ["triggers", "nobody", "information-dead-letters"])
def test_only_a_queue_with_dead_letters_is_redriven(rig: Rig, name: str) -> None:
    fill(rig.world, "triggers-dead-letters", 1)
    with pytest.raises(ConfigurationInvalid, match=r"dead letters.*; right would be one of: information$"):
        redrive(rig.world, name)
    assert rig.world.queues["triggers-dead-letters"].depth() == 1
