from __future__ import annotations

import pytest

from sluice.cli.main import run
from tests.unit.cli.conftest import Terminal


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
