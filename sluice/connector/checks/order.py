"""Whether a page's records come in the order that the stream declares, because the request asks for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from msgspec import Struct

from sluice.connector.checks.values import comparable, mask
from sluice.connector.paths import LAST, MISSING, Path, look_up
from sluice.model.raw_records import RawRecords


class Disorder(Struct, frozen=True):
    """``pairs`` neighbours stand the wrong way round; ``example`` shows the form of the first two."""

    pairs: int
    example: tuple[str, str]


def sorted_values(records: Sequence[Mapping[str, Any]], path: Path) -> list[Any]:
    """Return what stands at the path in each record, MISSING or None where nothing does."""
    if isinstance(records, RawRecords) and not any(map(_is_place, path)):
        return records.values(path)
    if len(path) == 1:
        name = path[0]
        return [record.get(name, MISSING) for record in records]
    return [look_up(record, path) for record in records]


def _is_place(segment: str) -> bool:
    return segment == LAST or segment.isdecimal()


def disorder(values: list[Any], *, descending: bool) -> Disorder | None:
    """Return how the values are out of order, None where they are not, or where that cannot be told."""
    # Nearly every page is good, and nearly every order is by a number: this is quickly seen.
    if {*map(type, values)} == {int} and values == sorted(values, reverse=descending):
        return None
    known = [value for value in values if value is not MISSING and value is not None]
    forms = comparable(known) if len(known) > 1 else []
    if not forms or any(form == sorted(form, reverse=descending) for form in forms):
        return None
    form = forms[-1]
    wrong = [
        place for place, (one, two) in enumerate(pairwise(form)) if (one < two if descending else one > two)
    ]
    return Disorder(len(wrong), (mask(known[wrong[0]]), mask(known[wrong[0] + 1])))
