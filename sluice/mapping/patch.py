"""Patches the text of a mapping for a field that was renamed, moved or retyped, and keeps all else as it is.

Comments, order and layout stay. Whether the patched mapping is usable is found out by loading it; whether the
field really has another name is the business of whoever suggests it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct

from sluice.errors import ConfigurationInvalid
from sluice.faults import Fault
from sluice.mapping.path_edit import CannotBeEdited, Segments, renamed, shared_names
from sluice.mapping.paths import Path
from sluice.model.schema_faults import did_you_mean
from sluice.model.yaml_document import YamlDocument
from sluice.model.yaml_places import Place, places_of

_LIST = "[]"
_STEP = re.compile(r'("[^"]*"|[^."\[]+)(\[\])?(?:\.|$)')
_WORDS = {"null", "true", "false"}
_COMPARING = ("is", "null_if")


class Kind(StrEnum):
    """What happened to the field."""

    RENAME = "rename"
    MOVE = "move"
    RETYPE = "retype"


class Suggestion(Struct, frozen=True):
    """The field at the raw path ``before`` (``lines[].product.id``) is now at ``after``, or another type."""

    kind: Kind
    before: str
    after: str

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Suggestion:
        """Read ``{"kind", "from", "to"}``, as a change's evidence holds it; raises ConfigurationInvalid."""
        try:
            return cls(Kind(found["kind"]), str(found["from"]), str(found["to"]))
        except (KeyError, ValueError) as err:
            message = "a suggestion has kind (rename, move or retype), from and to"
            raise ConfigurationInvalid(message, [Fault("no_suggestion", "/suggestion", message)]) from err

    @property
    def before_names(self) -> Segments:
        """The names that lead to where the field was, without list indices."""
        return _names(self.before)

    @property
    def after_names(self) -> Segments:
        """The names that lead to where the field is."""
        return _names(self.after)

    def in_words(self) -> str:
        """Return one line: ``rename name -> displayName``."""
        return f"{self.kind} {self.before}" + (f" -> {self.after}" if self.after != self.before else "")


class _Edit(Struct, frozen=True):
    """Characters ``start`` to ``end`` of the text become ``written``."""

    start: int
    end: int
    written: str


def patched(text: str, document: YamlDocument, paths: Mapping[str, Path], suggestion: Suggestion) -> str:
    """Return the text of the mapping with the suggestion put in.

    ``document`` is that text read, ``paths`` the compiled paths in it, by pointer. Raises
    ConfigurationInvalid with a fault for each rule that cannot be patched by itself, or one that says that no
    rule reads the field.
    """
    before = suggestion.before_names
    if not before:
        message = f"{suggestion.before!r} is no path of a field, such as lines[].amount"
        raise _refused(document, suggestion, [document.fault("not_patchable", "", message)])
    rules = [_Rule(pointer, path, _bases(document.value, paths, pointer)) for pointer, path in paths.items()]
    reading = [rule for rule in rules if any(use[: len(before)] == before for use in rule.reads)]
    if not reading:
        known = sorted({".".join(use) for rule in rules for use in rule.reads})
        message = f"no rule reads {suggestion.before}; {did_you_mean('.'.join(before), known)}"
        raise _refused(document, suggestion, [document.fault("nothing_to_patch", "", message)])
    if suggestion.kind is Kind.RETYPE:
        edits = _retyped(text, document, [rule.pointer for rule in reading if before in rule.reads])
    else:
        edits = _moved(text, document, reading, suggestion)
    for edit in sorted(edits, key=lambda edit: edit.start, reverse=True):
        text = text[: edit.start] + edit.written + text[edit.end :]
    return text


class _Rule(Struct, frozen=True):
    """A path at ``pointer`` of the mapping; it starts at one of ``bases``: the record, or lists in it."""

    pointer: str
    path: Path
    bases: frozenset[Segments]

    @property
    def reads(self) -> frozenset[Segments]:
        """What it reads, from the record down."""
        return frozenset((*base, *use) for base in self.bases for use in self.path.uses)


def _bases(value: Any, paths: Mapping[str, Path], pointer: str) -> frozenset[Segments]:
    """Return where in the record the path at ``pointer`` starts, by the ``each`` that it stands in."""
    bases: frozenset[Segments] = frozenset({()})
    steps = pointer.split("/")[1:]
    for position, step in enumerate(steps):
        inner = value[step] if isinstance(value, dict) else value[int(step)]
        is_each = step == "each" and isinstance(inner, dict) and "of" in inner
        if is_each and steps[position + 1] != "of":
            of = "/" + "/".join([*steps[: position + 1], "of"])
            lists = [path for at, path in paths.items() if at == of or at.startswith(f"{of}/")]
            bases = frozenset((*base, *end) for base in bases for path in lists for end in path.ends)
        value = inner
    return bases


def _moved(text: str, document: YamlDocument, rules: Iterable[_Rule], suggestion: Suggestion) -> list[_Edit]:
    before, after = suggestion.before_names, suggestion.after_names
    if before == after or not after or not _same_lists(suggestion.before, suggestion.after):
        message = (
            f"{suggestion.in_words()}: a list came or went, or nothing changed; change the rules by hand"
        )
        raise _refused(document, suggestion, [document.fault("not_patchable", "", message)])
    places = places_of(text)
    faults: list[Fault] = []
    edits = []
    for rule in rules:
        try:
            new = _renamed(rule, before, after)
            if new != rule.path.text:
                place = places[rule.pointer]
                edits.append(_Edit(place.start, place.end, _scalar(new, place)))
        except CannotBeEdited as refused:
            message = f"{refused}; change this rule by hand"
            faults.append(document.fault("not_patchable", rule.pointer, message))
    if faults:
        raise _refused(document, suggestion, faults)
    return edits


def _renamed(rule: _Rule, before: Segments, after: Segments) -> str:
    found = {renamed(rule.path.text, base, before, after) for base in rule.bases}
    if len(found) > 1:
        raise CannotBeEdited(f"{rule.path.text!r} is read from several lists")
    return found.pop()


def _retyped(text: str, document: YamlDocument, rules: Iterable[str]) -> list[_Edit]:
    """Return edits that let comparisons of the field know its value as text and as what the text says."""
    places, edits = places_of(text), []
    for rule in rules:
        call, _, position = rule.rpartition("/")
        if position != "0" or call.rpartition("/")[2] not in _COMPARING:
            continue
        literals = _value_at(document.value, f"{call}/1")
        if not isinstance(literals, list):
            if (twin := _twin(literals)) is not None:
                place = places[f"{call}/1"]
                both = f"[{_literal(literals)}, {_literal(twin)}]"
                edits.append(_Edit(place.start, place.end, both))
            continue
        known = [(type(literal), literal) for literal in literals]
        for index, literal in enumerate(literals):
            twin = _twin(literal)
            if twin is not None and (type(twin), twin) not in known:
                edits.append(_one_more(text, places[f"{call}/1/{index}"], twin))
    return edits


def _one_more(text: str, place: Place, literal: Any) -> _Edit:
    """Return the edit that puts a literal behind another one of a list."""
    if place.flow:
        return _Edit(place.end, place.end, f", {_literal(literal)}")
    begun = text.rfind("\n", 0, place.start) + 1
    return _Edit(place.end, place.end, f"\n{text[begun : place.start]}{_literal(literal)}")


def _twin(literal: Any) -> Any:
    """Return the number or truth value that a text says, or the text of one; None where there is neither."""
    if isinstance(literal, bool):
        return str(literal).lower()
    if isinstance(literal, int | float):
        return str(literal)
    if isinstance(literal, str) and re.fullmatch(r"true|false|-?(0|[1-9][0-9]{0,14})", literal):
        return json.loads(literal)
    return None


def _literal(literal: Any) -> str:
    return json.dumps(literal, ensure_ascii=False)


def _value_at(value: Any, pointer: str) -> Any:
    for step in pointer.split("/")[1:]:
        value = value[int(step)] if isinstance(value, list) else value[step]
    return value


def _scalar(path: str, place: Place) -> str:
    """Return the path as YAML, quoted as it was; or in single quotes, where it needs some."""
    if place.style in {"|", ">"}:
        raise CannotBeEdited("the path is written as a block of text")
    if place.style is None and '"' not in path and path not in _WORDS:
        return path
    if place.style == '"' and '"' not in path and "\\" not in path:
        return f'"{path}"'
    return "'" + path.replace("'", "''") + "'"


def _names(path: str) -> Segments:
    return tuple(name for name, _ in _steps(path))


def _steps(path: str) -> list[tuple[str, bool]]:
    """Return each name with whether it is of a list; none where the text is no such path.

    A name that holds a dot, a blank or a bracket stands in double quotes.
    """
    found = list(_STEP.finditer(path))
    is_whole = "".join(step[0] for step in found) == path and not path.endswith(".")
    return [(step[1].strip('"'), bool(step[2])) for step in found] if is_whole else []


def _same_lists(before: str, after: str) -> bool:
    """Return whether what changes goes through no list, and ends in one on both sides or on neither."""
    one, other = _steps(before), _steps(after)
    kept = shared_names(_written(one), _written(other))
    through = [is_list for steps in (one, other) for _, is_list in steps[kept:-1]]
    return not any(through) and one[-1][1] == other[-1][1]


def _written(steps: list[tuple[str, bool]]) -> Segments:
    """Return the steps so that a list is another than what is none."""
    return tuple(f"{name}{_LIST}" if is_list else name for name, is_list in steps)


def _refused(document: YamlDocument, suggestion: Suggestion, faults: list[Fault]) -> ConfigurationInvalid:
    message = f"{document.source} cannot be patched by itself ({suggestion.in_words()})"
    return ConfigurationInvalid(message, faults)
