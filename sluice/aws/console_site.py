"""The console's files in their bucket, before which CloudFront stands."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

KEPT = timedelta(days=7)
"""How long a file stays that no page names any more: an open console may still ask for it."""


class InvalidationClient(Protocol):
    """What is used of CloudFront, for which no types are installed."""

    def create_invalidation(self, **request: Any) -> dict[str, Any]:
        """Make the distribution forget paths."""


class SiteObject(Struct, frozen=True):
    """A file as it is published: its key in the bucket and what browsers are told of it."""

    key: str
    body: bytes
    content_type: str
    cache_control: str


class ConsoleSite:
    """The bucket ``bucket`` behind the distribution ``distribution``."""

    def __init__(self, s3: S3Client, cloudfront: InvalidationClient, bucket: str, distribution: str) -> None:
        self._s3 = s3
        self._cloudfront = cloudfront
        self._bucket = bucket
        self._distribution = distribution

    def publish(self, objects: Iterable[SiteObject], now: datetime) -> int:
        """Upload the files in their order and forget old ones; return how many were removed.

        ``now`` is with a time zone: what was replaced a week before it goes.
        """
        published = set()
        for one in objects:
            self._s3.put_object(
                Bucket=self._bucket,
                Key=one.key,
                Body=one.body,
                ContentType=one.content_type,
                CacheControl=one.cache_control,
            )
            published.add(one.key)
        gone = self._remove_old(published, now - KEPT)
        self._cloudfront.create_invalidation(
            DistributionId=self._distribution,
            InvalidationBatch={
                "Paths": {"Quantity": 1, "Items": ["/*"]},
                # The same request twice is one invalidation.
                "CallerReference": now.isoformat(),
            },
        )
        return gone

    def _remove_old(self, published: set[str], before: datetime) -> int:
        gone = 0
        for page in self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket):
            for found in page.get("Contents", []):
                if found["Key"] not in published and found["LastModified"] < before:
                    self._s3.delete_object(Bucket=self._bucket, Key=found["Key"])
                    gone += 1
        return gone
