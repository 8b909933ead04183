"""When the console is built again; Vite itself is run by the live tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from sluice.console import build
from sluice.local import node


class Vite:
    """Stands in for Vite, and counts."""

    def __init__(self) -> None:
        self.built = 0

    def run(self, console: Path) -> None:
        self.built += 1
        (console / "dist").mkdir(exist_ok=True)
        (console / "dist" / "index.html").write_text("built")


@pytest.fixture
def vite(monkeypatch: pytest.MonkeyPatch) -> Vite:
    found = Vite()
    monkeypatch.setattr(build, "_run_vite", found.run)
    monkeypatch.setattr(
        node, "install_tools", lambda console: (console / "node_modules").mkdir(exist_ok=True)
    )
    return found


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("src/main.tsx", "src/api/schema.d.ts", "package-lock.json", "index.html"):
        file = tmp_path / "console" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name)
    return tmp_path


def test_it_is_built_once(project: Path, vite: Vite) -> None:
    said: list[str] = []
    assert build.build(project, said.append) == project / "console" / "dist"
    assert build.is_built(project)
    build.build(project, said.append)
    assert vite.built == 1
    assert said == ["building the console (half a minute the first time)"]


@pytest.mark.parametrize("name", ["src/main.tsx", "package-lock.json", "index.html", "src/new.tsx"])
def test_it_is_built_again_when_a_source_changed(name: str, project: Path, vite: Vite) -> None:
    build.build(project)
    (project / "console" / name).write_text("other")
    build.build(project)
    assert vite.built == 2


def test_types_and_packages_are_no_sources(project: Path, vite: Vite) -> None:
    build.build(project)
    (project / "console" / "src/api/schema.d.ts").write_text("other")
    (project / "console" / "node_modules" / "x.js").write_text("other")
    build.build(project)
    assert vite.built == 1


def test_it_is_built_again_when_the_built_files_are_gone(project: Path, vite: Vite) -> None:
    build.build(project)
    (project / "console" / "dist" / "index.html").unlink()
    build.build(project)
    assert vite.built == 2


def test_what_vite_says_is_told(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(node, "install_tools", lambda _: None)
    monkeypatch.setattr(node, "find_node", lambda: Path("/bin/sh"))
    monkeypatch.setattr(node, "tool", lambda *_: ["/bin/sh", "-c", "echo no such module >&2; exit 3"])
    with pytest.raises(build.NotBuilt, match="no such module"):
        build.build(project)
    assert not build.is_built(project)
