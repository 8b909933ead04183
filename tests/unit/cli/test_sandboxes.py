from __future__ import annotations

from pathlib import Path

import pytest

from sluice.cli import sandboxes
from tests.unit.cli.conftest import Terminal


def test_a_sandbox_runs_in_the_background_and_comes_back_on_its_port(tmp_path: Path) -> None:
    try:
        address = sandboxes.start(tmp_path, "tripletex", "--records", "0.01")
        assert sandboxes.look(address)["streams"]["customer"] == 20
        assert sandboxes.start(tmp_path, "tripletex") == address
        assert sandboxes.running(tmp_path) == {"tripletex": address}
        assert sandboxes.stop_all(tmp_path) == ["tripletex"]
        assert sandboxes.running(tmp_path) == {}
        assert sandboxes.start_again(tmp_path) == [address]
        assert sandboxes.look(address)["streams"]["customer"] == 20
    finally:
        sandboxes.stop_all(tmp_path)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nonesuch"], "there is no connector 'nonesuch'"),
        (["tripletex", "--records", "many"], "right would be 0.5 or customer=1000"),
        (["tripletex", "--records", "custmer=1"], "it has: account"),
    ],
)
def test_wrong_use_says_what_would_be_right(terminal: Terminal, arguments: list[str], words: str) -> None:
    said = terminal("sandbox", *arguments)
    assert said.code == 2
    assert words in said.err
