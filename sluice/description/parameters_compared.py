"""Compares what can be sent with a request: what a reader sends may be refused, or mean something else."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from sluice.description.differing import Difference, announced, listed
from sluice.description.model import Operation, Parameter
from sluice.description.renames import renamed

_PAGE_SIZE = ("count", "limit", "size", "top", "perpage", "first", "take", "maxresults", "rows", "maximum")


class ParameterChange(Struct, frozen=True):
    """A difference at a parameter; ``new`` says that there was no such parameter before."""

    parameter: Parameter
    difference: Difference
    new: bool = False


def parameter_changes(old: Operation, new: Operation) -> Iterator[ParameterChange]:
    """Yield what changed of an operation's parameters; parameters of the path are form, and left out."""
    before, after = _by_name(old), _by_name(new)
    gone = [key for key in before if key not in after]
    come = [key for key in after if key not in before]
    again = _renames(gone, come)
    for key in gone:
        yield ParameterChange(before[key], _gone(before[key], again.get(key)))
    for key in come:
        if after[key].required and after[key].default is None:
            words = f"required {after[key].where} parameter"
            yield ParameterChange(after[key], Difference("D36", "no such parameter", words), new=True)
    for key in before:
        if key in after:
            for difference in _differences(before[key], after[key]):
                yield ParameterChange(after[key], difference)


def _by_name(operation: Operation) -> dict[tuple[str, str], Parameter]:
    return {
        (one.where, one.name.lower() if one.where == "header" else one.name): one
        for one in operation.parameters
        if one.where != "path"
    }


def _renames(gone: list[tuple[str, str]], come: list[tuple[str, str]]) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for where in {where for where, _ in gone}:
        old, new = ([name for place, name in keys if place == where] for keys in (gone, come))
        found.update({(where, one): other for one, (other, _) in renamed(old, new, lambda *_: True).items()})
    return found


def _gone(parameter: Parameter, again: str | None) -> Difference:
    was = f"{parameter.where} parameter"
    facts = {"deprecated": True} if parameter.lifecycle.deprecated else {}
    if again:
        return Difference("D35", was, f"named {again}", {"renamed_to": again, **facts})
    return Difference("D35", was, "not described", facts)


def _differences(old: Parameter, new: Parameter) -> Iterator[Difference]:
    if new.required and not old.required and new.default is None:
        yield Difference("D36", "optional", "required")
    if "string" in old.types and new.types and not new.types & {"string", "array"}:
        # In an address everything is text: the new type only says which texts fit.
        yield Difference("D18", " or ".join(sorted(old.types)), " or ".join(sorted(new.types)))
    if old.default is not None and new.default is not None and not _same(old.default, new.default):
        yield Difference("D37", old.default[:40], new.default[:40])
    if old.maximum is not None and new.maximum is not None and new.maximum < old.maximum:
        yield Difference(
            "D28" if _is_page_size(new.name) else "D36",
            f"at most {old.maximum:g}",
            f"at most {new.maximum:g}",
        )
    gone = [code for code in old.codes if code not in new.codes] if new.codes else []
    if gone:
        yield Difference("D36", f"takes {listed(gone)}", "does not list it", {"values": gone[:50]})
    said = announced(old.lifecycle, new.lifecycle)
    if said:
        yield said


def _same(one: str, other: str) -> bool:
    try:
        return one == other or float(one) == float(other)
    except ValueError:
        return False


def _is_page_size(name: str) -> bool:
    letters = "".join(char for char in name.lower() if char.isalnum())
    return (letters.startswith("page") and letters != "page") or any(word in letters for word in _PAGE_SIZE)
