"""docs/tutorial/add-an-erp.md, walked command by command against the running pipeline."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from sluice.bootstrap.deployment import Deployment
from sluice.bootstrap.documents import ROOT
from sluice.settings import child_environment
from tests.live.pipeline.inbox import Inbox

PAGE = ROOT / "docs/tutorial/add-an-erp.md"
COMMANDS = [
    line
    for block in re.findall(r"^```sh\n(.*?)^```", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    for line in block.splitlines()
]
pytestmark = pytest.mark.timeout(400)


@dataclass
class Walk:
    """A reader with a folder of their own: what each command said, and the sandbox in the second terminal."""

    folder: Path
    home: Path
    said: dict[str, tuple[int, str]] = field(default_factory=dict)
    given: dict[str, str] = field(default_factory=dict)
    sandbox: subprocess.Popen[str] | None = None
    reading: threading.Thread | None = None

    def give(self, command: str) -> None:
        """Give a command as the page has it, with what the sandbox printed in its place."""
        text = command.replace("my-erps", str(self.folder))
        for name, value in self.given.items():
            text = text.replace(name.upper(), value)
        if text.startswith("echo "):
            line, _, file = text.removeprefix("echo ").partition(" >> ")
            with Path(file).open("a", encoding="utf-8") as out:
                out.write(shlex.split(line)[0] + "\n")
        elif text.startswith("sluice sandbox "):
            self._start(text)
        else:
            done = subprocess.run(  # noqa: S603 - our own command
                self._arguments(text), env=self._environment(), cwd=ROOT, capture_output=True, text=True,
                timeout=200, check=False,
            )  # fmt: skip
            self.said[command] = (done.returncode, done.stdout + done.stderr)

    def _start(self, text: str) -> None:
        self.sandbox = subprocess.Popen(  # noqa: S603 - our own command
            self._arguments(text), env=self._environment(), cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        for line in self.sandbox.stdout or ():
            name, equals, value = line.strip().partition("=")
            if equals and line.startswith("  "):
                self.given[name] = value
            if line.startswith("restore:"):
                break
        # What it logs from now on must not fill the pipe.
        self.reading = threading.Thread(target=list, args=(self.sandbox.stdout or (),), daemon=True)
        self.reading.start()

    def end(self) -> None:
        """Close the second terminal."""
        if self.sandbox is not None and self.reading is not None and self.sandbox.stdout is not None:
            self.sandbox.terminate()
            self.sandbox.wait(10)
            self.reading.join(10)
            self.sandbox.stdout.close()

    def _arguments(self, text: str) -> list[str]:
        return [str(Path(sys.executable).with_name("sluice")), *shlex.split(text)[1:]]

    def _environment(self) -> dict[str, str]:
        return {**child_environment(), "SLUICE_HOME": str(self.home)}


@pytest.fixture
def walk(tmp_path: Path, home: Path, deployment: Deployment) -> Iterator[Walk]:
    del deployment  # it runs already
    made = Walk(tmp_path / "my-erps", home)
    yield made
    made.end()


def test_the_page_leads_from_a_description_to_events(walk: Walk, inbox: Inbox) -> None:
    events = []
    for command in COMMANDS:
        if command.startswith("sluice topics tail"):
            # Other tests read the same queue: the inbox takes what is ours.
            events = inbox.events("bygg")
            continue
        walk.give(command)
    codes = {command.split(" --")[0].split(" my-")[0]: code for command, (code, _) in walk.said.items()}
    assert codes.pop("sluice connectors new bygdeverk") == 1, walk.said
    assert "name is required, but has no rule" in next(iter(walk.said.values()))[1]
    assert set(codes.values()) == {0}, walk.said
    assert {event["type"] for event in events} == {
        "customer.upserted",
        "project.upserted",
    }
    projects = [event["data"] for event in events if event["type"] == "project.upserted"]
    assert projects
    assert all(project["name"] for project in projects)
