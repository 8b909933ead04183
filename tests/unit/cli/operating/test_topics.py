from __future__ import annotations

import json

from msgspec.structs import replace

from sluice.local.memory_queue import MemoryQueue
from sluice.ports.topic import OutgoingMessage
from tests.unit.cli.conftest import Terminal


def fill(terminal: Terminal) -> None:
    terminal.rig.run()
    for message in terminal.rig.world.information.messages:  # type: ignore[attr-defined]
        terminal.queues["information"].accept(message)


def test_the_events_of_packed_messages_come_one_a_line(terminal: Terminal) -> None:
    fill(terminal)
    said = terminal("topics", "tail", "--wait", "0", "--json")
    events = [json.loads(line) for line in said.out.splitlines()]
    assert said.code == 0
    assert {event["id"] for event in events} == terminal.rig.consumer.ids


def test_looking_leaves_the_messages_and_taking_deletes_them(terminal: Terminal) -> None:
    fill(terminal)
    queue = terminal.queues["information"]
    before = queue.depth()
    terminal("topics", "tail", "--wait", "0")
    assert queue.depth() == before
    terminal.rig.clock.advance(60)
    terminal("topics", "tail", "--wait", "0", "--take")
    assert queue.depth() == 0


def test_a_limit_ends_it_and_takes_nothing_half_shown(terminal: Terminal) -> None:
    fill(terminal)
    before = terminal.queues["information"].depth()
    said = terminal("topics", "tail", "--limit", "1", "--take")
    assert len(said.out.splitlines()) == 1
    assert terminal.queues["information"].depth() == before


def test_a_notice_is_one_line_with_its_title(terminal: Terminal) -> None:
    notice = {"time": "2026-11-21T08:00:00Z", "type": "run.failed", "data": {"title": "acme: the run failed"}}
    terminal.queues["notification"].accept(OutgoingMessage(json.dumps(notice), {}))
    said = terminal("topics", "tail", "notification", "--wait", "0")
    assert said.out == "2026-11-21T08:00:00Z run.failed acme: the run failed\n"


def test_that_nothing_came_is_said(terminal: Terminal) -> None:
    said = terminal("topics", "tail", "--wait", "0")
    assert (said.code, said.out, said.err) == (0, "", "nothing came to information within 0 s\n")


def with_dead_letters(terminal: Terminal, count: int) -> None:
    queues = {name: MemoryQueue(terminal.rig.clock) for name in ("information", "information-dead-letters")}
    for number in range(count):
        event = {"type": "customer.upserted", "connection": "acme", "data": {"name": f"canary {number}"}}
        queues["information-dead-letters"].send(json.dumps([event]), {})
    terminal.rig.world = replace(terminal.rig.world, queues=queues)


def test_dead_letters_are_shown_and_chosen_by_their_ids(terminal: Terminal) -> None:
    with_dead_letters(terminal, 5)
    said = terminal("topics", "dead-letters", "information", "--json")
    letters = said.json
    assert [letter["type"] for letter in letters] == ["customer.upserted"] * 5
    assert "canary" not in said.out
    terminal.rig.clock.advance(6)
    assert terminal("topics", "dead-letters", "information").out.count("customer.upserted") == 5
    terminal.rig.clock.advance(6)
    chosen = [letters[1]["id"], letters[3]["id"], "nobody"]
    said = terminal("topics", "redrive", "information", *(word for one in chosen for word in ("--id", one)))
    assert said.err.splitlines() == [
        "2 messages are back on information, about 3 dead letters are left",
        "1 of those named were not found: they are gone, or somebody is looking at them",
    ]


def test_all_go_back_at_a_rate(terminal: Terminal) -> None:
    with_dead_letters(terminal, 20)
    began = terminal.rig.clock.monotonic()
    said = terminal("topics", "redrive", "information", "--rate", "2")
    assert said.err == "20 messages are back on information, about 0 dead letters are left\n"
    assert terminal.rig.clock.monotonic() - began >= 10
    assert terminal("topics", "dead-letters", "information").err == "information has no dead letters\n"
