"""A draft of the tutorial's description, and of vendors' real ones: what is decided, and what is asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sluice.bootstrap.documents import ROOT
from sluice.description.read import read_description
from sluice.errors import ConfigurationInvalid
from sluice.kit.draft import Draft, Wanted, draft
from sluice.kit.notes_page import LEFT_OUT, notes_page
from sluice.local.folder_documents import FolderDocuments
from sluice.registry.catalog import Catalog, faults_of
from tests import yaml_text

DOCUMENTS = FolderDocuments(ROOT)
SPECS = ROOT.parent / "shared/specs"
TUTORIAL = read_description((ROOT / "docs/tutorial/bygdeverk.openapi.yaml").read_bytes())
FILL_IN = {"rule_missing"}
"""Faults that say what a person has to fill in."""

REAL = {
    "tripletex/2025-07-01_456a0d9.json": 14,
    "poweroffice/2025-03-10_0dc198c.yaml": 11,
    "business_central/2026-08-21_5dc00b6a.json": 12,
    "exact/2022-03-23_3e0ed67.json": 9,
    "xero/2026-07-14_58616f4.yaml": 4,
    "24sevenoffice/2025-10-21_d58e435.json": 4,
    "sap_s4/2025-09-15_aa3b5a3.edmx": 2,
}


def bygdeverk(*paths: str) -> Draft:
    return draft(TUTORIAL, DOCUMENTS, Wanted("bygdeverk", paths))


def read(drafted: Draft, path: str) -> Any:
    return yaml_text.read(drafted.files[path])


def test_lists_become_streams_and_what_they_share_stands_once() -> None:
    drafted = bygdeverk()
    assert drafted.streams == ["customer", "project"]
    connector = read(drafted, "connectors/bygdeverk/connector.yaml")
    assert connector["records"] == "items"
    assert connector["pagination"] == {
        "kind": "offset",
        "offset": {"query": "offset"},
        "limit": {"query": "limit"},
        "size": 200,
        "total": {"body": "total"},
    }
    assert connector["auth"]["attach"] == {"headers": {"x-api-key": {"secret": "api_key"}}}
    assert connector["settings"]["required"] == ["company_id"]
    assert connector["settings"]["properties"]["base_url"]["default"] == "https://api.bygdeverk.example/v1"


def test_a_stream_says_how_to_ask_for_changes_and_declares_its_fields() -> None:
    stream = read(bygdeverk(), "connectors/bygdeverk/customer.yaml")
    assert stream["path"] == "/companies/{company_id}/clients"
    assert stream["path_parameters"] == {"company_id": {"setting": "company_id"}}
    assert stream["incremental"]["query"] == {"changed_since": {"since": "datetime"}}
    properties = stream["schema"]["properties"]
    assert properties["name"] == {"type": "string", "sample": "company_name"}
    assert properties["clientNo"]["type"] == ["string", "null"]
    project = read(bygdeverk(), "connectors/bygdeverk/project.yaml")
    client = project["schema"]["properties"]["client"]["properties"]
    assert client["id"] == {"type": ["integer", "null"], "sample": {"reference": "customer"}}
    assert "incremental" not in project


def test_fields_are_mapped_by_name_and_type() -> None:
    drafted = bygdeverk()
    assert read(drafted, "transformers/bygdeverk/customer.yaml")["fields"] == {
        "number": "clientNo",
        "name": "name",
        "organisation_number": "orgNo",
        "active": {"not": "archived"},
        "email": "email",
        "phone": "phone",
        "postal_address": {
            "object": {
                "line_1": "address.street",
                "postal_code": "address.zip",
                "city": "address.city",
                "country": "address.countryCode",
            }
        },
        "updated_at": "updated",
    }
    assert read(drafted, "transformers/bygdeverk/project.yaml")["fields"]["customer_id"] == "client.id"


def test_what_cannot_be_known_is_asked_and_what_is_left_out_is_said() -> None:
    drafted = bygdeverk()
    asked = [where for where, what in drafted.notes.open if what.startswith("fields.name")]
    assert asked == ["project.yaml"]
    left = [what for where, what in drafted.notes.decided if where == LEFT_OUT]
    assert left == ["/companies/{companyId}/jobs/{jobId}/photos: is read once for each jobId"]
    assert "# TODO fields.name" in drafted.files["connectors/bygdeverk/project.yaml"]
    page = notes_page("bygdeverk", TUTORIAL, drafted.notes)
    assert all(what in page for _, what in [*drafted.notes.open, *drafted.notes.decided])


def test_the_check_names_exactly_what_is_to_be_filled_in() -> None:
    files = {path: text.encode() for path, text in bygdeverk().files.items()}
    (fault,) = faults_of(Catalog(DOCUMENTS).with_files("bygdeverk", files), "bygdeverk")
    assert (fault.code, fault.pointer) == ("rule_missing", "/fields")
    path = "transformers/bygdeverk/project.yaml"
    files[path] += b"  name: heading\n"
    assert faults_of(Catalog(DOCUMENTS).with_files("bygdeverk", files), "bygdeverk") == []


def test_lists_are_taken_by_their_paths_too() -> None:
    drafted = bygdeverk("/companies/{companyId}/jobs=order")
    assert drafted.streams == ["order"]
    assert read(drafted, "transformers/bygdeverk/order.yaml")["entity"] == "order"


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/companies/{companyId}/client", "no list at .*; did you mean '/companies/{companyId}/clients'"),
        ("/companies/{companyId}/jobs/{jobId}/photos", "does not say which entity .* holds; right would be"),
        ("/companies/{companyId}/jobs=martian", "right would be .*=ENTITY, with one of customer"),
    ],
)
def test_a_wrong_path_is_refused_with_what_would_be_right(path: str, message: str) -> None:
    with pytest.raises(ConfigurationInvalid, match=message):
        bygdeverk(path)


def test_a_description_without_any_list_is_refused() -> None:
    text = b'{"openapi": "3.0.0", "info": {}, "paths": {"/ping": {"get": {"responses": {"200": {}}}}}}'
    with pytest.raises(ConfigurationInvalid, match="describes no list that is recognised"):
        draft(read_description(text), DOCUMENTS, Wanted("x"))


@pytest.mark.thorough(most=2)
@pytest.mark.parametrize("name", REAL)
def test_a_real_description_becomes_a_draft_that_checks_or_says_what_lacks(name: str) -> None:
    file = SPECS / name
    if not file.is_file():
        pytest.skip("the vendors' descriptions (../shared/specs) are not here")
    drafted = draft(read_description(file.read_bytes()), DOCUMENTS, Wanted("vendor"))
    assert len(drafted.streams) == REAL[name]
    files = {path: text.encode() for path, text in drafted.files.items()}
    faults = faults_of(Catalog(DOCUMENTS).with_files("vendor", files), "vendor")
    assert {fault.code for fault in faults} <= FILL_IN, faults
    asked = [what for _, what in drafted.notes.open]
    for fault in faults:
        field = fault.message.split()[0]
        assert any(what.startswith(f"fields.{field}:") for what in asked), fault


@pytest.mark.thorough(most=0)
def test_much_of_a_mapping_made_by_hand_is_proposed() -> None:
    file = SPECS / "tripletex/2025-07-01_456a0d9.json"
    if not file.is_file():
        pytest.skip("the vendors' descriptions (../shared/specs) are not here")
    drafted = draft(read_description(file.read_bytes()), DOCUMENTS, Wanted("vendor"))
    same, others = 0, 0
    for stream in ("customer", "project", "employee", "product", "time_entry"):
        own = yaml_text.read((ROOT / f"transformers/tripletex/{stream}.yaml").read_text("utf-8"))["fields"]
        proposed = read(drafted, f"transformers/vendor/{stream}.yaml")["fields"]
        for name, rule in own.items():
            same += proposed.get(name) == rule
            others += name in proposed and proposed[name] != rule
    assert same >= 35
    assert same >= 3 * others


def test_the_tests_of_real_descriptions_do_run_where_these_are() -> None:
    if not SPECS.is_dir():
        pytest.skip("the vendors' descriptions (../shared/specs) are not here")
    assert [name for name in REAL if not Path(SPECS / name).is_file()] == []
