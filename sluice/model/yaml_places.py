"""Where each value of a YAML text stands in it, so that one can be written anew and the rest left as it is.

Whether the text is a document of ours is sluice.model.yaml_document's to say; this reads what it accepted.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml
from msgspec import Struct

from sluice.faults import pointer_of


class Place(Struct, frozen=True):
    """A value from character ``start`` to ``end`` of the text, in ``line`` and ``column`` (both from 0).

    ``style`` is the scalar's quote (``'``, ``"``), ``|`` or ``>`` for a block of text, None for a plain one;
    ``flow`` says that it is a list or mapping in brackets, or stands directly in one.
    """

    start: int
    end: int
    line: int
    column: int
    style: str | None
    flow: bool
    is_scalar: bool


def places_of(text: str) -> dict[str, Place]:
    """Return the place of every value by its JSON pointer; raises yaml.YAMLError for what is no YAML."""
    found: dict[str, Place] = {}
    events = iter(yaml.parse(text, Loader=yaml.SafeLoader))
    for event in events:
        if isinstance(event, yaml.NodeEvent):
            _note(event, events, (), found, flow=False)
    return found


def _note(
    event: Any, events: Iterator[Any], path: tuple[str | int, ...], found: dict[str, Place], *, flow: bool
) -> None:
    ended = event
    flow = flow or bool(getattr(event, "flow_style", False))
    if isinstance(event, yaml.MappingStartEvent):
        for key in events:
            if isinstance(ended := key, yaml.MappingEndEvent):
                break
            _note(next(events), events, (*path, str(key.value)), found, flow=flow)
    elif isinstance(event, yaml.SequenceStartEvent):
        for position, item in enumerate(events):
            if isinstance(ended := item, yaml.SequenceEndEvent):
                break
            _note(item, events, (*path, position), found, flow=flow)
    start = event.start_mark
    found[pointer_of(*path)] = Place(
        start=start.index,
        end=ended.end_mark.index,
        line=start.line,
        column=start.column,
        style=getattr(event, "style", None),
        flow=flow,
        is_scalar=isinstance(event, yaml.ScalarEvent),
    )
