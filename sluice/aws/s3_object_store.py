"""Object store on one S3 bucket. Integrity is botocore's: it sends and checks CRC checksums by itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError, IncompleteReadError, ReadTimeoutError, ResponseStreamingError

from sluice.aws.client_error import code_of
from sluice.ports.object_store import ObjectNotFound

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_READ_ATTEMPTS = 3
_ABSENT = frozenset({"NoSuchKey", "404", "NotFound"})


class S3ObjectStore:
    """The objects of ``bucket``. A role without s3:ListBucket sees AccessDenied where an object is absent."""

    def __init__(self, client: S3Client, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def put(self, key: str, data: bytes) -> None:
        """Store ``data`` under ``key``, replacing what was there."""
        self._client.put_object(Bucket=self._bucket, Key=key, Body=data)

    def get(self, key: str) -> bytes:
        """Return the object's bytes; raises ObjectNotFound.

        A body that breaks off is read again: botocore's retries end with the reply's headers.
        """
        for _ in range(_READ_ATTEMPTS - 1):
            try:
                return self._read(key)
            except (IncompleteReadError, ReadTimeoutError, ResponseStreamingError):
                continue
        return self._read(key)

    def exists(self, key: str) -> bool:
        """Return whether an object has this key."""
        try:
            self._client.head_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            if code_of(error) in _ABSENT:
                return False
            raise
        return True

    def keys(self, prefix: str) -> Iterator[str]:
        """Yield every key that starts with ``prefix``, in ascending order (of its UTF-8 bytes)."""
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
        for page in pages:
            yield from (found["Key"] for found in page.get("Contents", ()))

    def delete(self, key: str) -> None:
        """Remove the object; no error where there is none."""
        self._client.delete_object(Bucket=self._bucket, Key=key)

    def _read(self, key: str) -> bytes:
        try:
            return self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()
        except ClientError as error:
            if code_of(error) in _ABSENT:
                raise ObjectNotFound(key) from error
            raise
