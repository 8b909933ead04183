"""Documents of a folder, and of other folders in its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from sluice.bootstrap.documents import ROOT, catalog
from sluice.local.folder_documents import FolderDocuments
from sluice.ports.documents import DocumentNotFound


def _file(root: Path, path: str, text: str = "x") -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text)


def test_another_folder_takes_the_place_but_for_what_all_erps_share(tmp_path: Path) -> None:
    _file(tmp_path, "repository/transformers/mapping.schema.json", "law")
    _file(tmp_path, "repository/transformers/canonical/customer.json", "model")
    _file(tmp_path, "repository/transformers/one/customer.yaml")
    _file(tmp_path, "mine/two/customer.yaml", "mine")
    documents = FolderDocuments(tmp_path / "repository", {"transformers": tmp_path / "mine"})
    assert documents.read("transformers/two/customer.yaml") == b"mine"
    assert documents.read("transformers/mapping.schema.json") == b"law"
    assert list(documents.paths("transformers/canonical/")) == ["transformers/canonical/customer.json"]
    with pytest.raises(DocumentNotFound):
        documents.read("transformers/one/customer.yaml")
    _file(tmp_path, "mine/mapping.schema.json", "own law")
    assert documents.read("transformers/mapping.schema.json") == b"own law"


def test_a_path_that_leads_out_is_not_found(tmp_path: Path) -> None:
    _file(tmp_path, "secret.json")
    with pytest.raises(DocumentNotFound):
        FolderDocuments(tmp_path / "repository").read("../secret.json")


def test_a_folder_of_connectors_and_mappings_alone_is_enough(tmp_path: Path) -> None:
    for top in ("connectors", "transformers"):
        for file in (ROOT / top / "tripletex").iterdir():
            _file(tmp_path, f"{top}/tripletex/{file.name}", file.read_text())
    known = catalog(tmp_path / "connectors", tmp_path / "transformers")
    assert known.names() == ["tripletex"]
    assert known.mapper("tripletex", "customer").entity == "customer"
