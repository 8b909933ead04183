"""A sandbox serves a list of ids, and each record at its own address, as the connector says."""

from __future__ import annotations

import json
from itertools import chain

import pytest

from sandbox.exchange import Incoming
from sandbox.mutations import read_mutation
from sluice.errors import ApiChanged
from sluice.usecases.contracts.diff import diff_of, interests_of
from tests.unit.connector.scripted import CONNECTOR, STREAM
from tests.unit.expanding.family_erp import FAMILY
from tests.unit.expanding.listing_erp import DETAILS
from tests.unit.expanding.sandboxed import SandboxSender, catalog, puller, raw

LISTING = STREAM + DETAILS % ("{verbose: true}", 3)


def _sandbox(count: int = 5) -> SandboxSender:
    return SandboxSender(catalog(LISTING).connector("toy"), records={"thing": count})


def test_the_list_gives_ids_alone_and_the_record_comes_from_its_own_address() -> None:
    sender = _sandbox()
    headers = {"authorization": "Bearer " + sender.sandbox.secrets["api_key"]}
    listed = sender.sandbox.answer(Incoming("GET", "/thing", {"from": "0", "count": "2"}, headers))
    whole = sender.sandbox.shelves["thing"].records()
    assert json.loads(listed.body) == {"items": [{"id": whole[0]["id"]}, {"id": whole[1]["id"]}], "total": 5}
    one = sender.sandbox.answer(Incoming("GET", f"/thing/{whole[1]['id']}", {}, headers))
    assert json.loads(one.body) == {"thing": whole[1]}
    for path in ("/thing/999999", "/thing/", "/thing/1/2"):
        assert sender.sandbox.answer(Incoming("GET", path, {}, headers)).status == 404


def test_a_pull_brings_every_record_whole() -> None:
    sender = _sandbox()
    assert raw(catalog(LISTING), sender) == sender.sandbox.shelves["thing"].records()
    assert sorted(set(sender.paths)) == ["/thing", *(f"/thing/{key}" for key in range(1, 6))]


def test_a_pull_maps_the_records_that_were_fetched() -> None:
    sender = _sandbox()
    events = [json.loads(line) for line in puller(catalog(LISTING), sender).events()]
    names = [record["name"] for record in sender.sandbox.shelves["thing"].records()]
    assert [event["data"]["name"] for event in events] == names


def test_a_record_deleted_meanwhile_is_left_out() -> None:
    whole = catalog(LISTING, CONNECTOR.replace("size: 2", "size: 50"))
    sender = SandboxSender(whole.connector("toy"), records={"thing": 30})
    found = chain.from_iterable(puller(whole, sender).raw())
    first = json.loads(next(found))
    sender.sandbox.shelves["thing"].delete(["20"])
    rest = [json.loads(line)["id"] for line in found]
    assert [first["id"], *rest] == [key for key in range(1, 31) if key != 20]


def test_a_field_renamed_in_the_record_is_seen_in_the_record() -> None:
    sender = _sandbox(20)
    sender.sandbox.mutate(read_mutation("D44:thing.name=title"))
    found = raw(catalog(LISTING), sender)
    assert len(found) == 20
    assert all("title" in record and "name" not in record for record in found)


def test_a_list_without_ids_holds_the_stream() -> None:
    sender = _sandbox(20)
    sender.sandbox.mutate(read_mutation("D44:thing.id=number"))
    with pytest.raises(ApiChanged) as caught:
        raw(catalog(LISTING), sender)
    assert caught.value.changes[0].code == "D58"


@pytest.mark.parametrize(
    ("details", "code", "place"),
    [
        ("details: {path: /thing/1, path_parameters: {}}", "missing_call", "/details/path_parameters"),
        ("details: {path: '/thing/{x}', path_parameters: {}}", "missing_path_parameter", "/details/path"),
        (
            "details: {path: '/thing/{x}', path_parameters: {x: {record: id}}, concurrency: 5}",
            "not_allowed",
            "/details/concurrency",
        ),
    ],
)
def test_what_is_wrong_with_details_is_said(details: str, code: str, place: str) -> None:
    found = catalog(STREAM + details + "\n", CONNECTOR)
    with pytest.raises(Exception, match=f"{place}.*{code}"):
        found.connector("toy")


def test_a_record_is_spoken_of_in_details_alone() -> None:
    with pytest.raises(Exception, match="'record' is not a word"):
        catalog(STREAM + "request: {query: {x: {record: id}}}\n").connector("toy")


PROJECT = """\
format: 1
stream: project
title: Projects
path: /project
records: projects
key: number
pagination: {kind: offset, offset: {query: skip}, limit: {query: take}, size: 2, total: {body: count}}
schema:
  type: object
  required: [number]
  properties:
    number: {type: integer, sample: {sequence: 10}}
    customer: {type: object, properties: {name: {type: string, sample: company_name}}}
"""


def test_a_list_below_a_parent_holds_what_is_its_own_and_not_the_parent() -> None:
    sender = SandboxSender(catalog(FAMILY).connector("toy"), records={"thing": 12})
    whole = sender.sandbox.shelves["thing"].records()
    found = raw(catalog(FAMILY), sender)
    assert sorted(record["id"] for record in found) == [record["id"] for record in whole]
    assert {(one["id"], one["parent"]["number"]) for one in found} == {
        (one["id"], one["parent"]["number"]) for one in whole
    }
    headers = {"authorization": "Bearer " + sender.sandbox.secrets["api_key"]}
    asked = Incoming("GET", f"/project/{whole[0]['parent']['number']}/thing", {"count": "1"}, headers)
    (one,) = json.loads(sender.sandbox.answer(asked).body)["items"]
    assert "parent" not in one


def test_a_parent_whose_name_is_written_otherwise_in_the_address_is_found() -> None:
    """The list says 25/26, and the address 25_6_26; so it is in the address of a record."""
    written = "{join: [Y, {replace: {parent: number}, with: {/: _6_}}]}"
    stream = FAMILY.replace("{parent: number}", written)
    stream = stream.replace(
        "{type: integer, sample: {integer: [1, 3]}}", "{type: string, sample: {constant: 25/26}}"
    )
    details = (
        "details: {path: '/thing/{id}', path_parameters: {id: {replace: {record: id}, with: {'1': _}}}}\n"
    )
    sender = SandboxSender(catalog(stream + details).connector("toy"), records={"thing": 12})
    assert len(raw(catalog(stream + details), sender)) == 12
    assert {"/project/Y25_6_26/thing", "/thing/_2"} <= set(sender.paths)


def test_parents_that_are_a_stream_of_the_connector_are_those_of_that_stream() -> None:
    stream = FAMILY.replace("sample: {integer: [1, 3]}", "sample: {reference: project}")
    mapping = "format: 1\nstream: project\nentity: project\nid: number\nfields:\n  name: customer.name\n"
    more = {"connectors/toy/project.yaml": PROJECT, "transformers/toy/project.yaml": mapping}
    found = catalog(stream, more=more)
    sender = SandboxSender(found.connector("toy"), records={"thing": 12, "project": 5})
    records = raw(found, sender)
    assert len(records) == 12
    names = {one["number"]: one["customer"] for one in sender.sandbox.shelves["project"].records()}
    assert all(record["parent"]["customer"] == names[record["parent"]["number"]] for record in records)
    assert {path for path in sender.paths if path != "/project"} == {f"/project/{one}/thing" for one in names}


def test_a_description_shows_the_address_of_a_record_and_what_changes_there() -> None:
    published = "published: {kind: openapi, path: /openapi.json}\n"
    found = catalog(LISTING, CONNECTOR + published)
    connector = found.connector("toy")
    interests = interests_of(connector, lambda name: found.mapper("toy", name))
    sender = SandboxSender(connector, records={"thing": 5})
    asked = Incoming("GET", "/openapi.json", {}, {"authorization": "Bearer " + _key(sender)})
    before = sender.sandbox.answer(asked).body
    assert "/thing/{number}" in json.loads(before)["paths"]
    sender.sandbox.mutate(read_mutation("D44:thing.name=title"))
    diff = diff_of(("before", before), ("after", sender.sandbox.answer(asked).body), interests)
    assert diff.breaking
    assert diff.uncovered == ()
    assert "department.name" in diff.changes[0].used_by


def _key(sender: SandboxSender) -> str:
    return sender.sandbox.secrets["api_key"]
