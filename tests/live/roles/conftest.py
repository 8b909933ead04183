"""One deployment for all tests here, with every role's policy enforced.

MiniStack checks IAM when it is told to. In five places it asks for something else than AWS does; there the
deployed copy is adapted. Nor is anything here as old as what is forgotten: there it is adapted, too. And it
mistakes two connections for another, as code might that has an error: IAM is to notice.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.options import Options
from sandbox.server import SandboxServer, serve
from sluice.bootstrap.deployment import Deployment
from sluice.bootstrap.documents import ROOT
from sluice.local import artefact, deploy, embedded_aws, node
from sluice.model.connection import Connection
from sluice.model.secret import Secret
from sluice.settings import DEFAULT_REGION, LOCAL_STAGE
from tests.live.pipeline.conftest import HASTE

_TOKENS = "Action: [states:SendTaskSuccess, states:SendTaskFailure]\n                Resource:\n"
_MACHINES = "                  - ${self:custom.syncArn}\n                  - ${self:custom.replayArn}\n"
_LISTED = "Action: [states:ListExecutions]\n                Resource: "
_PLACE = "arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}"
_OF_MAP_RUNS = f'{{Fn::Sub: "{_PLACE}:mapRun:${{self:custom.name}}-backfill/*:*"}}'
ADAPTED = {
    # One machine speaks plain http.
    'aws:SecureTransport: "false"': 'aws:SecureTransport: "elsewhere"',
    # On AWS sns:Publish is what PublishBatch needs (Service Authorization Reference, Amazon SNS).
    "Action: [sns:Publish]": "Action: [sns:Publish, sns:PublishBatch]",
    # A schedule's resource names its group; here every schedule is taken for one of the group `default`.
    ":schedule/${self:custom.name}/*": ":schedule/default/*",
    # On AWS a token's resource is its state machine (seen in its refusals: aws/aws-cdk pull request 8486).
    _TOKENS + _MACHINES: _TOKENS + '                  - "*"\n',
    # On AWS the executions of a Map Run are listed by its ARN; here such a request has no resource.
    _LISTED + _OF_MAP_RUNS: _LISTED + '"*"',
}

CODE = {
    # Nothing that lies there is as old as what is forgotten.
    "forget_snapshots.py": ("timedelta(days=", "timedelta(0 * ", 2),
    # `astray` reads the credentials of `acme`, and `aslant` writes among its chunks.
    "access/credentials.py": (
        'f"{connection}/credentials"',
        "f\"{connection.replace('astray', 'acme')}/credentials\"",
        1,
    ),
    "fetching/step.py": (
        'f"raw/{of.connection.name}/',
        "f\"raw/{of.connection.name.replace('aslant', 'acme')}/",
        1,
    ),
}
"""What of sluice/usecases is written otherwise in the deployed copy: what, how instead, and how often."""


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the project in which infra/ is adapted."""
    folder = tmp_path_factory.mktemp("project")
    node.install_tools(ROOT)
    (folder / "node_modules").symlink_to(ROOT / "node_modules")
    for name in (*artefact.CODE, "infra", "state_machines"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("serverless.yml", "package.json", "package-lock.json"):
        shutil.copy(ROOT / name, folder / name)
    found = 0
    for file in (folder / "infra").rglob("*.yml"):
        text = file.read_text()
        found += sum(text.count(asked) for asked in ADAPTED)
        for asked, instead in ADAPTED.items():
            text = text.replace(asked, instead)
        file.write_text(text)
    assert found == 10, "infra/ words its statements otherwise now: look at ADAPTED"
    for name, (asked, instead, times) in CODE.items():
        file = folder / "sluice" / "usecases" / name
        assert file.read_text().count(asked) == times, f"{name} is written otherwise now: look at CODE"
        file.write_text(file.read_text().replace(asked, instead))
    return folder


@pytest.fixture(scope="session")
def deployment(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    home = tmp_path_factory.mktemp("home")
    running = embedded_aws.start(home, port=0, extra={"AUTH": "true", **HASTE})
    try:
        deploy.deploy(project, home, running)
        yield Deployment(LOCAL_STAGE, DEFAULT_REGION, running.endpoint)
    finally:
        embedded_aws.stop(home)


@pytest.fixture(scope="session")
def sandbox(deployment: Deployment) -> Iterator[SandboxServer]:
    spec = deployment.world.catalog.connector("tripletex")
    options = Options(scale=0.05, secrets={name: f"made-up-{name}" for name in spec.secrets})
    server = serve(spec, 0, options)
    connection = Connection("acme", "tripletex", settings=dict(server.settings))
    deployment.desk.add(connection, {key: Secret(text) for key, text in server.secrets.items()})
    yield server
    server.close()
