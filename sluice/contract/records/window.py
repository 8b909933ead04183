"""A window of records taken apart and counted: made once, asked by every detector.

It judges nothing. Its :attr:`observation` is what a contract learns from.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from sluice.contract.records.column import Column
from sluice.contract.records.forms import forms_of, is_date_form, key_forms_of
from sluice.contract.records.masks import type_word
from sluice.contract.records.observed import SAMPLE, Observation
from sluice.contract.records.paths import Path
from sluice.contract.records.walk import Object, Values, Walked, values_in, walk
from sluice.contract.records.watch import Look, Watch
from sluice.contract.records.witnesses import Witnesses, chosen, hash_of
from sluice.contract.reliance import Segments
from sluice.contract.statistical import Guard, histories_of
from sluice.contract.statistics import History
from sluice.model.raw_records import RawRecords

_NULL = type(None)
_PADDED = re.compile(r"0[0-9]+\Z").match
_EMPTY = frozenset({str, list, int})
_LOOKED_AT = 8
BLOCK = 1_000
"""Records that are taken apart together: more would not fit into a processor's cache."""
HIGHEST = (1 << 64) - 1
"""The highest hash of a key."""


class Window(Struct, frozen=True):
    """The records; ``blocks`` of columns of those taken apart; keys, None where a part is missing.

    ``observation`` is what the records that were taken apart show.
    """

    records: Sequence[Object]
    blocks: Sequence[Walked]
    keys: Sequence[Any]
    observation: Observation

    def values(self, path: Path) -> list[Any]:
        """Return the values of a path in the records that were taken apart."""
        return values_in(self.blocks, path)


def window_of(
    records: Sequence[Object],
    walked: Sequence[Object],
    watch: Watch,
    guard: Guard,
    limit: int | None = HIGHEST,
) -> Window:
    """Return the records as a window; those to be ``walked`` are taken apart and counted.

    These are all, or a sample where it is known that no record shows anything new. ``limit`` is the highest
    hash of a witness's key, None where nobody will learn from the window or compare its values. ``guard``
    keeps a failure of the statistics.
    """
    blocks, counted = counted_of(walked, watch)
    keys = keys_of(records, watch.reliance.key)
    if limit is None:
        return Window(records, blocks, keys, counted)
    histories: dict[Path, History] = {}
    histories = guard(lambda: histories_of(blocks, counted, watch, SAMPLE), histories)
    witnesses = _witnesses(records, keys, watch, limit)
    return Window(records, blocks, keys, replace(counted, histories=histories, witnesses=witnesses))


def counted_of(records: Sequence[Object], watch: Watch) -> tuple[list[Walked], Observation]:
    """Take the records apart; return their columns, and the counts of these and nothing more."""
    starts = range(0, len(records), BLOCK)
    blocks = [walk(records[start : start + BLOCK], lambda path: watch.at(path).used) for start in starts]
    counted = Observation()
    for block in blocks:
        columns = {path: _column(found, watch.at(path)) for path, found in block.columns.items()}
        shown = Observation(block.records, columns, overflow=block.overflow)
        counted = counted.merged(shown) if counted.records else shown
    return blocks, counted


def keys_of(records: Sequence[Object], key: Sequence[Segments]) -> list[Any]:
    """Return the key of each record, None where a part of it is absent, empty or no scalar."""
    if len(key) == 1:
        values = _read(records, key[0])
        return values if set(map(type, values)) == {int} else [_scalar(value) for value in values]
    parts = [[_scalar(value) for value in _read(records, path)] for path in key]
    return [None if None in whole else whole for whole in zip(*parts, strict=True)]


def value_at(record: Any, names: Segments) -> Any:
    """Return the value at a path that enters no list; None where there is none."""
    for name in names:
        if type(record) is not dict:
            return None
        record = record.get(name)
    return record


def _read(records: Sequence[Object], path: Segments) -> list[Any]:
    if isinstance(records, RawRecords):
        return records.values(path)
    if len(path) == 1:
        name = path[0]
        return [record.get(name) for record in records]
    return [value_at(record, path) for record in records]


def _scalar(value: Any) -> Any:
    return None if value == "" or isinstance(value, dict | list) else value


def _column(found: Values, look: Look) -> Column:
    values, kinds = found.values, found.kinds
    types = _types(values, kinds)
    plain = not found.hollow and (_EMPTY.isdisjoint(kinds) or all(values))
    empty = {} if plain else _empty(found)
    if not look.used:
        return Column(found.parents, len(values), types, empty, is_map=found.is_map)
    texts: Sequence[str] = ()
    if str in kinds:
        texts = values if len(kinds) == 1 else [value for value in values if type(value) is str]
    forms = _forms(texts, look) if texts else {}
    padded = any(map(_PADDED, texts[:: -(-len(texts) // _LOOKED_AT) or 1]))
    return Column(found.parents, len(values), types, empty, forms, padded=padded, is_map=found.is_map)


def _types(values: Sequence[Any], kinds: frozenset[type]) -> dict[str, int]:
    if len(kinds) == 1:
        (kind,) = kinds
        return {type_word(kind): len(values)}
    if len(kinds) == 2 and _NULL in kinds:
        (kind,) = kinds - {_NULL}
        nulls = values.count(None)
        return {"null": nulls, type_word(kind): len(values) - nulls}
    found: Counter[str] = Counter()
    for kind, count in Counter(map(type, values)).items():
        found[type_word(kind)] += count
    return dict(found)


def _empty(found: Values) -> dict[str, int]:
    """Return how many values are empty, by type; zeros where there are numbers and no booleans."""
    values, kinds = found.values, found.kinds
    counts = {"object": found.hollow}
    if str in kinds:
        counts["text"] = values.count("")
    if list in kinds:
        counts["list"] = values.count([])
    if int in kinds and bool not in kinds:
        counts["integer"] = values.count(0)
    return {word: count for word, count in counts.items() if count}


def _forms(texts: Sequence[str], look: Look) -> dict[str, int]:
    if look.is_key:
        return key_forms_of(texts)
    if not look.formed:
        return {}
    if look.formed == "guess" and not all(is_date_form(form) for form in forms_of(texts[:3])):
        return {}
    return forms_of(texts)


def _witnesses(records: Sequence[Object], keys: Sequence[Any], watch: Watch, limit: int) -> Witnesses:
    rows = {}
    paths = watch.paths()
    for index, key in chosen(keys, limit):
        rows[key] = _hashes(records[index], paths)
    return Witnesses(rows)


def _hashes(record: Any, paths: Sequence[Segments]) -> dict[Path, int]:
    """Return the hashes of the values that say something; what has none is most, and is left first."""
    found = {}
    for path in paths:
        value = record
        for name in path:
            value = value.get(name) if type(value) is dict else None
        if value is not None and (one := hash_of(value)) is not None:
            found[path] = one
    return found
