"""Clients have timeouts, capped retries, and never a person's credentials for the embedded AWS."""

from __future__ import annotations

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from sluice.aws.session import AwsSession
from sluice.errors import OutcomeUnknown
from tests.unit.aws.losing import Loss

NAMES = ["s3", "dynamodb", "secretsmanager", "sns", "sqs", "stepfunctions", "scheduler", "cloudformation"]


def url_of_an_object(session: AwsSession) -> str:
    return session.s3.generate_presigned_url("get_object", Params={"Bucket": "acme", "Key": "raw/1"})


@pytest.mark.parametrize("name", NAMES)
def test_every_client_is_made_once_with_our_limits(session: AwsSession, name: str) -> None:
    client = getattr(session, name)
    assert client is getattr(session, name)
    assert client.meta.region_name == "eu-north-1"
    assert client.meta.config.retries == {"mode": "standard", "total_max_attempts": 5}
    assert client.meta.config.connect_timeout == 5
    assert client.meta.config.read_timeout > 20


def test_the_endpoint_of_the_environment_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://localhost:4566")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    session = AwsSession(region="eu-north-1")
    assert session.sqs.meta.endpoint_url == "http://localhost:4566"
    assert url_of_an_object(session).startswith("http://localhost:4566/acme/raw/1?")


def test_on_aws_a_bucket_is_a_host(session: AwsSession) -> None:
    assert url_of_an_object(session).startswith("https://acme.s3.")


@pytest.mark.parametrize(
    ("endpoint", "expected"),
    [
        ("http://127.0.0.1:4566", ("test", "test", None)),
        ("http://localhost:4566", ("test", "test", None)),
        ("https://vpce-1.sqs.eu-north-1.vpce.amazonaws.com", ("mine", "mine", "mine")),
        (None, ("mine", "mine", "mine")),
    ],
)
def test_the_embedded_aws_never_sees_a_persons_credentials(
    monkeypatch: pytest.MonkeyPatch, endpoint: str | None, expected: tuple[str, str, str | None]
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "mine")
    found = AwsSession(region="eu-north-1", endpoint=endpoint)._session.get_credentials()
    assert found is not None
    assert (found.access_key, found.secret_key, found.token) == expected


def test_values_of_items_are_passed_on_as_they_came(session: AwsSession) -> None:
    # botocore takes each apart as a structure of ten members: half of what a page of items takes.
    model = session.dynamodb.meta.service_model
    assert model.shape_for("AttributeValue").metadata["document"] is True
    assert {"Query", "GetItem", "BatchGetItem"} <= set(model.operation_names)


ROLE = "arn:aws:iam::123456789012:role/sluice-dev-fetch_pages-eu-north-1"


def test_a_session_of_a_role_has_its_tags_and_lasts_as_long_as_an_invocation(aws: AwsSession) -> None:
    asked: list[dict[str, object]] = []
    sts = boto3.client("sts")
    sts.meta.events.register("provide-client-params.sts.AssumeRole", lambda params, **_: asked.append(params))
    aws.sts = sts  # type: ignore[misc]
    acting = aws.acting(ROLE, {"connection": "acme"})
    assert asked == [
        {
            "RoleArn": ROLE,
            "RoleSessionName": "sluice-acme",
            "DurationSeconds": 900,
            "Tags": [{"Key": "connection", "Value": "acme"}],
        }
    ]
    told = boto3.client(
        "sts",
        aws_access_key_id=acting._given["aws_access_key_id"],
        aws_secret_access_key=acting._given["aws_secret_access_key"],
        aws_session_token=acting._given["aws_session_token"],
    ).get_caller_identity()
    assert told["Arn"].endswith("assumed-role/sluice-dev-fetch_pages-eu-north-1/sluice-acme")


def test_a_session_of_a_role_has_clients_of_its_own(aws: AwsSession) -> None:
    acting = aws.acting(ROLE, {"connection": "acme"})
    for name in ("s3", "secretsmanager"):
        client, shared = getattr(acting, name), getattr(aws, name)
        assert client is getattr(acting, name)
        assert client is not shared
        assert client.meta.config.read_timeout == shared.meta.config.read_timeout
        signer = client._request_signer._credentials
        assert signer.access_key == acting._given["aws_access_key_id"]
        assert signer.access_key != shared._request_signer._credentials.access_key


def refusing(session: AwsSession, code: str) -> AwsSession:
    client = boto3.client("sts", "eu-north-1")
    stubber = Stubber(client)
    stubber.add_client_error("assume_role", code, "User: f is not authorized to perform: sts:AssumeRole")
    stubber.activate()
    session.sts = client  # type: ignore[misc]
    return session


def test_a_role_that_may_not_be_taken_on_is_named_and_tried_again(session: AwsSession) -> None:
    with pytest.raises(OutcomeUnknown, match="has to trust itself with these tags; deploy again") as raised:
        refusing(session, "AccessDenied").acting(ROLE, {"connection": "acme"})
    assert ROLE in str(raised.value)
    assert "{'connection': 'acme'}" in str(raised.value)


def test_what_else_sts_says_is_passed_on(session: AwsSession) -> None:
    with pytest.raises(ClientError, match="RegionDisabled"):
        refusing(session, "RegionDisabledException").acting(ROLE, {"connection": "acme"})


def test_a_session_whose_answer_is_lost_is_asked_for_again(aws: AwsSession, loss: Loss) -> None:
    loss.of(aws.sts, "AssumeRole", 1)
    assert aws.acting(ROLE, {"connection": "acme"}).s3


def test_the_name_of_a_session_is_as_long_as_sts_takes(aws: AwsSession) -> None:
    assert aws.acting(ROLE, {"connection": "a" * 80})
