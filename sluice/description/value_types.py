"""What it means for a reader that a value has another type, format or code list. Knows no fields."""

from __future__ import annotations

from collections.abc import Iterator

from sluice.description.differing import Difference, listed
from sluice.description.model import Schema

_NESTED = frozenset({"object", "array"})
_MOMENTS = {"date", "date-time", "local date-time"}


def type_change(before: Schema, after: Schema) -> Difference | None:
    """Return what is new in the types of a value; None where only less is possible, or nothing is said."""
    if not before.types or not after.types or after.types <= before.types:
        return None
    return Difference(_code(before, after), in_words(before), in_words(after))


def value_changes(before: Schema, after: Schema) -> Iterator[Difference]:
    """Yield what is different in the format and code list of a scalar of the same type."""
    if {before.format, after.format} <= _MOMENTS and before.format != after.format:
        yield Difference("D61", in_words(before), in_words(after))
    elif before.format and after.format and (before.format in _MOMENTS) != (after.format in _MOMENTS):
        yield Difference("D60", in_words(before), in_words(after))
    if before.codes and after.codes:
        yield from _code_changes(before.codes, after.codes)


def in_words(schema: Schema) -> str:
    """Return a type as people write it: ``string (date)``, ``list of integer``."""
    if schema.types == {"array"}:
        inner = schema.items or Schema()
        return f"list of {in_words(inner)}"
    if schema.name:
        return "object" if schema.name.startswith("(") else schema.name
    types = " or ".join(sorted(schema.types)) or "anything"
    return f"{types} ({schema.format})" if schema.format else types


def _code(before: Schema, after: Schema) -> str:
    old, new = before.types, after.types
    if ("array" in old) != ("array" in new):
        return "D51"
    if ("object" in old) != ("object" in new):
        return "D50"
    if (before.format in _MOMENTS) != (after.format in _MOMENTS):
        return "D60"
    added = new - old
    if old == {"integer"}:
        return "D47" if "string" in added else "D49" if added == {"number"} else "D48"
    return "D66" if old == {"number"} and added == {"integer"} else "D48"


def _code_changes(before: tuple[str, ...], after: tuple[str, ...]) -> Iterator[Difference]:
    gone = [code for code in before if code not in after]
    come = [code for code in after if code not in before]
    folded = {code.casefold(): code for code in come}
    recased = [code for code in gone if code.casefold() in folded]
    come = [code for code in come if code.casefold() not in {one.casefold() for one in recased}]
    if gone:
        now = [folded[code.casefold()] for code in recased]
        facts = {"removed": gone[:50], **({"recased": now[:50]} if now else {})}
        yield Difference(
            "D56", listed(gone), f"in another case: {listed(now)}" if now else "not listed", facts
        )
    if come:
        yield Difference("D55", "not listed", listed(come), {"added": come[:50]})
