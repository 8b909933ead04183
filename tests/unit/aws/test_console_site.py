"""Publishing the console on moto's S3 and CloudFront."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws

from sluice.aws.console_site import ConsoleSite, SiteObject
from sluice.aws.session import AwsSession

BUCKET = "console"
PAGE = SiteObject("index.html", b"<h1/>", "text/html; charset=utf-8", "no-store")
ASSET = SiteObject("assets/a-1.js", b"go()", "text/javascript", "public, max-age=31536000, immutable")


@pytest.fixture
def aws(session: AwsSession) -> Iterator[AwsSession]:
    with mock_aws():
        session.s3.create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-north-1"}
        )
        yield session


@pytest.fixture
def distribution(aws: AwsSession) -> str:
    client: Any = boto3.client("cloudfront", region_name="eu-north-1")
    origin = {
        "Id": "files",
        "DomainName": f"{BUCKET}.s3.amazonaws.com",
        "S3OriginConfig": {"OriginAccessIdentity": ""},
    }
    made = client.create_distribution(
        DistributionConfig={
            "CallerReference": "1",
            "Comment": "console",
            "Enabled": True,
            "Origins": {"Quantity": 1, "Items": [origin]},
            "DefaultCacheBehavior": {"TargetOriginId": "files", "ViewerProtocolPolicy": "https-only"},
        }
    )
    return str(made["Distribution"]["Id"])


def keys(aws: AwsSession) -> set[str]:
    return {one["Key"] for one in aws.s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])}


def test_files_are_published_with_what_browsers_are_told(aws: AwsSession, distribution: str) -> None:
    site = ConsoleSite(aws.s3, aws.cloudfront, BUCKET, distribution)
    assert site.publish([ASSET, PAGE], datetime.now(UTC)) == 0
    page = aws.s3.get_object(Bucket=BUCKET, Key="index.html")
    assert page["Body"].read() == b"<h1/>"
    assert (page["ContentType"], page["CacheControl"]) == ("text/html; charset=utf-8", "no-store")
    assert aws.s3.get_object(Bucket=BUCKET, Key=ASSET.key)["CacheControl"] == ASSET.cache_control


def test_the_distribution_forgets_every_path_at_each_publication(aws: AwsSession, distribution: str) -> None:
    site, now = ConsoleSite(aws.s3, aws.cloudfront, BUCKET, distribution), datetime.now(UTC)
    site.publish([PAGE], now)
    site.publish([PAGE], now + timedelta(seconds=1))
    client: Any = boto3.client("cloudfront", region_name="eu-north-1")
    made = client.list_invalidations(DistributionId=distribution)["InvalidationList"]["Items"]
    assert len(made) == 2
    found = client.get_invalidation(DistributionId=distribution, Id=made[0]["Id"])["Invalidation"]
    assert found["InvalidationBatch"]["Paths"]["Items"] == ["/*"]


def test_what_no_page_names_any_more_goes_after_a_week(aws: AwsSession, distribution: str) -> None:
    site, now = ConsoleSite(aws.s3, aws.cloudfront, BUCKET, distribution), datetime.now(UTC)
    site.publish([ASSET, PAGE], now)
    other = SiteObject("assets/a-2.js", b"go2()", "text/javascript", "x")
    assert site.publish([other, PAGE], now + timedelta(days=6)) == 0
    assert keys(aws) == {ASSET.key, other.key, PAGE.key}
    assert site.publish([other, PAGE], now + timedelta(days=8)) == 1
    assert keys(aws) == {other.key, PAGE.key}
