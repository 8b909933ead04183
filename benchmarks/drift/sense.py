"""Where a mutation makes sense: an id has no unit, a part of a date no format.

Written from what the rows of the study mean, not from what can be noticed; what is left out here is left out
because it would be no change of an API, or no change at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import yaml

from benchmarks.drift.stage import Stage, allows_null
from sandbox.mutations.places import values_of
from sandbox.mutations.variant import Variant
from sluice.contract.reliance import Segments

SAME_IN_RECORDS = frozenset(
    {("D42", "silent"), ("D44", "silent"), ("D46", "silent"), ("D23", "hidden")}  # differ in what is refused
)
ACROSS_CALLS = frozenset({("D59", "renumbered"), ("D71", "hard")})
"""Variants that no window shows: keys of the same form, records that are not there."""

ALL_OR_NOTHING = frozenset({("D43", "absent"), ("D43", "null"), ("D56", "merged"), ("D68", "constant")})
"""Variants that are a change only as a whole: a value missing from some records is none."""

IDENTITIES: Mapping[str, tuple[str, ...]] = {
    "tripletex/invoice": (
        "amountExcludingVatCurrency",
        "amountCurrency",
        "orderLines.amountExcludingVatCurrency",
        "orderLines.amountIncludingVatCurrency",
        "orderLines",
    ),
    "tryton/invoice": (
        "untaxed_amount/decimal",
        "tax_amount/decimal",
        "total_amount/decimal",
        "lines./amount/decimal",
        "lines.",
    ),
    "nordic/invoice": (
        "netAmount",
        "vatAmount",
        "grossAmount",
        "lines.netAmount",
        "lines.vatAmount",
        "lines",
    ),
}
"""Fields that stand in a sum with others: net and tax and gross, lines and total."""

_NUMERIC = frozenset({"D49", "D62", "D63", "D64", "D65", "D66"})
_VALUES = _NUMERIC | frozenset({"D47", "D54", "D55", "D56", "D60", "D61", "D67", "D68", "D69", "D70"})
_CODES = frozenset({"D55", "D56", "D67"})
_LABELS = ("id", "number", "version", "kid", "ean", "gtin", "lineno", "code", "postalcode")
_KEPT_PARTS = ("decimal", "seconds")


@dataclass(frozen=True)
class Sample:
    """Clean records by which it is judged what makes sense where."""

    stage: Stage
    records: Sequence[dict[str, Any]]

    @cached_property
    def values(self) -> dict[Segments, list[Any]]:
        """Return the values at every declared path, nulls included."""
        return {path: list(values_of(list(self.records), path)) for path in self.stage.declared}

    def is_always_there(self, path: Segments) -> bool:
        """Return whether every object that could hold the path's last field does."""
        above = values_of(list(self.records), path[:-1]) if path[:-1] else iter(self.records)
        items = (item for holder in above for item in (holder if isinstance(holder, list) else [holder]))
        return len(self.values[path]) == sum(isinstance(item, dict) for item in items)


def is_sensible(sample: Sample, variant: Variant, path: Segments) -> bool:
    """Return whether an ERP's API could change so at the path."""
    values = sample.values[path]
    return (
        bool(values)
        and variant.fits(values)
        and (variant.code, variant.name) not in SAME_IN_RECORDS | ACROSS_CALLS
        and _is_of_its_kind(sample.stage, variant.code, path)
        and _has_meaning(sample, variant, path)
    )


def _is_of_its_kind(stage: Stage, code: str, path: Segments) -> bool:
    """Return whether the row speaks of such a field: of keys, amounts, codes, whole values."""
    is_key = path in stage.reliance.key
    if code in {"D57", "D59"}:
        return is_key
    if code == "D58":
        return not is_key and path in {*stage.reliance.filtered, *stage.reliance.ordered}
    name = path[-1].rstrip(".").lower()
    is_part = (*path[:-1], "__class__") in stage.declared and path[-1] not in _KEPT_PARTS
    is_label = is_key or _is_reference(stage, path)
    return not (
        path[-1] == "__class__"
        or (is_part and code in _VALUES)
        or (code in _NUMERIC and (is_label or name.endswith(_LABELS)))
        or (code in _CODES and (is_label or name == "id"))
    )


def _is_reference(stage: Stage, path: Segments) -> bool:
    """Return whether the mapping makes an id of it: what names another record is no amount and no code."""
    fields = [field for used, many in stage.reliance.used.items() if used == path for field in many]
    return any(field.endswith(("_id", ".id")) for field in fields)


def _has_meaning(sample: Sample, variant: Variant, path: Segments) -> bool:
    code, values = variant.code, sample.values[path]
    if code == "D65":
        return path in _identities(sample.stage)
    if code == "D42":  # what is absent at times is D43's
        return sample.is_always_there(path)
    if code == "D52":  # one null more among nulls is no change
        return all(value is not None for value in values) and sample.is_always_there(path)
    if code == "D49":  # where decimals may come at any time, one more is no change
        kinds = sample.stage.declared.get(path, {}).get("type", "string")
        return "number" not in ([kinds] if isinstance(kinds, str) else kinds)
    if (code, variant.name) == ("D61", "local_time"):  # another offset is no other time
        return any(isinstance(value, str) and value.endswith("Z") for value in values)
    return True


def is_used(stage: Stage, variant: Variant, path: Segments) -> bool:
    """Return whether anything relies on what the variant changes at the path.

    Of an object that becomes a reference only the fields beside its id are changed.
    """
    if variant.code == "D40" and variant.name != "empty":
        size = len(path)
        below = [used for used in stage.reliance.used if used[:size] == path and len(used) > size]
        return any(used[size] not in {"id", "url"} for used in below)
    return stage.is_used(path)


def is_always_filled(stage: Stage, code: str, path: Segments) -> bool:
    """Return whether by its declaration the field is always there (D42, D44, D46), or never null (D52)."""
    schema = stage.declared.get(path, {})
    if code == "D52":
        return not allows_null(schema)
    if not stage.reliance.omits_empty:
        return True
    above = stage.declared.get(path[:-1], stage.stream.schema) if path[:-1] else stage.stream.schema
    return path[-1] in above.get("items", above).get("required", ())


@cache
def tables(stage: Stage) -> frozenset[Segments]:
    """Return the raw paths that the stream's mapping looks up in a table, or compares with literals."""
    text = stage.catalog.mapping_text(stage.connector.name, stage.stream.name)
    return frozenset(_looked_up(yaml.safe_load(text), ()))


def _identities(stage: Stage) -> set[Segments]:
    """Return the paths of the stream's sums: slashes part names where one ends in a dot, dots elsewhere."""
    texts = IDENTITIES.get(stage.name, ())
    separator = "/" if any("/" in text for text in texts) else "."
    return {tuple(text.split(separator)) for text in texts}


def _looked_up(rule: Any, below: Segments) -> Iterator[Segments]:
    if isinstance(rule, list):
        for inner in rule:
            yield from _looked_up(inner, below)
    if not isinstance(rule, dict):
        return
    for word, inner in rule.items():
        if word == "lookup" and isinstance(inner, dict) and isinstance(inner.get("of"), str):
            yield (*below, *_names(inner["of"]))
        if word in {"is", "null_if"} and isinstance(inner, list) and isinstance(inner[0], str):
            yield (*below, *_names(inner[0]))
        of = inner.get("of") if word == "each" and isinstance(inner, dict) else None
        yield from _looked_up(inner, (*below, *_names(of)) if isinstance(of, str) else below)


def _names(path: str) -> Segments:
    plain = path.partition("[")[0]
    return tuple(part.strip('"') for part in plain.replace('".', '"\0').split("\0") for part in _dotted(part))


def _dotted(part: str) -> list[str]:
    return [part] if part.startswith('"') else part.split(".")
