"""Real vendors' descriptions, version by version: what is told is there, and what is there is told.

The files are not ours to publish; they are looked for beside the repository, in ../shared/specs.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import yaml

from sluice.bootstrap.documents import ROOT, catalog
from sluice.description.compare import differences
from sluice.description.interest import touching, uncovered
from sluice.description.model import Description
from sluice.description.read import read_description
from sluice.model.change import Action, Change
from sluice.usecases.contracts.diff import interests_of

SPECS = ROOT.parent / "shared/specs"
SEED = 20261121
ENDINGS = {".json", ".yaml", ".edmx", ".xsd"}
FORMS = ("tripletex/2025-04-23_279461a_swagger.json", "tripletex/2025-04-23_279461a.json")

pytestmark = pytest.mark.skipif(not SPECS.is_dir(), reason=f"no vendors' descriptions in {SPECS}")

COUNTS = {
    "tripletex/2020-06-09_f487fa8.json": "D42:1 D44:1 D45:20 D55:3",
    "tripletex/2020-11-07_001d644.json": "D16:1 D42:1 D45:12 D47:1 D53:2 D55:2",
    "tripletex/2020-11-30_cb33671.json": "D45:17 D51:1",
    "tripletex/2025-04-23_279461a.json": (
        "D01:1 D16:4 D35:1 D36:2 D37:3 D42:23 D44:3 D45:312 D50:4 D53:3 D55:21 D56:2"
    ),
    "tripletex/2025-07-01_456a0d9.json": "D18:20 D45:26 D50:1 D53:170 D55:1 D56:2",
    "xero/2021-01-07_c776f14.yaml": "D45:5 D49:2 D55:2 D56:1",
    "xero/2021-07-02_c394626.yaml": "D35:1 D42:4 D45:6",
    "xero/2021-09-28_f5a9431.yaml": "D45:1 D49:2 D55:1",
    "xero/2022-02-11_bc8f7e8.yaml": "D45:8",
    "xero/2022-05-05_57507c1.yaml": "D55:4",
    "xero/2022-09-01_65ceec1.yaml": "D45:4 D55:2",
    "xero/2022-11-16_4608993.yaml": "D45:1 D55:2",
    "xero/2023-06-14_6fd5fa3.yaml": "D48:2 D55:2 D56:2",
    "xero/2026-07-14_58616f4.yaml": "D01:4 D35:1 D42:1 D45:41 D55:5 D56:1",
    "business_central/2022-12-01_85d601f5.json": "",
    "business_central/2023-06-01_6a0eda5a.json": "D44:1 D45:31",
    "business_central/2023-12-01_6526e242.json": "",
    "business_central/2026-08-21_5dc00b6a.json": "D01:2 D45:50",
    "sap_s4/2022-03-08_4f02a5a.edmx": "D45:11",
    "sap_s4/2025-09-15_aa3b5a3.edmx": "D45:80",
    "quickbooks/2020-11-09_cbc77532.xsd": "D45:142 D55:3",
    "quickbooks/2024-07-15_2d1f2187.xsd": "D45:95 D55:1",
    "tryton/fields_get_7.6.json": "D42:2 D45:48 D53:1",
}
"""What each version changed against the one before it."""

BY_HAND = {name for name in COUNTS if name.startswith(("tripletex", "xero"))}
"""Versions in OpenAPI, which are compared once more below in the plainest way."""

# The list of predictions became one prediction: what a prediction holds is not compared any more.
NOT_COMPARED = {("Prediction", "correctedValue")}
# A path's parameter has another name.
SAME_PATH = {("DELETE", "/ledger/voucher/{id}/attachment")}


@cache
def described(name: str) -> Description:
    return read_description((SPECS / name).read_bytes())


@cache
def document(name: str) -> Any:
    text = (SPECS / name).read_bytes()
    return json.loads(text) if name.endswith(".json") else yaml.load(text, yaml.CSafeLoader)


def before(name: str) -> str:
    vendor = name.partition("/")[0]
    versions = sorted(one for one in names() if one.startswith(f"{vendor}/") and "_swagger" not in one)
    return versions[versions.index(name) - 1]


@cache
def names() -> tuple[str, ...]:
    files = (one for one in SPECS.rglob("*") if one.suffix in ENDINGS)
    return tuple(sorted(str(one.relative_to(SPECS)) for one in files))


@cache
def changes(name: str) -> tuple[Change, ...]:
    return tuple(differences(described(before(name)), described(name)))


def in_short(found: Iterator[Change] | list[Change] | tuple[Change, ...]) -> list[tuple[str, str, str]]:
    return [(one.code, one.operation, one.path) for one in found]


def test_every_description_is_read() -> None:
    read = {name: described(name) for name in names()}
    assert len({description.form for description in read.values()}) >= 7
    assert all(description.operations for description in read.values())
    largest = {
        name.partition("/")[0]: len(one.operations) for name, one in read.items() if len(one.operations) > 1
    }
    assert {"24sevenoffice": 58, "exact": 358, "poweroffice": 245}.items() <= largest.items()


@pytest.mark.parametrize("name", COUNTS)
def test_each_version_changed_what_it_changed(name: str) -> None:
    counted = Counter(change.code for change in changes(name))
    assert " ".join(f"{code}:{count}" for code, count in sorted(counted.items())) == COUNTS[name]


def test_the_two_forms_of_one_version_differ_in_what_their_texts_say_and_nothing_else() -> None:
    """One file was written from a slightly older state: four fields and a parameter are in one text only."""
    old, new = (described(name) for name in FORMS)
    subscription, details = "GET /subscription/packages", "GET /bank/reconciliation/internal/match"
    value = "postingsGroup.entries[].detailsList[].valueForXLSX"
    fields = ("agreementTitle", "agreementText", "licenseText")
    assert in_short(differences(old, new)) == [
        ("D45", details, value),
        *(("D42", subscription, it) for it in fields),
    ]
    assert in_short(differences(new, old)) == [
        ("D35", "GET /product/supplierProduct", "resaleIds"),
        ("D42", details, value),
        *(("D45", subscription, it) for it in fields),
    ]
    swagger, openapi = (components(document(name)) for name in FORMS)
    assert set(fields) <= set(swagger["MySubscriptionModuleDTO"]["properties"])
    assert not set(fields) & set(openapi["MySubscriptionModuleDTO"]["properties"])
    assert "valueForXLSX" in openapi["ReconciliationEntryDetail"]["properties"]
    assert "valueForXLSX" not in swagger["ReconciliationEntryDetail"]["properties"]
    products = [document(name)["paths"]["/product/supplierProduct"]["get"] for name in FORMS]
    asked = [{one["name"] for one in get["parameters"]} for get in products]
    assert asked[1] - asked[0] == {"resaleIds"}


def test_the_two_forms_differ_in_nothing_that_the_connector_reads() -> None:
    known = catalog()
    interests = interests_of(known.connector("tripletex"), lambda stream: known.mapper("tripletex", stream))
    old, new = (described(name) for name in FORMS)
    assert uncovered(old, interests) == []
    assert touching(old, new, interests) == []
    assert touching(new, old, interests) == []


def test_a_move_of_every_response_to_default_is_silent() -> None:
    moved = json.loads((SPECS / FORMS[1]).read_bytes())
    for item in moved["paths"].values():
        for operation in item.values():
            responses = operation["responses"]
            operation["responses"] = {"default": responses["200"]} if "200" in responses else responses
    moved["servers"] = [{"url": "/v2/"}]
    assert differences(described(FORMS[1]), read_description(json.dumps(moved).encode())) == []
    assert (
        differences(described(FORMS[1]), read_description(yaml.dump(moved, Dumper=yaml.CSafeDumper).encode()))
        == []
    )


def components(found: Any) -> dict[str, Any]:
    schemas: dict[str, Any] = found.get("definitions") or found["components"]["schemas"]
    return schemas


def answered(found: Any) -> set[str]:
    """Return the names of the types in good answers of GET, found by references alone."""
    waiting = [item["get"]["responses"] for item in found["paths"].values() if "get" in item]
    waiting = [one.get("200") or one.get(200) or one.get("default") for one in waiting]
    seen: set[str] = set()
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            name = str(one.get("$ref", "")).rpartition("/")[2]
            if name in components(found) and name not in seen:
                seen.add(name)
                waiting.append(components(found)[name])
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
    return seen


def places(name: str, *codes: str) -> set[tuple[str, str]]:
    told = (change for change in changes(name) if change.code in codes and "place" in change.evidence)
    return {field_of(one) for one in told}


def field_of(change: Change) -> tuple[str, str]:
    last = change.evidence["place"].rpartition(".")[2]
    return change.evidence.get("component", ""), last.replace("[]", "")


@pytest.mark.parametrize("name", sorted(BY_HAND))
def test_removed_operations_are_those_whose_path_and_method_vanished(name: str) -> None:
    old, new = document(before(name)), document(name)
    methods = {"get", "post", "put", "delete", "patch"}
    gone = {
        (method.upper(), path)
        for path, item in old["paths"].items()
        for method in methods & set(item)
        if method not in new["paths"].get(path, {})
    }
    told = {tuple(one.operation.split(" ", 1)) for one in changes(name) if one.code in {"D01", "D05"}}
    assert told == gone - SAME_PATH


@pytest.mark.parametrize("name", sorted(BY_HAND))
def test_removed_fields_are_those_that_vanished_from_the_text(name: str) -> None:
    old, new = (components(document(one)) for one in (before(name), name))
    shared = answered(document(before(name))) & answered(document(name))
    gone = {
        (it, one)
        for it in shared
        for one in set(old[it].get("properties", {})) - set(new[it].get("properties", {}))
    }
    told = places(name, "D42", "D44")
    assert gone - NOT_COMPARED <= told
    # What is told beyond that vanished where another type took a type's place: it has no such field.
    assert all(field not in new[it].get("properties", {}) for it, field in told)


def raw_type(said: dict[str, Any]) -> str:
    # A type beside a reference counts for nothing.
    return "$ref" if "$ref" in said else str(said.get("type"))


@pytest.mark.parametrize("name", sorted(BY_HAND))
def test_changed_types_are_those_whose_text_changed(name: str) -> None:
    old, new = (components(document(one)) for one in (before(name), name))
    shared = answered(document(before(name))) & answered(document(name))
    differing = {
        (it, one)
        for it in shared
        for one, said in old[it].get("properties", {}).items()
        if (now := new[it].get("properties", {}).get(one)) is not None
        if raw_type(said) != raw_type(now)
    }
    told = places(name, "D47", "D48", "D49", "D50", "D51", "D60", "D66")
    assert differing <= told
    beyond = {("Cost", "*"), ("ResponseWrapperNumber", "value")}  # inside a map; a type of another name
    assert told - differing <= beyond


def test_fields_taken_out_of_a_real_description_are_all_found() -> None:
    name = FORMS[1]
    drawn = random.Random(SEED)  # noqa: S311
    types = {it: components(document(name))[it] for it in answered(document(name))}
    fields = sorted((it, one) for it, said in types.items() for one in said.get("properties", {}))
    taken = drawn.sample(fields, 40)
    cut = json.loads((SPECS / name).read_bytes())
    for component, field in taken:
        del cut["components"]["schemas"][component]["properties"][field]
    found = differences(described(name), read_description(json.dumps(cut).encode()))
    told = {field_of(one) for one in found}
    hidden = {it for it, _ in taken} - answered(cut)  # nothing refers to these types any more
    assert {one for one in taken if one[0] not in hidden} <= told, f"seed {SEED}"
    assert {one.code for one in found} <= {"D42", "D11"}
    assert len(found) <= len(taken)


def test_tryton_7_6_against_7_0() -> None:
    found = [one for one in changes("tryton/fields_get_7.6.json") if one.code != "D45"]
    assert in_short(found) == [
        ("D42", "POST model.party.address.search_read", "name"),
        ("D42", "POST model.account.move.search_read", "post_number"),
        ("D53", "POST model.account.move.search_read", "number"),
    ]
    known = catalog()
    interests = interests_of(known.connector("tryton"), lambda stream: known.mapper("tryton", stream))
    told = touching(
        described("tryton/fields_get_7.0.json"), described("tryton/fields_get_7.6.json"), interests
    )
    # A move has its number from its posting only, and so may have none.
    assert {(one.code, one.action, one.used_by) for one in told} == {
        ("D53", Action.NOTIFY, ("ledger_entry.voucher_number",)),
        ("D53", Action.NOTIFY, ("supplier_invoice.voucher_number",)),
    }
