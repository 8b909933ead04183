"""A slice of what `make fuzz` tries: whatever is spoilt, what comes of it has a name."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from random import Random

import pytest

from sluice.model.http import Reply, Request
from sluice.ports.sender import TransportFailed
from sluice.transport.body import Caps
from sluice.transport.erp_sender import ErpSender, Limits
from tests.effort import THOROUGH, thorough
from tests.fuzz import manifests, replies
from tests.fuzz.mutating import TOKENS, Spoiler
from tests.fuzz.trying import Tally, Target, try_all
from tests.unit.transport.socket_server import http, serving

SEED = datetime.now(UTC).date().isoformat() if THOROUGH else "always"
"""Another slice every day where there is time for many, the same ones where there is not."""

WIRE = (
    http(b'{"items": []}', "Content-Type: application/json", "Link: <a>; rel=next"),
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n[1,2,\r\n2\r\n3]\r\n0\r\n\r\n",
    b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 5\r\nConnection: close\r\n\r\n",
)


@pytest.fixture(scope="module")
def stages() -> list[replies.Stage]:
    if THOROUGH:
        return replies.stages()
    return [replies.stage(name, stream) for name, stream in replies.STREAMS[:1] + replies.STREAMS[6:7]]


def held(targets: list[Target], count: int) -> Tally:
    tally = Tally()
    try_all(targets, count, SEED, tally)
    assert tally.faults == {}
    assert sum(tally.outcomes.values()) == count
    return tally


@thorough
def test_every_spoilt_reply_has_an_outcome_with_a_name(stages: list[replies.Stage]) -> None:
    found = held([*stages], 20_000 if THOROUGH else 240).outcomes
    assert {"read", "ErpUnavailable", "ApiChanged", "read, some set aside"} <= set(found)


@thorough
def test_every_spoilt_manifest_is_refused_or_plans_a_request() -> None:
    folders = manifests.folders() if THOROUGH else manifests.folders()[-2:]
    found = held([*folders], 4_000 if THOROUGH else 30).outcomes
    assert {"registered", "refused"} <= set(found)


def test_what_is_found_can_be_tried_again(stages: list[replies.Stage]) -> None:
    tried = [[stages[0].tried(number, "again") for number in range(15)] for _ in range(2)]
    assert tried[0] == tried[1]
    assert len(set(tried[0])) > 1


def test_a_fault_is_told_with_its_place_and_how_to_try_it_again() -> None:
    class Broken:
        name, stream = "toy", "thing"

        def tried(self, number: int, seed: str) -> str:
            return "fine" if number < 3 else str({}[f"{seed}"])

    tally = Tally()
    try_all([Broken()], 5, "s", tally)
    assert (tally.tried, tally.outcomes["fine"], tally.outcomes["FAULT"]) == (5, 3, 2)
    [(where, what)] = tally.faults.items()
    assert where.startswith("KeyError at ")
    assert "toy thing, number 3, seed 's'" in what


@pytest.fixture
def sender() -> Iterator[ErpSender]:
    limits = Limits(1.0, 1.0, silent_seconds=0.1, caps=Caps(wire=100_000, decoded=100_000))
    with closing(ErpSender(limits, allow_loopback_http=True)) as found:
        yield found


@thorough
def test_whatever_comes_over_the_wire_is_a_reply_or_none(sender: ErpSender) -> None:
    came = {"replies": 0, "none": 0}
    dice = Random(SEED)  # noqa: S311

    def script(connection: socket.socket, _: bytes) -> None:
        data = Spoiler(dice).bytes(dice.choice(WIRE))
        if dice.random() < 0.3:
            at = dice.randrange(40)
            data = data[:at] + dice.choice(TOKENS) + data[at:]
        connection.sendall(data)
        connection.close()

    with serving(script) as server:
        for _ in range(4_000 if THOROUGH else 150):
            try:
                came["replies"] += isinstance(sender.send(Request("GET", server.url)), Reply)
            except TransportFailed:
                came["none"] += 1
    assert min(came.values()) > 10
