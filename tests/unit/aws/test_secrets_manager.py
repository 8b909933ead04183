"""A deleted secret comes back, a broken one is told without its text, and two who create do not collide."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from sluice.aws.secrets_manager import SecretsManager
from sluice.aws.session import AwsSession
from sluice.errors import ConfigurationInvalid
from sluice.model.secret import Secret
from sluice.ports.secrets import SecretNotFound

Script = Callable[[Any], Stubber]
NAME = "sluice/test/acme/credentials"
ID = {"SecretId": NAME}
TEXT = '{"token": "t-1"}'
BUNDLE = {"token": Secret("t-1")}


def secrets(session: AwsSession) -> SecretsManager:
    return SecretsManager(session.secretsmanager, "sluice/test")


def wanted() -> dict[str, Any]:
    return {**ID, "SecretString": TEXT}


def test_a_secret_marked_for_deletion_is_restored_before_it_is_put(
    session: AwsSession, script: Script
) -> None:
    stubber = script(session.secretsmanager)
    stubber.add_client_error("put_secret_value", "InvalidRequestException", expected_params=wanted())
    stubber.add_response("restore_secret", {}, ID)
    stubber.add_response("put_secret_value", {}, wanted())
    secrets(session).put("acme/credentials", BUNDLE)


def test_of_two_who_create_the_later_puts(session: AwsSession, script: Script) -> None:
    stubber = script(session.secretsmanager)
    stubber.add_client_error("put_secret_value", "ResourceNotFoundException")
    stubber.add_client_error("create_secret", "ResourceExistsException")
    stubber.add_response("put_secret_value", {}, wanted())
    secrets(session).put("acme/credentials", BUNDLE)


def test_a_delete_leaves_seven_days_to_change_ones_mind(session: AwsSession, script: Script) -> None:
    script(session.secretsmanager).add_response("delete_secret", {}, {**ID, "RecoveryWindowInDays": 7})
    secrets(session).delete("acme/credentials")


def test_a_delete_for_good_is_asked_for(session: AwsSession, script: Script) -> None:
    script(session.secretsmanager).add_response(
        "delete_secret", {}, {**ID, "ForceDeleteWithoutRecovery": True}
    )
    SecretsManager(session.secretsmanager, "sluice/test", recovery_days=None).delete("acme/credentials")


@pytest.mark.parametrize("code", ["ResourceNotFoundException", "InvalidRequestException"])
def test_an_absent_or_deleted_secret_is_not_found(session: AwsSession, script: Script, code: str) -> None:
    script(session.secretsmanager).add_client_error("get_secret_value", code)
    with pytest.raises(SecretNotFound, match="acme/credentials"):
        secrets(session).get("acme/credentials")


@pytest.mark.parametrize("code", ["AccessDeniedException", "DecryptionFailure"])
def test_a_secret_we_may_not_read_is_a_matter_of_configuration(
    session: AwsSession, script: Script, code: str
) -> None:
    script(session.secretsmanager).add_client_error("get_secret_value", code)
    with pytest.raises(ConfigurationInvalid, match=f"{NAME}.*{code}"):
        secrets(session).get("acme/credentials")


@pytest.mark.parametrize(
    "text", ['"hunter2"', "hunter2", '["hunter2"]', '{"token": {"a": "hunter2"}}', '{"hunter2']
)
def test_a_broken_bundle_is_told_without_its_text(session: AwsSession, script: Script, text: str) -> None:
    script(session.secretsmanager).add_response("get_secret_value", {"SecretString": text})
    with pytest.raises(ConfigurationInvalid, match=NAME) as refused:
        secrets(session).get("acme/credentials")
    assert "hunter2" not in "".join(traceback.format_exception(refused.value))
    assert [fault.code for fault in refused.value.faults] == ["secret_unreadable"]


def test_throttling_passes(session: AwsSession, script: Script) -> None:
    script(session.secretsmanager).add_client_error("get_secret_value", "ThrottlingException")
    with pytest.raises(ClientError, match="ThrottlingException"):
        secrets(session).get("acme/credentials")


@pytest.mark.parametrize(
    ("code", "raised"),
    [
        ("AccessDeniedException", ConfigurationInvalid),
        ("DecryptionFailure", ConfigurationInvalid),
        ("InternalServiceError", ClientError),
    ],
)
def test_one_of_many_that_cannot_be_read_is_told(
    session: AwsSession, script: Script, code: str, raised: type[Exception]
) -> None:
    reply = {"SecretValues": [], "Errors": [{"SecretId": NAME, "ErrorCode": code, "Message": "no"}]}
    script(session.secretsmanager).add_response("batch_get_secret_value", reply, {"SecretIdList": [NAME]})
    with pytest.raises(raised, match=code if raised is ClientError else "A secret cannot be used"):
        secrets(session).get_many(["acme/credentials"])


def test_one_of_many_that_is_marked_for_deletion_is_not_there(session: AwsSession, script: Script) -> None:
    gone = {"SecretId": NAME, "ErrorCode": "InvalidRequestException", "Message": "marked for deletion"}
    script(session.secretsmanager).add_response("batch_get_secret_value", {"Errors": [gone]})
    assert secrets(session).get_many(["acme/credentials"]) == {}
