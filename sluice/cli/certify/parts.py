"""Chooses a part of the connectors to certify, so that a CI gets round to all of them in turn."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

import click
from msgspec import Struct

DAY = "day"
_FORM = re.compile(rf"([1-9][0-9]{{0,2}}|{DAY})/([1-9][0-9]{{0,2}})")


class Part(Struct, frozen=True):
    """Part ``number`` of ``count``, from 1."""

    number: int
    count: int

    def of(self, names: Iterable[str]) -> list[str]:
        """Return this part of the names, sorted; each name is in one part, whatever order they came in."""
        return sorted(names)[self.number - 1 :: self.count]


def part_of(text: str, today: date) -> Part:
    """Return the part that ``2/6`` or ``day/6`` names; raises ValueError for any other text.

    ``day`` is another part every day, and after ``count`` days the first one again.
    """
    found = _FORM.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} names no part; right would be 2/6, the second of six, or {DAY}/6")
    count = int(found[2])
    number = today.toordinal() % count + 1 if found[1] == DAY else int(found[1])
    if number > count:
        raise ValueError(f"there is no part {number} of {count}; right would be 1/{count} to {count}/{count}")
    return Part(number, count)


class PartOption(click.ParamType[Part]):
    """``K/N`` or ``day/N``; the day is that of UTC."""

    name = "K/N"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Part:
        """Return the part; fails where the text names none."""
        if isinstance(value, Part):
            return value
        try:
            return part_of(str(value), datetime.now(UTC).date())
        except ValueError as error:
            self.fail(str(error), param, ctx)
