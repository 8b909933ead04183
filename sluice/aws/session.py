"""The one place that makes AWS clients: region, timeouts, retries. Holds no names of resources.

AWS_ENDPOINT_URL and credentials in the environment are boto3's own business.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError

from sluice.aws.client_error import code_of
from sluice.aws.form import put_forms_on
from sluice.aws.meter import METER, Meter, put_meter_on
from sluice.errors import OutcomeUnknown

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_scheduler import EventBridgeSchedulerClient
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_stepfunctions import SFNClient

    from sluice.aws.cloudwatch_traffic import MetricsClient
    from sluice.aws.console_site import InvalidationClient
    from sluice.aws.ses_mailer import MailClient

_CONFIG = Config(
    connect_timeout=5,
    # Longer than the 20 s that a queue may be waited on.
    read_timeout=30,
    # Full jitter, at most 20 s between tries, and a token bucket that stops retry storms.
    retries={"mode": "standard", "total_max_attempts": 5},
    tcp_keepalive=True,
    max_pool_connections=20,
)

_ONCE = _CONFIG.merge(Config(read_timeout=10, retries={"mode": "standard", "total_max_attempts": 1}))
"""For what AWS does again each time that it is asked, and somebody is told of."""

_SHORTEST = 900
"""Seconds that a session of STS lasts at least, and no invocation longer (STS API Reference, AssumeRole)."""

_LONGEST_NAME = 64
"""Characters of a session's name (the same)."""

_EMBEDDED_CREDENTIAL = "test"
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

_MODELS = Path(__file__).with_name("models")
"""What botocore's descriptions of services are amended by: values of DynamoDB's attributes are passed on as
they came. To take each apart as a structure of ten optional members took half of the time of an answer."""


class TokenClient(Protocol):
    """What is used of boto3's client of STS."""

    def assume_role(self, **request: Any) -> Mapping[str, Any]:
        """Return what AssumeRole answers."""


class AwsSession:
    """Makes each client once, when it is first asked for; the clients may be shared by threads.

    ``endpoint`` is where AWS is, None for AWS itself. On this machine it is the embedded AWS: calls are
    then signed with its fixed credentials, so that a person's real ones are never used there. What the
    clients send is counted by ``meter``.
    """

    def __init__(self, region: str | None = None, endpoint: str | None = None, meter: Meter = METER) -> None:
        embedded = _EMBEDDED_CREDENTIAL if urlsplit(endpoint or "").hostname in _LOOPBACK else None
        # A person's AWS_PROFILE is about AWS, and may not even exist: it is not read for the embedded one.
        unread = {"profile": (None, None, None, None)}
        own = botocore.session.Session(session_vars=unread if embedded else None)
        own.get_component("data_loader").search_paths.append(str(_MODELS))
        put_meter_on(own.get_component("event_emitter"), meter)
        put_forms_on(own.get_component("event_emitter"))
        self._session = boto3.session.Session(
            botocore_session=own,
            region_name=region,
            aws_access_key_id=embedded,
            aws_secret_access_key=embedded,
        )
        self._given: dict[str, Any] = {"endpoint_url": endpoint, "config": _CONFIG}

    def acting(self, role: str, tags: Mapping[str, str]) -> AwsSession:
        """Return a session of a role with tags, which policies can name; it lasts as long as an invocation.

        Asks STS at once. Raises OutcomeUnknown where the role may not be taken on, or not with these tags.
        """
        name = "-".join(("sluice", *tags.values()))[:_LONGEST_NAME]
        asked = [{"Key": key, "Value": value} for key, value in tags.items()]
        try:
            given = self.sts.assume_role(
                RoleArn=role, RoleSessionName=name, DurationSeconds=_SHORTEST, Tags=asked
            )["Credentials"]
        except ClientError as error:
            if code_of(error) != "AccessDenied":
                raise
            # Tried again by whoever runs the step: IAM takes some seconds to know of a role.
            why = "it has to trust itself with these tags; deploy again, unless it was deployed a moment ago"
            raise OutcomeUnknown(f"{role} may not be taken on for {tags}: {why} ({error})") from error
        # What botocore has read of its descriptions is shared: only the credentials are others.
        found = object.__new__(AwsSession)
        found._session = self._session
        found._given = self._given | {
            "aws_access_key_id": given["AccessKeyId"],
            "aws_secret_access_key": given["SecretAccessKey"],
            "aws_session_token": given["SessionToken"],
        }
        return found

    @cached_property
    def s3(self) -> S3Client:
        """S3."""
        client = self._session.client("s3", **self._given)
        if (urlsplit(client.meta.endpoint_url).hostname or "").endswith(
            ("amazonaws.com", "amazonaws.com.cn")
        ):
            return client
        # Elsewhere there is no DNS for <bucket>.<host>.
        by_path = _CONFIG.merge(Config(s3={"addressing_style": "path"}))
        return self._session.client("s3", **(self._given | {"config": by_path}))

    @cached_property
    def dynamodb(self) -> DynamoDBClient:
        """DynamoDB."""
        return self._session.client("dynamodb", **self._given)

    @cached_property
    def secretsmanager(self) -> SecretsManagerClient:
        """Secrets Manager."""
        return self._session.client("secretsmanager", **self._given)

    @cached_property
    def sts(self) -> TokenClient:
        """STS."""
        client: TokenClient = self._session.client("sts", **self._given)
        return client

    @cached_property
    def sns(self) -> SNSClient:
        """SNS."""
        return self._session.client("sns", **self._given)

    @cached_property
    def sqs(self) -> SQSClient:
        """SQS."""
        return self._session.client("sqs", **self._given)

    @cached_property
    def stepfunctions(self) -> SFNClient:
        """Step Functions."""
        return self._session.client("stepfunctions", **self._given)

    @cached_property
    def scheduler(self) -> EventBridgeSchedulerClient:
        """EventBridge Scheduler."""
        return self._session.client("scheduler", **self._given)

    @cached_property
    def cognito(self) -> CognitoIdentityProviderClient:
        """Cognito user pools."""
        return self._session.client("cognito-idp", **self._given)

    @cached_property
    def mail(self) -> MailClient:
        """SES, by version 2 of its API. Asked once: it knows no mail again, each try may be one more."""
        client: MailClient = self._session.client("sesv2", **(self._given | {"config": _ONCE}))
        return client

    @cached_property
    def cloudwatch(self) -> MetricsClient:
        """CloudWatch."""
        client: MetricsClient = self._session.client("cloudwatch", **self._given)
        return client

    @cached_property
    def cloudfront(self) -> InvalidationClient:
        """CloudFront."""
        client: InvalidationClient = self._session.client("cloudfront", **self._given)
        return client

    @cached_property
    def cloudformation(self) -> CloudFormationClient:
        """CloudFormation."""
        return self._session.client("cloudformation", **self._given)
