from __future__ import annotations

import io
from types import SimpleNamespace

import pytest

from sluice.cli.main import run
from sluice.cli.reach import Reach
from sluice.cli.users.commands import FIRST, first_user
from sluice.local.memory_users import MemoryUsers
from tests.unit.cli.conftest import Said


class Desk:
    """The command line with users in memory."""

    def __init__(self, capture: pytest.CaptureFixture[str]) -> None:
        self.users = MemoryUsers()
        self._capture = capture

    def __call__(self, *arguments: str) -> Said:
        reach = Reach()
        reach.__dict__["deployment"] = SimpleNamespace(users=self.users)
        self._capture.readouterr()
        code = run(["users", *arguments], reach)
        return Said(code, *self._capture.readouterr())


@pytest.fixture
def users(capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(capsys)


def test_a_user_is_added_listed_given_another_password_and_removed(users: Desk) -> None:
    added = users("add", "kari", "--group", "ops")
    password = added.out.strip()
    assert (added.code, users.users.passwords["kari"].reveal()) == (0, password)
    assert len(password) == 24
    [listed] = users("list", "--json").json
    assert (listed["name"], listed["groups"], listed["status"]) == ("kari", ["ops"], "FORCE_CHANGE_PASSWORD")
    again = users("password", "kari", "--permanent", "--json").json
    assert again == {"name": "kari", "password": users.users.passwords["kari"].reveal()}
    assert again["password"] != password
    assert users("list", "--json").json[0]["status"] == "CONFIRMED"
    assert users("remove", "kari", "--yes").code == 0
    assert users("list", "--json").json == []


def test_what_is_wrong_is_said(users: Desk) -> None:
    assert users("add", "kari", "--group", "owner").code == 2
    users("add", "kari", "--group", "viewer")
    twice = users("add", "kari", "--group", "viewer")
    assert twice.code == 2
    assert "sluice users password" in twice.err
    for command in (("password", "ola"), ("remove", "ola", "--yes")):
        said = users(*command)
        assert said.code == 2
        assert "no user 'ola'" in said.err


def test_removing_asks(users: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    users("add", "kari", "--group", "viewer")
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    assert users("remove", "kari").code == 130
    assert [user.name for user in users.users.all()] == ["kari"]


def test_a_first_user_is_made_once() -> None:
    users = MemoryUsers()
    password = first_user(users)
    assert users.passwords[FIRST].reveal() == password
    assert [(user.name, user.groups, user.status) for user in users.all()] == [
        ("admin", ("admin",), "CONFIRMED")
    ]
    assert first_user(users) is None
