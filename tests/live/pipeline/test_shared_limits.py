"""Ten connections share one key, each run by Lambdas of its own: the vendor sees no eleventh request."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.options import Options
from sandbox.server import SandboxServer, serve
from sluice.bootstrap.deployment import Deployment
from sluice.bootstrap.documents import ROOT, catalog, folder_documents
from sluice.model.connection import Connection
from sluice.model.secret import Secret
from sluice.registry.packages import files_of
from sluice.usecases.deciding.registering import Wanted, register
from sluice.usecases.operating.runs import start_run
from tests.live.pipeline.conftest import end_of
from tests.live.pipeline.inbox import Inbox

NAME = "skjaer"
CONNECTIONS = [f"skjaer{number}" for number in range(10)]
RECORDS = 20
STREAMS = ("connector", "account", "product")
LIMIT = "limits: [{requests: 10, seconds: 1, shared_by: [{secret: token}]}]"
pytestmark = pytest.mark.timeout(400)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with an ERP of its own making: Fiken's products, ten a page, under another limit."""
    root = tmp_path_factory.mktemp(NAME)
    for path, data in files_of(folder_documents(ROOT), "fiken").items():
        if path.endswith(".yaml") and path.rpartition("/")[2].removesuffix(".yaml") in STREAMS:
            text = data.decode().replace("name: fiken", f"name: {NAME}")
            text = re.sub("(?m)^concurrency: 1.*$", LIMIT, re.sub(r"(?m)^  size: 100\b", "  size: 10", text))
            file = root / path.replace("/fiken/", f"/{NAME}/")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
    return root


@pytest.fixture(scope="module")
def vendor(folder: Path) -> Iterator[SandboxServer]:
    spec = catalog(folder / "connectors", folder / "transformers").connector(NAME)
    server = serve(spec, 0, Options(records={"product": RECORDS}, bans=True))
    yield server
    server.close()


def test_ten_connections_at_once_never_make_it_eleven(
    deployment: Deployment, inbox: Inbox, folder: Path, vendor: SandboxServer
) -> None:
    register(deployment.world, files_of(folder_documents(folder), NAME), Wanted(NAME, "test"))
    secrets = {key: Secret(text) for key, text in vendor.secrets.items()}
    for name in CONNECTIONS:
        connection = Connection(name, NAME, settings=dict(vendor.settings), streams=("product",))
        deployment.desk.add(connection, secrets)
    runs = [start_run(deployment.world, name) for name in CONNECTIONS]
    for run in runs:
        assert [stream.outcome for stream in end_of(deployment, run).streams] == ["synced"]
    seen = vendor.sandbox.warden.look()
    assert seen["banned"] == 0
    assert 2 <= seen["most"]["10 requests in 1 s"] <= 10
    for name in CONNECTIONS:
        assert len(inbox.events(name)) == RECORDS
        deployment.desk.remove(name)
