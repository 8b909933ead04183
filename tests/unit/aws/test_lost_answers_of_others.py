"""Lost answers of what is seldom done: mail, CloudFront, a secret restored, a user's password.

See test_did_but_said_timeout.py.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import boto3
import botocore.endpoint
import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from botocore.stub import Stubber
from moto.core import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends

from sluice.aws.cognito_users import CognitoUsers
from sluice.aws.console_site import ConsoleSite, SiteObject
from sluice.aws.secrets_manager import SecretsManager
from sluice.aws.ses_mailer import SesMailer
from sluice.aws.session import AwsSession
from sluice.bootstrap.documents import ROOT
from sluice.model.secret import Secret
from sluice.ports.mailer import Mail, MailFailed
from tests.unit.aws.answering import Refused, answering
from tests.unit.aws.losing import ALL, Loss, doing

NOW = datetime(2026, 11, 22, tzinfo=UTC)
PAGE = SiteObject("index.html", b"<h1/>", "text/html; charset=utf-8", "no-store")
MAIL = Mail("ops@example.com", "[Sluice] Error", "held\n", "<p>held</p>", {"References": "<1@x.invalid>"})


@pytest.fixture
def hurried(session: AwsSession, monkeypatch: pytest.MonkeyPatch) -> AwsSession:
    """Give a session without moto, whose clients do not wait between two tries."""
    monkeypatch.setattr(botocore.endpoint, "time", SimpleNamespace(sleep=lambda seconds: None))
    return session


def test_a_mail_is_sent_once_more_for_each_time_that_somebody_asks(aws: AwsSession, loss: Loss) -> None:
    client: Any = aws.mail
    client.create_email_identity(EmailIdentity="sluice.example")
    mailer = SesMailer(client, "notifications@sluice.example")
    loss.of(client, "SendEmail", 1)
    with pytest.raises(MailFailed, match="SES did not answer: ReadTimeoutError"):
        mailer.send(MAIL)
    sent = ses_backends[DEFAULT_ACCOUNT_ID]["eu-north-1"].sent_messages
    assert (len(loss.done), len(sent)) == (1, 1), "it was sent, and botocore sends none of its own"
    mailer.send(MAIL)
    assert len(sent) == 2


def test_mail_is_given_up_in_time_to_say_so(session: AwsSession) -> None:
    client: Any = session.mail
    config = client.meta.config
    # A function that delivers has 30 s, the API 29 (infra/functions.yml).
    assert config.connect_timeout + config.read_timeout < 20


@pytest.fixture
def distribution(aws: AwsSession) -> str:
    aws.s3.create_bucket(Bucket="site", CreateBucketConfiguration={"LocationConstraint": "eu-north-1"})
    client: Any = boto3.client("cloudfront", region_name="eu-north-1")
    origin = {"Id": "files", "DomainName": "site.s3.amazonaws.com"}
    made = client.create_distribution(
        DistributionConfig={
            "CallerReference": "1",
            "Comment": "console",
            "Enabled": True,
            "Origins": {
                "Quantity": 1,
                "Items": [{**origin, "S3OriginConfig": {"OriginAccessIdentity": ""}}],
            },
            "DefaultCacheBehavior": {"TargetOriginId": "files", "ViewerProtocolPolicy": "https-only"},
        }
    )
    return str(made["Distribution"]["Id"])


def test_an_invalidation_is_the_same_one_to_cloudfront(
    aws: AwsSession, distribution: str, loss: Loss, lost: int
) -> None:
    client: Any = aws.cloudfront
    asked: list[str] = []
    client.meta.events.register_first(
        "before-parameter-build.cloudfront.CreateInvalidation",
        lambda params, **_: asked.append(params["InvalidationBatch"]["CallerReference"]),
    )
    loss.of(client, "CreateInvalidation", lost)
    site = ConsoleSite(aws.s3, client, "site", distribution)
    doing(lambda: site.publish([PAGE], NOW), loss, lost)
    # With one reference, requests that say the same are one invalidation (CloudFront API reference,
    # CreateInvalidation, read 2026-11-22); moto makes one of each.
    made = boto3.client("cloudfront", region_name="eu-north-1").list_invalidations(
        DistributionId=distribution
    )
    assert made["InvalidationList"]["Quantity"] == lost + 1
    assert set(asked) == {NOW.isoformat()}


class Marked:
    """Secrets Manager with one secret, marked for deletion; ``strict``: it restores no secret twice.

    Which of both AWS does its API reference does not say.
    """

    def __init__(self, *, strict: bool) -> None:
        self.strict, self.is_marked, self.text = strict, True, "old"
        self.asked: list[str] = []

    def __call__(self, operation: str, given: Mapping[str, Any]) -> dict[str, Any]:
        self.asked.append(operation)
        if operation == "RestoreSecret":
            if self.strict and not self.is_marked:
                raise Refused("InvalidRequestException")
            self.is_marked = False
        elif self.is_marked:
            raise Refused("InvalidRequestException")
        else:
            self.text = given["SecretString"]
        return {}


@pytest.mark.parametrize("strict", [True, False])
def test_a_secret_that_is_restored(hurried: AwsSession, loss: Loss, lost: int, *, strict: bool) -> None:
    service, client = Marked(strict=strict), hurried.secretsmanager
    answering(client, service)
    secrets = SecretsManager(client, "sluice")
    loss.of(client, "RestoreSecret", lost)
    bundle = {"token": Secret("canary")}
    if lost == ALL:
        with pytest.raises(ReadTimeoutError):
            secrets.put("acme", bundle)
        assert (service.is_marked, service.text) == (False, "old")
    secrets.put("acme", bundle)
    assert json.loads(service.text) == {"token": "canary"}
    assert service.asked.count("RestoreSecret") == (ALL if lost == ALL else 2)


@pytest.mark.parametrize(("tries", "is_told"), [(1, False), (0, True)])
def test_a_secret_that_an_earlier_try_has_restored_is_written(
    session: AwsSession, script: Callable[[Any], Stubber], tries: int, *, is_told: bool
) -> None:
    stubber = script(session.secretsmanager)
    stubber.add_client_error("put_secret_value", "InvalidRequestException")
    stubber.add_client_error(
        "restore_secret", "InvalidRequestException", response_meta={"RetryAttempts": tries}
    )
    secrets = SecretsManager(session.secretsmanager, "sluice")
    if is_told:
        with pytest.raises(ClientError):
            secrets.put("acme", {"token": Secret("canary")})
        return
    stubber.add_response("put_secret_value", {})
    secrets.put("acme", {"token": Secret("canary")})


def test_a_password_that_is_set_twice_is_that_password(hurried: AwsSession, loss: Loss, lost: int) -> None:
    known: list[Mapping[str, Any]] = []

    def pool(operation: str, given: Mapping[str, Any]) -> dict[str, Any]:
        known.append(given)
        return {}

    answering(hurried.cognito, pool)
    users = CognitoUsers(hurried.cognito, "eu-north-1_aaaaaaaaa")
    loss.of(hurried.cognito, "AdminSetUserPassword", lost)
    doing(lambda: users.set_password("kari", Secret("canary"), permanent=True), loss, lost)
    assert len(known) == lost + 1
    # Each try sets the same one, which only a pool that remembers old ones refuses.
    assert {one["Password"] for one in known} == {"canary"}


def test_the_pool_remembers_no_passwords() -> None:
    assert "PasswordHistorySize" not in (ROOT / "infra" / "users.yml").read_text()
