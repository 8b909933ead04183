from __future__ import annotations

from pathlib import Path

import pytest

from sluice.connector.load import load_connector
from sluice.connector.spec import Connector
from sluice.local.folder_documents import FolderDocuments


@pytest.fixture(scope="session")
def tryton_connector() -> Connector:
    return load_connector(FolderDocuments(Path(__file__).parents[4]), "tryton")
