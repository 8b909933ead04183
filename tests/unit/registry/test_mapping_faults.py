"""What is wrong with a connector and its mappings together."""

from __future__ import annotations

from pathlib import Path

import pytest

from sluice.local.folder_documents import FolderDocuments
from sluice.registry.catalog import Catalog, faults_of

ROOT = Path(__file__).resolve().parents[3]
CATALOG = Catalog(FolderDocuments(ROOT))
MAPPING = "transformers/quickbooks/credit_note.yaml"


@pytest.mark.parametrize(
    ("source_id", "codes"),
    [
        ("Id", []),
        ('{join: {of: [{value: credit_note}, Id], with: "-"}}', []),
        ('{join: {of: [Id, DocNumber], with: "-"}}', ["bad_id"]),
        ("DocNumber", ["bad_id"]),
    ],
)
def test_where_tombstones_come_an_id_is_made_of_the_key_alone(source_id: str, codes: list[str]) -> None:
    documents = FolderDocuments(ROOT)
    prefixes = ("connectors/quickbooks/", "transformers/quickbooks/")
    files = {path: documents.read(path) for prefix in prefixes for path in documents.paths(prefix)}
    text = files[MAPPING].decode()
    before = next(line for line in text.splitlines() if line.startswith("id:"))
    files[MAPPING] = text.replace(before, f"id: {source_id}").encode()
    found = faults_of(CATALOG.with_files("quickbooks", files), "quickbooks")
    assert [fault.code for fault in found] == codes
    assert all("DocNumber" in fault.message and fault.source == MAPPING for fault in found)
