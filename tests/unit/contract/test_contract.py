"""The contract as a value: what it learns, forgets, keeps small, and how it is stored."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from sluice.contract.contract import MAX_BYTES, Contract, UnknownFormat
from sluice.contract.detector import Detector
from sluice.contract.learnt import HALVED_ABOVE
from sluice.contract.records.column import Column
from sluice.contract.records.paths import key_of, names_of, path_in, path_of, text_of
from sluice.contract.reliance import Reliance
from sluice.model.change_kinds import change_of
from tests.unit.contract.streams import blocking, contract, learnt, records, reliance


@pytest.mark.parametrize("stream", ["customer", "invoice"])
def test_a_contract_is_read_as_it_was_written(stream: str) -> None:
    known = contract(stream)
    stored = orjson.loads(orjson.dumps(known.to_json()))
    assert Contract.from_json(stored) == known
    assert known.size() == len(orjson.dumps(stored)) <= 64 * 1024


def test_an_unknown_format_is_refused_with_what_would_be_right() -> None:
    with pytest.raises(UnknownFormat, match="has the format 7; this version reads format 1"):
        Contract.from_json({**Contract().to_json(), "format": 7})


def test_a_run_adds_to_what_is_known_and_leaves_the_version() -> None:
    known = contract("customer")
    seen = Detector(reliance("customer"), known).observed(records("customer", 100))
    more = known.learnt_from(seen, reliance=reliance("customer"))
    assert (more.version, more.runs) == (known.version, known.runs + 1)
    assert more.learnt.records == known.learnt.records + 100
    assert more.relied_on["/name"] == ["customer.name"]


def test_accepting_forgets_what_was_learnt_at_the_path_and_below() -> None:
    known = contract("customer")
    change = change_of("D42", "postalAddress", ("there", "gone"), ("customer.postal_address",))
    amended = known.amended([change])
    assert amended.version == known.version + 1
    assert amended.waived == {("D42", "postalAddress")}
    assert not [path for path in amended.learnt.columns if path[0] == "postalAddress"]
    assert not [path for path in amended.learnt.histories if path[0] == "postalAddress"]
    assert ("physicalAddress", "city") in amended.learnt.columns
    assert amended.learnt.witnesses.rows
    rekeyed = known.amended([change_of("D59", "id", ("these", "those"), ("key", "customer.id"))])
    assert not rekeyed.learnt.witnesses.rows


@pytest.mark.thorough(most=0)
def test_a_contract_keeps_below_its_size_and_says_what_it_left_out() -> None:
    used = {(f"field {number}", "deep", "value"): (f"thing.{number}",) for number in range(400)}
    wide = Reliance("thing", {**used, ("id",): ("thing.id",)}, key=(("id",),))
    window: list[dict[str, Any]] = [
        {
            "id": index,
            **{path[0]: {"deep": {"value": f"text {index % 20} {path[0]}"}} for path in used},
            **{f"unused {number}": index for number in range(500)},
        }
        for index in range(210)
    ]
    known = learnt(window, wide)
    assert known.size() <= MAX_BYTES
    assert known.left_out[0] == "fields beyond the first 600 that are not used"
    assert "fields that are not used" in known.left_out
    assert all((path[0], "deep", "value") in known.learnt.columns for path in used)
    for record in window[:100]:
        del record["field 7"]["deep"]["value"]
    assert blocking(Detector(wide, known).examine(window)) == [("D42", '"field 7".deep.value', "hold")]


def test_names_that_are_data_are_no_fields() -> None:
    window = [{"id": index, "by_day": {f"2026-{index}": 1, f"2025-{index}": 2}} for index in range(300)]
    known = learnt(window, Reliance("thing", {("id",): ("thing.id",)}, key=(("id",),)))
    assert known.learnt.columns["by_day",].is_map
    assert set(known.learnt.columns) == {("id",), ("by_day",)}


def test_what_was_long_ago_counts_less() -> None:
    column = Column(2 * HALVED_ABOVE, HALVED_ABOVE + 1, {"text": HALVED_ABOVE, "null": 1}, {"text": 1})
    halved = column.halved()
    assert halved.parents < 1.1 * HALVED_ABOVE
    assert halved.types.keys() == column.types.keys()
    assert halved.empty == {"text": 1}
    assert Column(9, 9, {"text": 9}).halved().absent == 0
    assert Column.from_json(orjson.loads(orjson.dumps(column.to_json()))) == column
    assert Column.from_json(Column(3).to_json()) == Column(3)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ((), ""),
        (("a",), "a"),
        (("lines", "[]", "product", "id"), "lines[].product.id"),
        (("matrix", "[]", "[]"), "matrix[][]"),
        (("party.", "name"), '"party.".name'),
        (("a b", "[]", "c/d~e"), '"a b"[].c/d~e'),
    ],
)
def test_paths_are_read_as_they_are_written(path: tuple[str, ...], text: str) -> None:
    assert text_of(path) == text
    assert path_in(text) == path
    assert path_of(key_of(path)) == path
    assert "[]" not in names_of(path)


def test_a_pointer_into_a_record_is_read_too() -> None:
    assert path_in("/lines/3/amount") == ("lines", "[]", "amount")
