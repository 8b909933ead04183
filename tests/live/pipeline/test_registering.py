"""An ERP that the deployed artefact has never heard of: registered, read, changed, and taken back."""

from __future__ import annotations

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
from sluice.usecases.deciding.registering import Wanted, register, roll_back
from tests.live.pipeline.conftest import run_to_end
from tests.live.pipeline.inbox import Inbox

NAME = "fjord"
RECORDS = 40
STREAMS = ("connector", "account", "product")
pytestmark = pytest.mark.timeout(400)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with an ERP of its own making: Fiken's products under another name."""
    root = tmp_path_factory.mktemp("fjord")
    for path, text in files_of(folder_documents(ROOT), "fiken").items():
        if path.endswith(".yaml") and path.rpartition("/")[2].removesuffix(".yaml") in STREAMS:
            file = root / path.replace("/fiken/", f"/{NAME}/")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text.replace(b"name: fiken", f"name: {NAME}".encode()))
    return root


@pytest.fixture(scope="module")
def erp(folder: Path) -> Iterator[SandboxServer]:
    spec = catalog(folder / "connectors", folder / "transformers").connector(NAME)
    server = serve(spec, 0, Options(records={"product": RECORDS}))
    yield server
    server.close()


def names(inbox: Inbox) -> list[str]:
    """Return what the consumer knows the products by, in the order of their ids."""
    latest = {}
    for event in inbox.events("fjordfisk"):
        latest[event["data"]["source_id"]] = event["data"].get("name")
    return [latest[key] for key in sorted(latest)]


def test_an_erp_is_added_changed_and_taken_back_while_the_pipeline_stands(
    deployment: Deployment, inbox: Inbox, folder: Path, erp: SandboxServer
) -> None:
    world, wanted = deployment.world, Wanted(NAME, "test")
    assert NAME not in world.catalog.names()
    assert register(world, files_of(folder_documents(folder), NAME), wanted).version == 1
    secrets = {key: Secret(text) for key, text in erp.secrets.items()}
    deployment.desk.add(
        Connection("fjordfisk", NAME, settings=dict(erp.settings), streams=("product",)), secrets
    )
    assert outcome(deployment) == ("synced", RECORDS)
    first = names(inbox)
    assert len(first) == RECORDS
    assert len(set(first)) > 1

    mapping = folder / f"transformers/{NAME}/product.yaml"
    plain = mapping.read_text("utf-8")
    assert "  name: name\n" in plain
    mapping.write_text(plain.replace("  name: name\n", "  name: {value: Laks}\n"), "utf-8")
    done = register(world, files_of(folder_documents(folder), NAME), wanted)
    assert (done.version, done.connections, done.read_again) == (2, ("fjordfisk",), ("product",))
    assert outcome(deployment) == ("synced", RECORDS)
    assert set(names(inbox)) == {"Laks"}

    assert roll_back(world, wanted).version == 1
    assert outcome(deployment) == ("synced", RECORDS)
    assert names(inbox) == first
    assert outcome(deployment) == ("synced", 0)
    deployment.desk.remove("fjordfisk")


def outcome(deployment: Deployment) -> tuple[str, int]:
    """Run; return what became of the stream, and how many events were published."""
    view = run_to_end(deployment, "fjordfisk")
    (result,) = view.streams
    return result.outcome, result.counts["published"]
