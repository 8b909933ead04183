"""IAM keeps connections apart: of code that mistakes one for another, AWS serves nothing of the other."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from sandbox.server import SandboxServer
from sluice.bootstrap.deployment import Deployment
from sluice.model.connection import Connection
from sluice.model.secret import Secret
from sluice.settings import DEFAULT_REGION, LOCAL_STAGE
from sluice.usecases.operating.runs import RunView
from tests.live.pipeline.conftest import run_to_end
from tests.live.pipeline.test_consumer import client

pytestmark = pytest.mark.timeout(600)

STREAM = "supplier"


def run_of(deployment: Deployment, sandbox: SandboxServer, name: str) -> RunView:
    """Run a new connection to its end: of one stream, with credentials of its own."""
    connection = Connection(name, "tripletex", settings=dict(sandbox.settings), streams=(STREAM,))
    deployment.desk.add(connection, {key: Secret(text) for key, text in sandbox.secrets.items()})
    return run_to_end(deployment, name)


def chunks_of(deployment: Deployment, name: str) -> list[str]:
    return list(deployment.world.objects.keys(f"raw/{name}/"))


def test_what_keeps_to_its_own_is_served(deployment: Deployment, sandbox: SandboxServer) -> None:
    view = run_of(deployment, sandbox, "upright")
    assert [result.outcome for result in view.streams] == ["synced"], view
    assert chunks_of(deployment, "upright")


def test_credentials_of_another_connection_are_not_served(
    deployment: Deployment, sandbox: SandboxServer
) -> None:
    view = run_of(deployment, sandbox, "astray")
    assert view.run is not None
    assert view.run.status == "failed"
    assert "may not read it (AccessDeniedException)" in view.run.cause, view.run
    assert chunks_of(deployment, "astray") == []


def test_nothing_is_written_among_what_is_of_another(deployment: Deployment, sandbox: SandboxServer) -> None:
    before = chunks_of(deployment, "acme")
    view = run_of(deployment, sandbox, "aslant")
    [result] = view.streams
    assert result.outcome == "failed", view
    assert "AccessDenied" in str(result.cause), view
    assert chunks_of(deployment, "acme") == before


@pytest.mark.parametrize("name", ["fetch_pages", "transform"])
@pytest.mark.parametrize("tag", ["connection", "tenant"])
def test_no_other_takes_on_a_functions_role(deployment: Deployment, name: str, tag: str) -> None:
    # Without tags MiniStack takes whoever this is for Lambda, which may.
    with pytest.raises(ClientError, match="not authorized to perform"):
        client(deployment, "sts").assume_role(
            RoleArn=f"arn:aws:iam::000000000000:role/sluice-{LOCAL_STAGE}-{name}-{DEFAULT_REGION}",
            RoleSessionName="somebody",
            Tags=[{"Key": tag, "Value": "acme"}],
        )
