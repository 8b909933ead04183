"""Deploys serverless.yml to the embedded AWS with osls, and knows when there is nothing new to deploy.

Deploying to AWS is `npx osls deploy` (serverless.yml): a person's credentials are no business of this module.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from sluice.local import artefact, embedded_aws, node
from sluice.settings import DEFAULT_REGION, LOCAL_STAGE

_STACK = f"sluice-{LOCAL_STAGE}"
_INFRA = ("serverless.yml", "infra", "state_machines", "package-lock.json")

_PAUSE = 0.1
_SAY_EVERY = 5.0
"""Seconds between two words to whoever waits."""

CONSOLE = "http://localhost:4173"
"""The console's origin, as serverless.yml has it too."""

Progress = Callable[[str], None]


class NotDeployed(Exception):
    """osls did not deploy; the message ends with what it said, the whole of it is in the log."""


def deploy(
    project: Path,
    home: Path,
    running: embedded_aws.Running,
    progress: Progress = lambda _: None,
    console: str = CONSOLE,
) -> dict[str, str]:
    """Deploy the project to the embedded AWS, unless it is there as it is now; return the stack's outputs.

    ``home`` keeps the log and the fingerprint; ``progress`` is told in words what happens; ``console`` is the
    origin where browsers will find the console. Raises NotDeployed, and NodeMissing where osls cannot be run.
    """
    progress("building the artefact")
    built = artefact.build_local(project)
    print_now = f"{fingerprint(project, built)} {console}"
    record = home / "deployed.json"
    outputs = stack_outputs(running.endpoint)
    if outputs and _recorded(record) == print_now:
        progress("deployed already, and nothing has changed")
        return outputs
    with alone_with_osls(project, progress):
        progress("preparing osls")
        node.install_tools(project)
        progress("deploying serverless.yml")
        _run_osls(project, home, running.endpoint, console, progress)
    record.write_text(json.dumps({"fingerprint": print_now}) + "\n")
    outputs = stack_outputs(running.endpoint)
    if not outputs:
        raise NotDeployed(f"osls ended well, but there is no stack {_STACK}; see {home / 'deploy.log'}")
    return outputs


@contextmanager
def alone_with_osls(project: Path, progress: Progress = lambda _: None) -> Iterator[None]:
    """Hold what only one may do in a working tree at a time; say so while another holds it.

    Whatever osls packages it makes in the tree's ``.serverless/`` first, also where it is told of a folder.
    """
    lock = project / ".sluice" / "osls.lock"
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("a+") as held:
        begun = said = time.monotonic()
        while not _taken(held):
            now = time.monotonic()
            if now - said > _SAY_EVERY or said == begun:
                held.seek(0)
                by = f"process {found}" if (found := held.read().strip()) else "another process"
                progress(f"waiting for {by}, which packages in {project} as well, {now - begun:.0f} s")
                said = now
            time.sleep(_PAUSE)
        held.truncate(0)
        held.write(f"{os.getpid()}\n")
        held.flush()
        yield


def _taken(held: TextIO) -> bool:
    """Take the lock if it is free; the kernel frees it when its holder ends, however that happens."""
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def fingerprint(project: Path, built: Path) -> str:
    """Return a hash of all that a deployment depends on: artefact, serverless.yml, infra/, tools."""
    found = hashlib.sha256(built.read_bytes())
    for file in _infra_files(project):
        found.update(f"{file.relative_to(project).as_posix()}\n".encode())
        found.update(file.read_bytes())
    return found.hexdigest()


def stack_outputs(endpoint: str) -> dict[str, str]:
    """Return the outputs of the stack on the embedded AWS by name; empty where there is no complete stack."""
    client = boto3.client(
        "cloudformation",
        endpoint_url=endpoint,
        region_name=DEFAULT_REGION,
        aws_access_key_id=embedded_aws.CREDENTIAL,
        aws_secret_access_key=embedded_aws.CREDENTIAL,
        config=Config(connect_timeout=5, retries={"total_max_attempts": 1}),
    )
    try:
        stack = client.describe_stacks(StackName=_STACK)["Stacks"][0]
    except (ClientError, BotoCoreError, IndexError):
        return {}
    if stack["StackStatus"] not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        return {}
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


def _run_osls(project: Path, home: Path, endpoint: str, console: str, progress: Progress) -> None:
    """Package into ``home`` and deploy from there: two deployments of one project do not meet."""
    log = home / "deploy.log"
    log.unlink(missing_ok=True)
    options = ["--stage", LOCAL_STAGE, "--region", DEFAULT_REGION, "--package", str(home / "serverless")]
    options += ["--param", f"consoleOrigin={console}"]
    environment = node.environment(node.find_node(), **embedded_aws.client_environment(endpoint))
    for step in ("package", "deploy"):
        command = [*node.tool(project, "osls"), step, *options]
        code = _run_logged(command, project, environment, log, progress)
        if code != 0:
            said = "\n".join(log.read_text(errors="replace").splitlines()[-25:])
            raise NotDeployed(f"osls {step} ended with {code} (all it said: {log}):\n{said}")


def _run_logged(
    command: list[str], project: Path, environment: dict[str, str], log: Path, progress: Progress
) -> int:
    begun = time.monotonic()
    with log.open("a") as out:
        running = subprocess.Popen(  # noqa: S603 - osls of node_modules
            command,
            cwd=project,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        while True:
            try:
                return running.wait(timeout=5)
            except subprocess.TimeoutExpired:
                progress(f"deploying serverless.yml, {time.monotonic() - begun:.0f} s")


def _infra_files(project: Path) -> Iterator[Path]:
    for name in _INFRA:
        path = project / name
        yield from [path] if path.is_file() else sorted(file for file in path.rglob("*") if _counts(file))


def _counts(file: Path) -> bool:
    return file.is_file() and file.suffix != ".md"


def _recorded(record: Path) -> str | None:
    try:
        return str(json.loads(record.read_text())["fingerprint"])
    except (OSError, ValueError, KeyError):
        return None
