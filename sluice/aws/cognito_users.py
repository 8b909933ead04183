"""Users on a Cognito user pool. It sends nobody a message: who makes a user passes the password on."""

from __future__ import annotations

import secrets
import string
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from sluice.aws.client_error import code_of, was_sent_before
from sluice.model.secret import Secret
from sluice.ports.users import User, UserExists, UserNotFound, check_name

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

_LENGTH = 24
_KINDS = (string.ascii_lowercase, string.ascii_uppercase, string.digits, "-_.+")


def random_password() -> Secret:
    """Return a password as the pool wants them (infra/users.yml): 24 signs, each kind at least once.

    It begins and ends with a letter or a digit: nobody takes a sentence's full stop for a part of it, and no
    command takes it for an option.
    """
    while True:
        found = "".join(secrets.choice("".join(_KINDS)) for _ in range(_LENGTH))
        if all(set(kind) & set(found) for kind in _KINDS) and (found[0] + found[-1]).isalnum():
            return Secret(found)


class CognitoUsers:
    """The users of the pool ``pool``."""

    def __init__(self, client: CognitoIdentityProviderClient, pool: str) -> None:
        self._client = client
        self._pool = pool

    def all(self) -> Iterator[User]:
        """Yield every user with their groups."""
        for page in self._client.get_paginator("list_users").paginate(UserPoolId=self._pool):
            for one in page["Users"]:
                created = one["UserCreateDate"].astimezone(UTC)
                yield User(one["Username"], self._groups(one["Username"]), one["UserStatus"], _iso(created))

    def add(self, name: str, group: str) -> None:
        """Make a user in a group, with a password that nobody knows; raises UserExists, UserNameInvalid."""
        check_name(name)
        try:
            self._client.admin_create_user(
                UserPoolId=self._pool,
                Username=name,
                TemporaryPassword=random_password().reveal(),
                MessageAction="SUPPRESS",
            )
        except ClientError as error:
            if code_of(error) != "UsernameExistsException":
                raise
            # One without a group was made by an earlier try, which got no further, or whose answer was lost.
            if self._groups(name):
                raise UserExists(name) from error
        self._client.admin_add_user_to_group(UserPoolId=self._pool, Username=name, GroupName=group)

    def set_password(self, name: str, password: Secret, *, permanent: bool) -> None:
        """Give the user a password; raises UserNotFound."""
        try:
            self._client.admin_set_user_password(
                UserPoolId=self._pool, Username=name, Password=password.reveal(), Permanent=permanent
            )
        except ClientError as error:
            raise self._unknown(error, name) from error

    def remove(self, name: str) -> None:
        """Remove the user; raises UserNotFound."""
        try:
            self._client.admin_delete_user(UserPoolId=self._pool, Username=name)
        except ClientError as error:
            if code_of(error) == "UserNotFoundException" and was_sent_before(error):
                return
            raise self._unknown(error, name) from error

    def _groups(self, name: str) -> tuple[str, ...]:
        pages = self._client.get_paginator("admin_list_groups_for_user")
        found = pages.paginate(UserPoolId=self._pool, Username=name)
        return tuple(group["GroupName"] for page in found for group in page["Groups"])

    def _unknown(self, error: ClientError, name: str) -> Exception:
        return UserNotFound(name) if code_of(error) == "UserNotFoundException" else error


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
