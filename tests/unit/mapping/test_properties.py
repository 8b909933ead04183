"""For whatever record a stream declares, the mapper raises nothing: valid canonical data, or faults."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sluice.bootstrap.documents import catalog
from sluice.mapping.load import check_mapping
from sluice.mapping.mapper import Mapper
from sluice.model.yaml_document import read_yaml
from tests.effort import examples, thorough
from tests.unit.mapping.documents import FOLDER, ROOT

pytestmark = thorough

MODEL = catalog().canonical
STREAMS = sorted(path for path in (ROOT / "connectors").glob("*/*.yaml") if path.stem != "connector")
STREAMS = [path for path in STREAMS if (ROOT / "transformers" / path.parent.name / path.name).exists()]

TEXTS = st.text(max_size=8) | st.sampled_from(
    ["", "2026-01-31", "2026-01-31T12:00:00Z", "12.50", "NOK", "NO", "A"]
)
DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**14), max_value=10**14)
NUMBERS = st.integers(-(2**63), 2**63) | st.floats(allow_nan=False, allow_infinity=False) | DECIMALS
SCALARS = st.none() | st.booleans() | NUMBERS | TEXTS
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2),
    max_leaves=4,
)
BY_TYPE = {
    "integer": st.integers(-(2**63), 2**63),
    "number": NUMBERS,
    "boolean": st.booleans(),
    "null": st.none(),
}


def value_of(schema: dict[str, Any], *, strict: bool) -> st.SearchStrategy[Any]:
    """Return values as the declared schema describes them; unless ``strict`` now and then anything at all."""
    words = schema.get("type", "object")
    kinds = [_of_type(word, schema, strict=strict) for word in ([words] if isinstance(words, str) else words)]
    found = st.one_of(*kinds)
    return found if strict else found | ANYTHING


def _of_type(word: str, schema: dict[str, Any], *, strict: bool) -> st.SearchStrategy[Any]:
    if "enum" in schema and word != "null":
        return st.sampled_from([one for one in schema["enum"] if one is not None])
    if word == "object":
        fields = {
            name: value_of(inner, strict=strict) for name, inner in schema.get("properties", {}).items()
        }
        needed = {name: one for name, one in fields.items() if strict and name in schema.get("required", ())}
        return st.fixed_dictionaries(needed, optional={name: fields[name] for name in fields.keys() - needed})
    if word == "array":
        return st.lists(value_of(schema.get("items", {}), strict=strict), max_size=3)
    if schema.get("format") == "date":
        return st.dates().map(str)
    return BY_TYPE.get(word, TEXTS)


def declared(path: Path) -> dict[str, Any]:
    """Return the schema that a stream declares."""
    found: dict[str, Any] = read_yaml(path.read_bytes(), path.name).value["schema"]
    return found


def check(mapper: Mapper, record: dict[str, Any]) -> None:
    """Map and see that there is exactly one outcome, and that it is sound."""
    mapped = mapper.map(record, "acme")
    assert (mapped.data is not None) + bool(mapped.faults) + mapped.skipped == 1
    if mapped.data is not None:
        assert list(MODEL.entity(mapper.entity).errors(mapped.data)) == []
        assert mapped.data["id"] == f"acme/{mapper.entity}/{mapped.source_id}"
        orjson.dumps(mapped.data)
    for fault in mapped.faults:
        assert fault.code
        assert fault.message


@pytest.mark.parametrize("path", STREAMS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_mapping_reads_only_what_its_stream_declares(path: Path) -> None:
    assert check_mapping(FOLDER, path.parent.name, path.stem, declared(path)) == []


@pytest.mark.thorough(most=40)
@pytest.mark.parametrize("strict", [True, False], ids=["as declared", "anything"])
@pytest.mark.parametrize("path", STREAMS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_mapper_never_raises(path: Path, strict: bool) -> None:
    mapper = catalog().mapper(path.parent.name, path.stem)

    @settings(
        max_examples=examples(25), deadline=None, suppress_health_check=list(HealthCheck), print_blob=True
    )
    @given(_of_type("object", declared(path), strict=strict))
    def holds(record: dict[str, Any]) -> None:
        check(mapper, record)

    holds()


def test_records_as_declared_do_map() -> None:
    mapper = catalog().mapper("tripletex", "customer")
    path = ROOT / "connectors" / "tripletex" / "customer.yaml"
    plain = {"id": 1, "name": "n"}

    @settings(max_examples=examples(100), deadline=None, suppress_health_check=list(HealthCheck))
    @given(_of_type("object", declared(path), strict=True))
    def holds(record: dict[str, Any]) -> None:
        codes = {fault.code for fault in mapper.map(record | plain, "acme").faults}
        # A currency or country is declared as any text; a float may be -0.0, or have some 300 digits.
        assert codes <= {"schema", "not_a_decimal", "too_long"}

    holds()
