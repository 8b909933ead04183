"""A mapping written for a shape gives what the mapper gives, or says that it cannot tell."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sluice.bootstrap.documents import catalog
from sluice.contract.detector import Detector
from sluice.contract.records.expected import Expected, ShowsNew, expected_of
from sluice.contract.records.watch import Watch
from sluice.contract.reliance import Reliance
from sluice.mapping.documentation.functions_page import Example
from sluice.mapping.mapper import Mapper
from sluice.mapping.program.filling import Refused
from sluice.mapping.program.program import Program, serves
from sluice.mapping.program.writer import NotWritable, Value, Writer
from sluice.mapping.unmappable import Unmappable
from sluice.messages.identity import canonical_text
from sluice.model.erp_json import has_long_numbers, read, write
from tests.unit.mapping.test_functions import EXAMPLES, compiled
from tests.unit.mapping.test_properties import STREAMS, _of_type, declared

CUSTOMER = {"id": 7, "name": "Nordbygg AS", "currency": {"code": "NOK"}, "isInactive": False}
RELIANCE = Reliance(entity="thing", used={}, key=(("id",),))


def expected(records: list[dict[str, Any]]) -> Expected | None:
    """Return what records like these are decoded into."""
    return expected_of(Detector(RELIANCE, None).observed(records), Watch(RELIANCE))


def customers(*records: dict[str, Any]) -> tuple[Mapper, Expected, Program]:
    """Return the mapping of customers, written for records like these."""
    mapper, found = catalog().mapper("tripletex", "customer"), expected(list(records))
    assert found is not None
    program = mapper.program(found.shape)
    assert program is not None
    return mapper, found, program


@pytest.mark.parametrize(("name", "example"), EXAMPLES, ids=[f"{name}-{one.call}" for name, one in EXAMPLES])
def test_the_documented_examples_are_true_of_decoded_records(name: str, example: Example) -> None:
    record = {"id": 1, **json.loads(example.record)}
    known, writer = expected([record]), Writer()
    if known is None:
        pytest.skip(f"{example.record} cannot be said as a type, so no record like it is decoded")
    try:
        with writer.function() as function:
            value = compiled(example.call).written(writer, Value("r", known.shape))
            writer.line(f"return {value.code}")
    except NotWritable:
        assert name in {"rest", "each", "first", "typed"}, "a simple value can be written"
        return
    found = writer.built(function)(next(known.decoded([write(record)])), "acme")
    assert json.loads(msgspec.json.encode(found)) == json.loads(example.result)


@pytest.mark.thorough(most=30)
@pytest.mark.parametrize("path", STREAMS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_what_is_written_for_a_shape_gives_what_the_mapper_gives(path: Path) -> None:
    mapper = catalog().mapper(path.parent.name, path.stem)

    @settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
    @given(st.lists(_of_type("object", declared(path), strict=True), min_size=1, max_size=6))
    def holds(records: list[dict[str, Any]]) -> None:
        known = expected(records)
        program = known and mapper.program(known.shape)
        if known is None or program is None:
            return
        for record in records:
            _is_the_same(mapper, program, known, record)

    holds()


def _is_the_same(mapper: Mapper, program: Program, known: Expected, record: dict[str, Any]) -> None:
    line = write(record)
    if has_long_numbers(line):
        return
    wanted = mapper.map(read(line), "acme")
    try:
        found = program.run(next(known.decoded([line])), "acme", bytearray())
    except (ShowsNew, Unmappable, Refused, TypeError):
        return  # it cannot tell: the record goes the other way
    if found is None:
        assert wanted.skipped
    elif len(found[1]) <= program.room or mapper.is_valid(read(found[1])):
        assert wanted.faults == ()
        assert wanted.data is not None
        assert found == (wanted.source_id, canonical_text(wanted.data))


def test_the_names_of_a_record_are_sorted_as_its_hash_wants_them() -> None:
    _, known, program = customers(CUSTOMER)
    found = program.run(next(known.decoded([write(CUSTOMER)])), "acme", bytearray())
    assert found is not None
    data = read(found[1])
    assert list(data) == sorted(data)
    assert (found[0], data["id"], data["currency"]) == ("7", "acme/customer/7", "NOK")


@pytest.mark.parametrize("came", [1e16, 1e-7, -1.5, 12, None, {"b": 1, "a": [1e22, None]}, "\u2028\x01\x7f"])
def test_what_no_schema_says_anything_of_is_the_same_text_as_without_decoding(came: Any) -> None:
    record = CUSTOMER | {"isSupplier": came}
    mapper, known, program = customers(record)
    wanted = mapper.map(record, "acme").data
    assert wanted is not None
    assert program.run(next(known.decoded([write(record)])), "acme", bytearray()) == (
        "7",
        canonical_text(wanted),
    )


def test_a_text_that_is_too_long_is_not_proven() -> None:
    long = CUSTOMER | {"name": "x" * 1_001}
    mapper, known, program = customers(CUSTOMER, long)
    found = program.run(next(known.decoded([write(long)])), "acme", bytearray())
    assert found is not None
    assert len(found[1]) > program.room
    assert not mapper.is_valid(read(found[1]))
    short = program.run(next(known.decoded([write(CUSTOMER)])), "acme", bytearray())
    assert short is not None
    assert len(short[1]) <= program.room


@pytest.mark.parametrize("code", ["nok", "NO", "NOKK", "N1K"])
def test_a_code_that_the_schema_refuses_is_refused(code: str) -> None:
    wrong = CUSTOMER | {"currency": {"code": code}}
    mapper, known, program = customers(CUSTOMER, wrong)
    with pytest.raises(Refused):
        program.run(next(known.decoded([write(wrong)])), "acme", bytearray())
    assert [fault.pointer for fault in mapper.map(wrong, "acme").faults] == ["/currency/code"]


@pytest.mark.parametrize("source_id", ["x" * 201, "a\nb", "a\u2028b"])
def test_an_id_that_might_not_be_valid_is_refused(source_id: str) -> None:
    _, known, program = customers(CUSTOMER | {"id": source_id})
    with pytest.raises((Refused, ShowsNew)):
        program.run(next(known.decoded([write(CUSTOMER | {"id": source_id})])), "acme", bytearray())


def test_texts_of_a_mapping_and_of_an_erp_are_never_run() -> None:
    text = "') + __import__('os').abort() + ('"
    call = json.dumps({"choose": {"when": {"is": [text, text]}, "then": {"value": text}}})
    known, writer = expected([{"id": 1, text: text}]), Writer()
    assert known is not None
    node = compiled(call.replace(f"[{json.dumps(text)}", "[" + json.dumps(json.dumps(text))))
    with writer.function() as function:
        writer.line(f"return {node.written(writer, Value('r', known.shape)).code}")
    assert writer.built(function)(next(known.decoded([write({"id": 1, text: text})])), "acme") == text


def test_a_shape_that_a_path_cannot_lead_through_is_not_written() -> None:
    mapper, known = catalog().mapper("tripletex", "customer"), expected([CUSTOMER | {"currency": "NOK"}])
    assert known is not None
    assert mapper.program(known.shape) is None
    assert mapper.program(known.shape) is None, "as it is remembered"


def test_ids_are_only_proven_for_names_that_a_connection_has() -> None:
    assert serves("acme")
    assert not any(map(serves, ("", "a/b", "x" * 201)))
