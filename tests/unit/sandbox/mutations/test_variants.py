"""Every variant, at exactly its path, on one record: what was there, what is there then."""

from __future__ import annotations

import copy
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.mutations import RECORD, Mutation, read_mutation
from sluice.connector.paths import look_up, parse_path

GONE = object()
NBSP = "\N{NO-BREAK SPACE}"

# (variant, path, value before, value after); GONE: the field is absent.
VALUES: list[tuple[str, Any, Any]] = [
    ("D23/masked", "Ola", "***"),
    ("D23/hidden", "Ola", GONE),
    ("D40/references", {"id": 1, "name": "A"}, {"id": 1, "url": "https://erp.example/v2/1"}),
    ("D40/ids", [{"id": 1, "name": "A"}, {"id": 2, "name": "B"}], [{"id": 1}, {"id": 2}]),
    ("D40/empty", [{"id": 1}], []),
    ("D42/absent", 1, GONE),
    ("D42/silent", 1, GONE),
    ("D43/absent", 1, GONE),
    ("D43/null", 1, None),
    ("D47/text", 12, "12"),
    ("D47/padded", 12, "000000000012"),
    ("D47/prefixed", 12, "ID-12"),
    ("D48/number_to_text", 12.5, "12.5"),
    ("D48/text_to_number", "12.50", 12.5),
    ("D48/text_to_number", "12", 12),
    ("D48/bool_to_text", True, "true"),
    ("D48/bool_to_number", False, 0),
    ("D48/bool_to_letter", True, "Y"),
    ("D48/number_to_bool", 3, True),
    ("D48/enum_to_number", "EHF", 39),
    ("D48/retyped=string", 5, "5"),
    ("D48/retyped=array", 5, [5]),
    ("D49/point_zero", 5, 5.0),
    ("D49/fraction", 5, 5.25),
    ("D50/value_object", "A", {"value": "A"}),
    ("D50/id_object", 7, {"id": 7, "url": "https://erp.example/v2/7"}),
    ("D50/code_name", "NO", {"code": "NO", "name": "No"}),
    ("D50/object_to_id", {"name": "A", "id": 7}, 7),
    ("D50/object_to_name", {"id": 7, "name": "A"}, "A"),
    ("D51/unwrapped", [{"id": 1}], {"id": 1}),
    ("D51/wrapped", {"id": 1}, [{"id": 1}]),
    ("D51/keyed", [{"id": 1}, {"id": 2}], {"0": {"id": 1}, "1": {"id": 2}}),
    ("D52/null", 5, None),
    ("D54/null_to_empty", None, ""),
    ("D54/null_to_zero", None, 0),
    ("D54/null_to_object", None, {}),
    ("D54/null_to_word", None, "null"),
    ("D54/null_to_date", None, "0001-01-01"),
    ("D54/null_to_absent", None, GONE),
    ("D54/empty_to_null", "", None),
    ("D54/zero_to_null", 0, None),
    ("D54/value_to_empty", "A", ""),
    ("D54/value_to_zero", 5, 0),
    ("D54/value_to_object", {"id": 1}, {}),
    ("D55/new", "EHF", "EXTERNAL"),
    ("D55/new", "open", "external"),
    ("D55/new", 3, 99),
    ("D55/new=PEPPOL", "EHF", "PEPPOL"),
    ("D56/renamed=EHF>PEPPOL", "EHF", "PEPPOL"),
    ("D56/merged=EHF>EMAIL", "EHF", "EMAIL"),
    ("D56/case", "EHF", "Ehf"),
    ("D56/case", "open", "OPEN"),
    ("D56/camel_case", "RECURRING_DAY", "recurringDay"),
    ("D56/words", "RECURRING_DAY", "Recurring day"),
    ("D56/prefix", "EHF", "TYPE_EHF"),
    ("D57/absent", 7, GONE),
    ("D57/null", 7, None),
    ("D57/duplicated", 7, 6),
    ("D57/duplicated", "A7", "A6"),
    ("D57/constant", 7, 0),
    ("D58/absent", "2026-01-01", GONE),
    ("D58/null", "2026-01-01", None),
    ("D59/uuid", 7, "b0b090ea-44b2-566f-bb4a-ca730907f4ab"),
    ("D59/renumbered", 7, 7_000_000_007),
    ("D59/prefixed", 7, "ERP-7"),
    ("D59/global_id", 7, "Tm9kZTo3"),
    ("D60/dotted", "2026-11-21", "21.11.2026"),
    ("D60/dotted", "2026-11-21T10:20:30Z", "21.11.2026 10:20:30"),
    ("D60/slashed", "2026-11-21", "21/11/2026"),
    ("D60/month_first", "2026-11-21", "11/21/2026"),
    ("D60/compact", "2026-11-21", "20261121"),
    ("D60/day_first", "2026-11-21", "21-11-2026"),
    ("D60/two_digits", "2026-11-21", "21.11.26"),
    ("D60/epoch_ms", "2026-11-21", 1_795_219_200_000),
    ("D60/epoch_s", "2026-11-21T00:00:01Z", 1_795_219_201),
    ("D60/microsoft", "2026-11-21", "/Date(1795219200000)/"),
    ("D60/mail", "2026-11-21", "Sat, 21 Nov 2026 00:00:00 +0000"),
    ("D61/date_only", "2026-11-21T10:20:30Z", "2026-11-21"),
    ("D61/zone_dropped", "2026-11-21T10:20:30+01:00", "2026-11-21T10:20:30"),
    ("D61/zone_shifted", "2026-11-21T10:20:30Z", "2026-11-21T12:20:30Z"),
    ("D61/local_time", "2026-11-21T10:20:30Z", "2026-11-21T12:20:30+02:00"),
    ("D61/no_seconds", "2026-11-21T10:20:30Z", "2026-11-21T10:20"),
    ("D61/midnight", "2026-11-21", "2026-11-21T00:00:00"),
    ("D61/day_before", "2026-11-21", "2026-11-20T23:00:00Z"),
    ("D62/comma", 1234.5, "1234,5"),
    ("D62/comma", "1234.50", "1234,50"),
    ("D62/space_comma", 1234.5, f"1{NBSP}234,50"),
    ("D62/dot_comma", 1234567.5, "1.234.567,50"),
    ("D62/comma_dot", 1234.5, "1,234.50"),
    ("D62/apostrophe", 1234.5, "1'234.50"),
    ("D63/x100", 12.34, 1234),
    ("D63/x100", "12.34", "1234"),
    ("D63/x1000", 7, 7000),
    ("D63/hundredth", 1234, 12.34),
    ("D63/thousandth", 2500.0, 2.5),
    ("D63/minutes", 7.5, 450),
    ("D63/days", 15, 2),
    ("D63/fraction", 25, 0.25),
    ("D63/percent", 0.25, 25),
    ("D64/negated", 12.5, -12.5),
    ("D64/negated", "-12.50", "12.50"),
    ("D64/absolute", -12.5, 12.5),
    ("D65/gross", 100.0, 125),
    ("D65/gross=15", 100, 115),
    ("D65/net", 125.0, 100),
    ("D65/fee", 100.5, 159.5),
    ("D65/line_missing", [{"id": 1}, {"id": 2}], [{"id": 1}]),
    ("D66/rounded", 12.34, 12),
    ("D66/one_decimal", 12.34, 12.3),
    ("D66/four_decimals", 12.34, 12.3434),
    ("D66/float_noise", 12.34, 12.340000000000003),
    ("D67/alpha3", "NO", "NOR"),
    ("D67/numeric", "NO", "578"),
    ("D67/country_name", "NO", "Norge"),
    ("D67/alpha2", "Norge", "NO"),
    ("D67/currency_numeric", "NOK", "578"),
    ("D67/currency_symbol", "EUR", "€"),
    ("D67/language_tag", "NO", "nb-NO"),
    ("D67/unit_code", "stk", "C62"),
    ("D67/unit_name", "stk", "Stykk"),
    ("D68/nulls=1", "A", None),
    ('D68/constant="B"', "A", "B"),
    ("D69/mojibake", "Bjørn", "Bj\N{LATIN CAPITAL LETTER A WITH TILDE}\N{CEDILLA}rn"),
    ("D69/entities", "Bjørn & <Ås>", "Bj&#248;rn &amp; &lt;&#197;s&gt;"),
    ("D69/json_text", {"id": 1}, '{"id":1}'),
    ("D69/json_text", "A", '"A"'),
    ("D69/url_encoded", "ø a", "%C3%B8%20a"),
    ("D69/escaped", "Bjørn", r"Bj\u00f8rn"),
    ("D69/lost", "Bjørn", "Bj\N{REPLACEMENT CHARACTER}rn"),
    ("D70/long_text=7", "abc", "abcabca"),
    ("D70/large_number", 7, 4_000_000_000_000_000_007),
    ("D70/large_number", 1.5, 1.5e15),
    ("D70/long_list=4", [1, 2], [1, 2, 1, 2]),
    ("D71/soft", False, True),
    ("D71/status", "ACTIVE", "DELETED"),
    ("D71/status=VOID", "ACTIVE", "VOID"),
]
SHAPES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("D44/renamed:s.name=title", {"id": 1, "name": "A", "z": 2}, {"id": 1, "title": "A", "z": 2}),
    ("D44/renamed:s.organizationNumber", {"organizationNumber": "9"}, {"organisationNumber": "9"}),
    ("D44/renamed:s.taxCode", {"taxCode": "9"}, {"taxCodeValue": "9"}),
    ("D44/snake_case:s.isInactive", {"isInactive": True}, {"is_inactive": True}),
    ("D44/camel_case:s.is_inactive", {"is_inactive": True}, {"isInactive": True}),
    ("D44/pascal_case:s.isInactive", {"isInactive": True}, {"IsInactive": True}),
    ("D44/prefix:s.email=customer", {"email": "a"}, {"customerEmail": "a"}),
    ("D44/upper:s.email", {"email": "a"}, {"EMAIL": "a"}),
    ("D44/silent:s.name=title", {"name": "A"}, {"title": "A"}),
    ("D45/text:s.new", {"id": 1}, {"id": 1, "new": "new"}),
    ('D45/text:s.new={"a": 1}', {"id": 1}, {"id": 1, "new": {"a": 1}}),
    ("D45/number:s.new", {"id": 1}, {"id": 1, "new": 1}),
    ("D45/null:s.new", {"id": 1}, {"id": 1, "new": None}),
    ("D45/object:s.new", {"id": 1}, {"id": 1, "new": {"id": 1, "name": "new"}}),
    ("D45/list:s.new", {"id": 1}, {"id": 1, "new": [{"id": 1}]}),
    ("D46/into:s.name", {"id": 1, "name": "A"}, {"id": 1, "attributes": {"name": "A"}}),
    ("D46/into:s.name=more", {"name": "A", "more": {"b": 1}}, {"more": {"b": 1, "name": "A"}}),
    ("D46/out:s.address.city", {"address": {"city": "B", "no": 1}}, {"address": {"no": 1}, "city": "B"}),
    (
        "D46/out:s.address.city",
        {"address": {"city": "B"}, "city": "C"},
        {"address": {}, "city": "C", "addressCity": "B"},
    ),
    ("D46/silent:s.name", {"name": "A"}, {"attributes": {"name": "A"}}),
    ("D71/soft:s.isDeleted", {"id": 1}, {"id": 1, "isDeleted": True}),
]
DRAWN = {"D65/off", "D71/hard"}


def mutation_of(text: str, path: str) -> Mutation:
    name, equals, to = text.partition("=")
    return read_mutation(f"{name}:s.{path}{equals}{to}")


@pytest.mark.parametrize("place", ["field", "outer.field", "items.field"])
@pytest.mark.parametrize(("text", "before", "after"), VALUES, ids=[f"{one[0]}-{one[1]}" for one in VALUES])
def test_a_variant_changes_exactly_what_is_at_its_path(
    place: str, text: str, before: Any, after: Any
) -> None:
    def record(value: Any) -> dict[str, Any]:
        holder = {"id": 1, **({} if value is GONE else {"field": value}), "other": "NO"}
        shapes = {
            "field": holder,
            "outer.field": {"id": 1, "outer": holder, "field": "NO"},
            "items.field": {"id": 1, "items": [holder, holder], "field": "NO"},
        }
        return shapes[place]

    given_record = record(before)
    kept = copy.deepcopy(given_record)
    changed = mutation_of(text, place).apply(given_record, Random(1))  # noqa: S311
    assert repr(changed) == repr(record(after))
    assert given_record == kept


@pytest.mark.parametrize(("text", "before", "after"), SHAPES, ids=[one[0] for one in SHAPES])
def test_a_variant_changes_the_object_that_holds_its_field(text: str, before: Any, after: Any) -> None:
    kept = copy.deepcopy(before)
    changed = read_mutation(text).apply(before, Random(1))  # noqa: S311
    assert changed == after
    assert before == kept


def test_every_variant_is_tried_here() -> None:
    known = {f"{one.code}/{one.name}" for many in RECORD.values() for one in many}
    tried = {text.partition("=")[0] for text, *_ in VALUES} | {text.partition(":")[0] for text, *_ in SHAPES}
    assert known - tried == DRAWN


def test_an_amount_that_is_off_is_off_by_a_little() -> None:
    mutation = Mutation("D65", "off", ("a",))
    found = [mutation.apply({"a": 100.0}, Random(seed))["a"] for seed in range(50)]  # noqa: S311
    assert all(value != 100 and 70 <= value <= 130 for value in found)
    assert len(set(found)) > 40


def test_records_that_were_flagged_vanish() -> None:
    records = [{"id": 1, "off": True}, {"id": 2, "off": False}, {"id": 3, "off": True}]
    assert Mutation("D71", "hard", ("off",)).apply_to(records) == ([records[1]], [0, 2])


def test_without_a_variant_the_first_that_fits_is_taken() -> None:
    assert Mutation("D48", "", ("a",)).prepared([{"a": True}]).variant == "bool_to_text"
    assert Mutation("D51", "", ("a",)).prepared([{"a": {"id": 1}}]).variant == "wrapped"
    with pytest.raises(ValueError, match="no variant of D60 changes what stands there"):
        Mutation("D60", "", ("a",)).prepared([{"a": 5}])


def test_codes_are_chosen_from_what_the_records_hold() -> None:
    records = [{"a": code} for code in ["EHF"] * 6 + ["EMAIL"] * 3 + ["PAPER"]]
    assert Mutation("D56", "renamed", ("a",)).prepared(records).to == "EHF>EHF_2"
    assert Mutation("D56", "merged", ("a",)).prepared(records).to == "EMAIL>EHF"
    assert Mutation("D68", "constant", ("a",)).prepared(records).to == '"EHF"'


scalars = (
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-1e9, 1e9) | st.text(max_size=8)
)
texts = st.sampled_from(["2026-11-21", "2026-11-21T10:20:30Z", "12.50", "EHF", "NOK", "Bjørn", "", "0"])
json_values = st.recursive(
    scalars | texts,
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.sampled_from("abid"), below, max_size=3),
    max_leaves=8,
)
NAMES = sorted((one.code, one.name) for many in RECORD.values() for one in many)


@pytest.mark.thorough(most=20)
@pytest.mark.parametrize(("code", "variant"), NAMES)
@settings(max_examples=25, derandomize=True)
@given(record=st.dictionaries(st.sampled_from(["a", "b", "id"]), json_values, max_size=3), path=st.data())
def test_no_record_breaks_a_variant(
    code: str, variant: str, record: dict[str, Any], path: st.DataObject
) -> None:
    at = parse_path(path.draw(st.sampled_from(["a", "a.b", "a.id", "a.b.a"])))
    mutation = Mutation(code, variant, at)
    kept = copy.deepcopy(record)
    first, second = (mutation.apply(record, Random(3)) for _ in range(2))  # noqa: S311
    assert repr(record) == repr(kept)
    assert repr(first) == repr(second)
    for name in {"b", "id"} & set(record):
        if code not in {"D44", "D46"}:  # these may take the place of another field
            assert look_up(first, (name,)) == record[name]
