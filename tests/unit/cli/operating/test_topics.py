from __future__ import annotations

import json

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
