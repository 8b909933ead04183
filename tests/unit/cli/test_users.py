from __future__ import annotations

import io
from types import SimpleNamespace

import pytest

from sluice.cli.main import run
from sluice.cli.reach import Reach
from sluice.cli.users.commands import FIRST, first_user
from sluice.local.memory_users import MemoryUsers
from tests.flows.rig import Rig
from tests.unit.cli.conftest import Said


class Desk:
    """The command line with users in memory."""

    def __init__(self, capture: pytest.CaptureFixture[str]) -> None:
        self.users = MemoryUsers()
        self.world = Rig().world
        self._capture = capture

    def __call__(self, *arguments: str) -> Said:
        reach = Reach()
        reach.__dict__["deployment"] = SimpleNamespace(users=self.users, world=self.world)
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


@pytest.mark.parametrize("name", ["kari nordmann", "kari\tn", "kari\u00a0n", "", "k" * 129])
def test_a_name_that_nobody_can_have_is_refused_before_anything_is_made(users: Desk, name: str) -> None:
    said = users("add", name, "--group", "viewer")
    assert said.code == 2
    assert "right would be" in said.err
    assert list(users.users.all()) == []


def test_a_name_may_be_an_address_or_have_other_letters(users: Desk) -> None:
    for name in ("kari@example.com", "Åse-Berit", "管理"):
        assert users("add", name, "--group", "viewer").code == 0


def test_what_is_done_to_users_is_in_the_audit_without_a_password(users: Desk) -> None:
    said = []
    for command in (
        "add kari --group ops",
        "password kari --permanent",
        "remove kari --yes",
        "password kari",
    ):
        said.append(users(*command.split()).out.strip())
        users.world.clock.sleep(1)
    entries = [one for one in users.world.audit.all() if one.action.startswith("users.")]
    assert [(one.action, one.target, one.state) for one in reversed(entries)] == [
        ("users.add", "kari", "done"),
        ("users.password", "kari", "done"),
        ("users.remove", "kari", "done"),
        ("users.password", "kari", "failed"),
    ]
    assert (entries[3].after["group"], entries[1].before) == ("ops", {"groups": ["ops"]})
    assert all(said[:2])
    assert not any(password in str(entries) for password in said[:2])


def test_who_is_not_there_is_not_asked_about(users: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    said = users("remove", "ola")
    assert (said.code, "no user 'ola'" in said.err) == (2, True)


def test_removing_asks(users: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    users("add", "kari", "--group", "viewer")
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    assert users("remove", "kari").code == 130
    assert [user.name for user in users.users.all()] == ["kari"]


def test_a_first_user_is_made_once() -> None:
    users, world = MemoryUsers(), Rig().world
    password = first_user(world, users)
    assert users.passwords[FIRST].reveal() == password
    assert [(user.name, user.groups, user.status) for user in users.all()] == [
        ("admin", ("admin",), "CONFIRMED")
    ]
    assert first_user(world, users) is None
