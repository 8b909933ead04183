from __future__ import annotations

import subprocess
import sys

import click
import pytest

from sluice.bootstrap.documents import ROOT
from sluice.cli.main import COMMANDS, root, run
from tests.unit.cli.conftest import Terminal

HEAVY = {"boto3", "botocore", "cryptography", "duckdb", "faker", "ministack", "pydantic", "rapidfuzz", "rich"}


def test_without_a_command_it_helps_and_fails(terminal: Terminal) -> None:
    said = terminal()
    assert said.code == 2
    assert "Commands:" in said.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["conections"], "did you mean 'connections'?"),
        (["connections", "ad"], "did you mean 'add'?"),
        (["runs", "xyz"], "there are: list, show"),
        (["run"], "Missing argument 'CONNECTION'"),
        (["runs", "list", "--jsn"], "No such option '--jsn'"),
        (["connections", "add", "x", "toy", "--set", "base_url"], "right would be NAME=VALUE"),
    ],
)
def test_wrong_use_says_what_would_be_right(terminal: Terminal, arguments: list[str], words: str) -> None:
    said = terminal(*arguments)
    assert said.code == 2
    assert said.err.startswith("error: ")
    assert words in said.err
    assert "Traceback" not in said.err


def test_an_error_shows_its_place_only_when_asked(terminal: Terminal) -> None:
    assert "Traceback" not in terminal("runs", "show", "nonesuch").err
    assert "Traceback" in terminal("--traceback", "runs", "show", "nonesuch").err


def test_no_deployment_says_how_to_get_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SLUICE_HOME", str(tmp_path))
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    assert run(["connections", "list"]) == 1
    assert capsys.readouterr().err == (
        "error: the embedded AWS is not running; right would be `sluice up` first\n"
    )


def test_an_interruption_while_the_commands_are_loaded_is_one_word() -> None:
    script = (
        "import signal, sys\n"
        # A shell's background jobs are started with the signal ignored.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "class Interrupted:\n"
        "    def find_spec(self, name, path, target=None):\n"
        "        if name == 'sluice.cli':\n"
        "            signal.raise_signal(signal.SIGINT)\n"
        "sys.meta_path.insert(0, Interrupted())\n"
        "from sluice.__main__ import main\n"
        "main()\n"
    )
    done = subprocess.run(  # noqa: S603 - a script of ours
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "interrupted\n")


@pytest.mark.parametrize("home", ["/dev/null/sluice", "/proc/sluice"])
def test_a_home_that_cannot_be_is_named(
    home: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SLUICE_HOME", home)
    assert run(["up"]) == 2
    assert f"SLUICE_HOME {home} cannot be made" in capsys.readouterr().err


@pytest.mark.parametrize(
    "command",
    [("connectors", "rollback"), ("connectors", "versions"), ("changes", "export")],
    ids=" ".join,
)
def test_a_connector_that_there_is_not_is_named_with_the_nearest(
    terminal: Terminal, command: tuple[str, ...]
) -> None:
    stream = ["project"] if command[0] == "changes" else []
    said = terminal(*command, "toi", *stream)
    assert said.code == 2
    assert "there is no connector 'toi'; did you mean 'toy'?" in said.err


def loaded_by(module: str) -> set[str]:
    """Return the packages that a fresh Python has loaded after an import."""
    script = f"import sys, {module}\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)  # noqa: S603
    return set(done.stdout.split())


@pytest.mark.parametrize("module", ["sluice.cli.main", "sluice.cli.pull"])
def test_a_pull_loads_nothing_that_only_others_need(module: str) -> None:
    assert loaded_by(module) & HEAVY == set()


def test_the_root_loads_no_command_before_it_is_called() -> None:
    script = (
        "import sys, sluice.cli.main\nprint(*[name for name in sys.modules if name.startswith('sluice.')])"
    )
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)  # noqa: S603
    places = {place.partition(":")[0] for place in COMMANDS.values()}
    assert places & set(done.stdout.split()) == set()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_where_the_root_says(name: str) -> None:
    command = root.get_command(click.Context(root), name)
    assert command is not None
    assert command.name == name
    assert command.help
