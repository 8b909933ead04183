"""Port: who may sign in to the API and the console. Nothing here knows Cognito."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Protocol

from msgspec import Struct

from sluice.model.secret import Secret

GROUPS = ("viewer", "ops", "operator", "admin")
"""The groups, the one that may least first; each may do all that the ones before it may."""


LONGEST_NAME = 128


class UserNotFound(LookupError):
    """No user has this name; the message is the name."""


class UserExists(Exception):
    """A user has this name already; the message is the name."""


class UserNameInvalid(ValueError):
    """Nobody can have this name; the message says what would be right."""


class User(Struct, frozen=True):
    """A person who may sign in. ``status`` is Cognito's word: CONFIRMED, FORCE_CHANGE_PASSWORD."""

    name: str
    groups: tuple[str, ...]
    status: str
    created_at: str


def check_name(name: str) -> None:
    """Raise UserNameInvalid unless this may be a user's name: 1 to 128 letters, digits and signs, no blanks.

    That is what Cognito takes (its API reference, AdminCreateUser, read on 2026-11-22).
    """
    if not 1 <= len(name) <= LONGEST_NAME:
        raise UserNameInvalid(f"a name of {len(name)} signs; right would be 1 to {LONGEST_NAME}")
    wrong = [sign for sign in name if unicodedata.category(sign)[0] not in "LMNPS"]
    if wrong:
        raise UserNameInvalid(
            f"the name {name!r} holds {wrong[0]!r}; right would be letters, digits and signs"
        )


class Users(Protocol):
    """The users of one deployment."""

    def all(self) -> Iterator[User]:
        """Yield every user, by no promised order."""

    def add(self, name: str, group: str) -> None:
        """Make a user in a group, who cannot sign in before :meth:`set_password`.

        Raises UserExists, and UserNameInvalid as :func:`check_name` does.
        """

    def set_password(self, name: str, password: Secret, *, permanent: bool) -> None:
        """Give the user a password, which is to be changed at the next sign-in unless it is ``permanent``.

        Raises UserNotFound.
        """

    def remove(self, name: str) -> None:
        """Remove the user; raises UserNotFound. Tokens that were given out end by themselves in minutes."""
