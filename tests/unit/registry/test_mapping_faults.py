"""What is wrong with a connector and its mappings together."""

from __future__ import annotations

from pathlib import Path

import pytest

from sluice.bootstrap.documents import catalog
from sluice.local.folder_documents import FolderDocuments
from sluice.registry.catalog import faults_of
from tests.unit.connector.scripted import CONNECTOR, STREAM
from tests.unit.mapping.documents import HEAD

ROOT = Path(__file__).resolve().parents[3]
CATALOG = catalog()
MAPPING = "transformers/quickbooks/credit_note.yaml"


@pytest.mark.parametrize(
    ("before", "after", "code", "says"),
    [
        ("DocNumber", "DocNumbr", "unknown_field", "did you mean 'DocNumber'?"),
        ("CustomerRef.value", "CustomerRef.valeu", "unknown_field", "did you mean 'value'?"),
        ("DocNumber", "Line", "wrong_kind", "can never be text"),
    ],
)
def test_what_a_mapping_reads_is_declared_or_it_is_not_registered(
    before: str, after: str, code: str, says: str
) -> None:
    files = quickbooks()
    text = files[MAPPING].decode()
    number = next(at for at, line in enumerate(text.splitlines(), 1) if line.endswith(f": {before}"))
    files[MAPPING] = text.replace(f": {before}\n", f": {after}\n", 1).encode()
    (fault,) = faults_of(CATALOG.with_files("quickbooks", files), "quickbooks")
    assert (fault.code, fault.source) == (code, f"{MAPPING}:{number}")
    assert says in fault.message


def quickbooks() -> dict[str, bytes]:
    """Return the connector's files."""
    documents = FolderDocuments(ROOT)
    prefixes = ("connectors/quickbooks/", "transformers/quickbooks/")
    return {path: documents.read(path) for prefix in prefixes for path in documents.paths(prefix)}


@pytest.mark.parametrize(
    ("source_id", "codes"),
    [
        ("Id", []),
        ('{join: {of: [{value: credit_note}, Id], with: "-"}}', []),
        ('{join: {of: [Id, DocNumber], with: "-"}}', ["bad_id"]),
        ("DocNumber", ["bad_id", "key_not_in_id"]),
    ],
)
def test_where_tombstones_come_an_id_is_made_of_the_key_alone(source_id: str, codes: list[str]) -> None:
    files = quickbooks()
    text = files[MAPPING].decode()
    before = next(line for line in text.splitlines() if line.startswith("id:"))
    files[MAPPING] = text.replace(before, f"id: {source_id}").encode()
    found = faults_of(CATALOG.with_files("quickbooks", files), "quickbooks")
    assert [fault.code for fault in found] == codes
    assert all(fault.source == MAPPING for fault in found)
    assert all("DocNumber" in fault.message for fault in found if fault.code == "bad_id")


@pytest.mark.parametrize(
    ("source_id", "says"),
    [
        ("id", "does not read grp,"),
        ("grp", "does not read id,"),
        ("name", "does not read grp, id,"),
        ("{join: {of: [id, name]}}", "does not read grp,"),
        ("{join: {of: [id, grp], with: '-'}}", ""),
        ("id\nunique: One group of things is read.", ""),
    ],
)
def test_an_id_reads_all_of_the_key_or_says_why_no_two_records_have_it(source_id: str, says: str) -> None:
    """Of two records with one id the one would take the place of the other, and be lost."""
    stream = STREAM.replace("key: id", "key: [id, grp]") + "    grp: {type: string, sample: company_name}\n"
    files = {
        "connectors/toy/connector.yaml": CONNECTOR.encode(),
        "connectors/toy/thing.yaml": stream.encode(),
        "transformers/toy/thing.yaml": HEAD.replace("id: id", f"id: {source_id}").encode()
        + b"fields: {name: name}\n",
    }
    found = faults_of(CATALOG.with_files("toy", files), "toy")
    assert [fault.code for fault in found] == (["key_not_in_id"] if says else [])
    assert all(says in fault.message and fault.pointer == "/id" for fault in found)
