from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.stub import ANY, Stubber

from sluice.aws.cognito_users import CognitoUsers, random_password
from sluice.aws.session import AwsSession
from sluice.model.secret import Secret
from sluice.ports.users import User, UserExists, UserNameInvalid, UserNotFound

POOL = "eu-north-1_aaaaaaaaa"
AT = datetime(2026, 11, 21, 10, tzinfo=UTC)


def test_users_come_with_their_groups(session: AwsSession, script: Callable[[Any], Stubber]) -> None:
    stubber = script(session.cognito)
    one = {"Username": "kari", "UserStatus": "CONFIRMED", "UserCreateDate": AT}
    stubber.add_response("list_users", {"Users": [one]}, {"UserPoolId": POOL})
    groups = {"Groups": [{"GroupName": "ops"}, {"GroupName": "viewer"}]}
    stubber.add_response("admin_list_groups_for_user", groups, {"UserPoolId": POOL, "Username": "kari"})
    found = list(CognitoUsers(session.cognito, POOL).all())
    assert found == [User("kari", ("ops", "viewer"), "CONFIRMED", "2026-11-21T10:00:00Z")]


def test_a_user_is_made_without_a_message_and_put_into_a_group(
    session: AwsSession, script: Callable[[Any], Stubber]
) -> None:
    stubber = script(session.cognito)
    made = {"UserPoolId": POOL, "Username": "kari", "TemporaryPassword": ANY, "MessageAction": "SUPPRESS"}
    stubber.add_response("admin_create_user", {}, made)
    put = {"UserPoolId": POOL, "Username": "kari", "GroupName": "ops"}
    stubber.add_response("admin_add_user_to_group", {}, put)
    CognitoUsers(session.cognito, POOL).add("kari", "ops")


def test_a_name_that_is_taken_is_told(session: AwsSession, script: Callable[[Any], Stubber]) -> None:
    stubber = script(session.cognito)
    stubber.add_client_error("admin_create_user", "UsernameExistsException")
    stubber.add_response("admin_list_groups_for_user", {"Groups": [{"GroupName": "viewer"}]})
    with pytest.raises(UserExists, match="kari"):
        CognitoUsers(session.cognito, POOL).add("kari", "ops")


def test_a_password_is_set_and_an_unknown_user_told(
    session: AwsSession, script: Callable[[Any], Stubber]
) -> None:
    stubber, users = script(session.cognito), CognitoUsers(session.cognito, POOL)
    wanted = {"UserPoolId": POOL, "Username": "kari", "Password": "canary", "Permanent": True}
    stubber.add_response("admin_set_user_password", {}, wanted)
    users.set_password("kari", Secret("canary"), permanent=True)
    stubber.add_client_error("admin_set_user_password", "UserNotFoundException")
    with pytest.raises(UserNotFound, match="ola"):
        users.set_password("ola", Secret("canary"), permanent=True)
    stubber.add_client_error("admin_delete_user", "UserNotFoundException")
    with pytest.raises(UserNotFound, match="ola"):
        users.remove("ola")


def test_a_random_password_has_every_kind_of_sign() -> None:
    found = [random_password().reveal() for _ in range(200)]
    assert len(set(found)) == 200
    for password in found:
        assert len(password) == 24
        assert any(sign.islower() for sign in password)
        assert any(sign.isupper() for sign in password)
        assert any(sign.isdecimal() for sign in password)
        assert set(password) & set("-_.+")
        assert password[0].isalnum()
        assert password[-1].isalnum()


def test_a_name_with_a_blank_never_reaches_cognito(session: AwsSession) -> None:
    with pytest.raises(UserNameInvalid, match="letters, digits and signs"):
        CognitoUsers(session.cognito, POOL).add("kari nordmann", "ops")
