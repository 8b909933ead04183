"""Users in memory: for tests. Passwords are kept to be looked at."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from sluice.model.secret import Secret
from sluice.ports.users import User, UserExists, UserNotFound, check_name


class MemoryUsers:
    """``passwords`` holds them by user."""

    def __init__(self) -> None:
        self.passwords: dict[str, Secret] = {}
        self._users: dict[str, User] = {}

    def all(self) -> Iterator[User]:
        """Yield every user."""
        yield from list(self._users.values())

    def add(self, name: str, group: str) -> None:
        """Make a user; raises UserExists, UserNameInvalid."""
        check_name(name)
        if name in self._users:
            raise UserExists(name)
        self._users[name] = User(name, (group,), "FORCE_CHANGE_PASSWORD", "2026-01-31T00:00:00Z")

    def set_password(self, name: str, password: Secret, *, permanent: bool) -> None:
        """Give the user a password; raises UserNotFound."""
        status = "CONFIRMED" if permanent else "FORCE_CHANGE_PASSWORD"
        self._users[name] = replace(self._known(name), status=status)
        self.passwords[name] = password

    def remove(self, name: str) -> None:
        """Remove the user; raises UserNotFound."""
        self._known(name)
        del self._users[name]
        self.passwords.pop(name, None)

    def _known(self, name: str) -> User:
        if name not in self._users:
            raise UserNotFound(name)
        return self._users[name]
