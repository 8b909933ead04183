"""What is wrong with a connection by itself, no connector asked: name, schedule, streams, policy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches

from sluice.faults import Fault
from sluice.model.change import Action
from sluice.model.change_kinds import KINDS
from sluice.model.connection import Connection
from sluice.model.schedules.expression import schedule_fault

MOST_EVENTS = 1000
"""In a message, whatever a connection asks for."""

NAME = re.compile(r"[a-z][a-z0-9-]{1,39}")
"""What a connection may be called."""
_LONGEST = 20


def faults_of(connection: Connection) -> list[Fault]:
    """Return all that is wrong; pointers lead into the connection."""
    return [*_of_its_own(connection), *_of_policy(connection)]


def _of_its_own(connection: Connection) -> Iterator[Fault]:
    if not NAME.fullmatch(connection.name):
        message = f"{connection.name!r}: a name is 2 to 40 of a-z, 0-9 and '-', a letter first"
        yield Fault("wrong_name", "/name", message)
    if connection.schedule is not None:
        wrong = schedule_fault(connection.schedule)
        if wrong is not None:
            yield wrong
    if connection.streams == ():
        yield Fault("no_stream", "/streams", "names none; right would be one or more, or all of them")
    most = connection.events_per_message
    if most is not None and not 1 <= most <= MOST_EVENTS:
        yield Fault("out_of_range", "/events_per_message", f"{most} came; should be 1 to {MOST_EVENTS}")


def _of_policy(connection: Connection) -> Iterator[Fault]:
    actions = ", ".join(action.value for action in Action)
    for code, chosen in connection.policy.items():
        if code not in KINDS:
            message = f"{code[:_LONGEST]!r} is no kind of change; {_meant(code)}"
            yield Fault("unknown_kind", f"/policy/{code}", message)
        if chosen not in list(Action):
            message = f"{chosen!r} is no action; there are: {actions}"
            yield Fault("unknown_action", f"/policy/{code}", message)


def _meant(code: str) -> str:
    close = get_close_matches(code.upper(), KINDS, n=1)
    first, *_, last = KINDS
    return f"did you mean {close[0]!r}?" if close else f"they are {first} to {last}: docs/api-changes.md"
