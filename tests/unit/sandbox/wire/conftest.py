from __future__ import annotations

import pytest

from sluice.bootstrap.documents import catalog
from sluice.connector.spec import Connector


@pytest.fixture(scope="session")
def tryton_connector() -> Connector:
    return catalog().connector("tryton")
