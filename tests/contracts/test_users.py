"""What every user pool does; that of the embedded AWS is held to it by the live tests."""

from __future__ import annotations

import pytest

from sluice.local.memory_users import MemoryUsers
from sluice.model.secret import Secret
from sluice.ports.users import GROUPS, UserExists, UserNameInvalid, UserNotFound, Users

PASSWORD = Secret("Contract-Suite-1")


class UsersContract:
    """A subclass gives ``users``, a pool with the groups and no user."""

    def test_there_is_nobody_at_first(self, users: Users) -> None:
        assert list(users.all()) == []

    @pytest.mark.parametrize("group", GROUPS)
    def test_a_user_is_in_their_group(self, users: Users, group: str) -> None:
        users.add("kari", group)
        [found] = users.all()
        assert (found.name, found.groups) == ("kari", (group,))
        assert found.created_at.endswith("Z")

    def test_all_users_are_told(self, users: Users) -> None:
        names = {f"user-{number}" for number in range(70)}
        for name in names:
            users.add(name, "viewer")
        assert {one.name for one in users.all()} == names

    def test_a_name_is_taken_once(self, users: Users) -> None:
        users.add("kari", "viewer")
        with pytest.raises(UserExists, match="kari"):
            users.add("kari", "admin")
        [found] = users.all()
        assert found.groups == ("viewer",)

    @pytest.mark.parametrize("name", ["", "kari nordmann", "k" * 129, "kari\n"])
    def test_nobody_is_made_whom_no_pool_could_have(self, users: Users, name: str) -> None:
        with pytest.raises(UserNameInvalid, match="right would be"):
            users.add(name, "viewer")
        assert list(users.all()) == []

    @pytest.mark.parametrize(("permanent", "status"), [(True, "CONFIRMED"), (False, "FORCE_CHANGE_PASSWORD")])
    def test_a_password_holds_or_is_to_be_changed(self, users: Users, permanent: bool, status: str) -> None:
        users.add("kari", "ops")
        users.set_password("kari", PASSWORD, permanent=permanent)
        [found] = users.all()
        assert (found.status, found.groups) == (status, ("ops",))

    def test_who_is_removed_is_gone_and_may_come_again(self, users: Users) -> None:
        for name in ("kari", "ola"):
            users.add(name, "ops")
        users.remove("kari")
        assert [one.name for one in users.all()] == ["ola"]
        users.add("kari", "viewer")
        assert {(one.name, one.groups) for one in users.all()} == {("ola", ("ops",)), ("kari", ("viewer",))}

    def test_an_unknown_user_is_told(self, users: Users) -> None:
        with pytest.raises(UserNotFound, match="kari"):
            users.set_password("kari", PASSWORD, permanent=True)
        with pytest.raises(UserNotFound, match="kari"):
            users.remove("kari")


class TestMemoryUsers(UsersContract):
    @pytest.fixture
    def users(self) -> MemoryUsers:
        return MemoryUsers()
