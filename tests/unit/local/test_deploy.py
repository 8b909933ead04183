from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sluice.local import deploy, node
from sluice.local.embedded_aws import Running

RUNNING = Running(pid=1, port=1, log="")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    for name in ("serverless.yml", "infra/queues.yml", "state_machines/sync.asl.json", "lambdas/a.py"):
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name)
    (folder / "package-lock.json").write_text("{}")
    return folder


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


class Stack:
    """Stands in for CloudFormation, and counts deployments."""

    def __init__(self) -> None:
        self.outputs: dict[str, str] = {}
        self.deployed = 0

    def deploy(self, project: Path, home: Path, *_: object) -> None:
        self.deployed += 1
        self.outputs = {"BucketName": "b"}


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> Stack:
    found = Stack()
    monkeypatch.setattr(deploy, "_run_osls", found.deploy)
    monkeypatch.setattr(deploy, "stack_outputs", lambda endpoint: found.outputs)
    monkeypatch.setattr(node, "install_tools", lambda project: None)
    return found


def test_it_deploys_once_and_says_what_it_does(project: Path, home: Path, stack: Stack) -> None:
    said: list[str] = []
    assert deploy.deploy(project, home, RUNNING, said.append) == {"BucketName": "b"}
    assert deploy.deploy(project, home, RUNNING, said.append) == {"BucketName": "b"}
    assert stack.deployed == 1
    assert said[-1] == "deployed already, and nothing has changed"


def test_it_deploys_again_when_the_console_is_elsewhere(project: Path, home: Path, stack: Stack) -> None:
    for origin in ("http://localhost:4173", "http://localhost:4174", "http://localhost:4174"):
        deploy.deploy(project, home, RUNNING, console=origin)
    assert stack.deployed == 2


@pytest.mark.parametrize("name", ["serverless.yml", "infra/queues.yml", "lambdas/a.py"])
def test_it_deploys_again_when_something_changed(name: str, project: Path, home: Path, stack: Stack) -> None:
    deploy.deploy(project, home, RUNNING)
    (project / name).write_text("changed")
    deploy.deploy(project, home, RUNNING)
    assert stack.deployed == 2


def test_it_deploys_again_when_the_stack_is_gone(project: Path, home: Path, stack: Stack) -> None:
    deploy.deploy(project, home, RUNNING)
    stack.outputs = {}
    deploy.deploy(project, home, RUNNING)
    assert stack.deployed == 2


def test_what_osls_says_is_told_when_it_fails(
    project: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deploy, "stack_outputs", lambda endpoint: {})
    monkeypatch.setattr(node, "install_tools", lambda project: None)
    monkeypatch.setattr(node, "find_node", lambda: Path("/bin/sh"))
    monkeypatch.setattr(node, "tool", lambda project, name: ["/bin/sh", "-c", "echo no such bucket; exit 3"])
    with pytest.raises(deploy.NotDeployed, match=r"osls package ended with 3.*\n.*no such bucket"):
        deploy.deploy(project, home, RUNNING)
    assert not (home / "deployed.json").exists()


DEPLOYING = """
import sys
from pathlib import Path
from sluice.local import deploy, node
from sluice.local.embedded_aws import Running

project, home = Path(sys.argv[1]), Path(sys.argv[2])
deploy.stack_outputs = lambda endpoint: {"Bucket": "b"} if (home / "done").exists() else {}
node.find_node = lambda: Path("/bin/sh")
node.install_tools = lambda project: None
meet = f"mkdir .serverless || exit 9; sleep 1; rmdir .serverless; touch {home}/done"
node.tool = lambda project, name: ["/bin/sh", "-c", meet]
deploy.deploy(project, home, Running(1, 1, ""), lambda text: print(text, flush=True))
"""


def test_two_deployments_of_one_working_tree_wait_for_each_other(project: Path, tmp_path: Path) -> None:
    homes = [tmp_path / name for name in ("first", "second")]
    started = []
    for home in homes:
        home.mkdir()
        command = [sys.executable, "-c", DEPLOYING, str(project), str(home)]
        started.append(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True))  # noqa: S603
    said = [one.communicate(timeout=60)[0] for one in started]
    assert [one.returncode for one in started] == [0, 0], said
    waited = [text for text in said if "waiting for process" in text]
    assert len(waited) == 1, said
    assert f"which packages in {project} as well" in waited[0]
    assert any(f"process {one.pid}," in waited[0] for one in started)


def test_a_deployment_that_died_keeps_nobody_waiting(project: Path) -> None:
    (project / ".sluice").mkdir()
    (project / ".sluice" / "osls.lock").write_text("1\n")
    said: list[str] = []
    with deploy.alone_with_osls(project, said.append):
        assert said == []


def test_where_nothing_answers_there_is_no_stack() -> None:
    assert deploy.stack_outputs("http://127.0.0.1:1") == {}
