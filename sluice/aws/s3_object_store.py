"""Object store on one S3 bucket. Integrity is botocore's: it sends and checks CRC checksums by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError, IncompleteReadError, ReadTimeoutError, ResponseStreamingError

from sluice.aws.client_error import code_of
from sluice.ports.object_store import Entry, ObjectNotFound

if TYPE_CHECKING:
    from botocore.response import StreamingBody
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import DeleteTypeDef

_PIECE = 1024 * 1024
"""Bytes of a file that are in memory at a time."""
_BROKEN_OFF = (IncompleteReadError, ReadTimeoutError, ResponseStreamingError)
_READ_ATTEMPTS = 3
_MOST_DELETED = 1_000
"""Keys that one DeleteObjects takes (Amazon S3 API Reference, read 2026-11-21)."""
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
                return self._body(key).read()
            except _BROKEN_OFF:
                continue
        return self._body(key).read()

    def put_file(self, key: str, path: Path) -> None:
        """Store the file's bytes under ``key`` in one request, which takes 5 GB at most."""
        with path.open("rb") as file:
            self._client.put_object(Bucket=self._bucket, Key=key, Body=file)

    def get_file(self, key: str, path: Path) -> None:
        """Write the object's bytes to ``path``; raises ObjectNotFound. Reads a body again as get does."""
        for _ in range(_READ_ATTEMPTS - 1):
            try:
                self._write(key, path)
            except _BROKEN_OFF:
                continue
            return
        self._write(key, path)

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
        yield from (entry.key for entry in self.entries(prefix))

    def entries(self, prefix: str) -> Iterator[Entry]:
        """Yield size and time of every object whose key starts with ``prefix``, by ascending key."""
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
        for page in pages:
            for found in page.get("Contents", ()):
                yield Entry(found["Key"], found["Size"], found["LastModified"].astimezone(UTC))

    def link(self, key: str, seconds: int, media_type: str) -> str:
        """Return a presigned address, good for so long as our own credentials are, at most."""
        name = key.rpartition("/")[2]
        wanted = {
            "Bucket": self._bucket,
            "Key": key,
            "ResponseContentType": media_type,
            "ResponseContentDisposition": f'attachment; filename="{name}"',
            "ResponseCacheControl": "no-store",
        }
        return self._client.generate_presigned_url("get_object", Params=wanted, ExpiresIn=seconds)

    def delete(self, key: str) -> None:
        """Remove the object; no error where there is none."""
        self._client.delete_object(Bucket=self._bucket, Key=key)

    def delete_all(self, keys: Iterable[str]) -> None:
        """Remove the objects of these keys, absent or not; raises ClientError for one that stays."""
        left = iter(keys)
        while batch := list(islice(left, _MOST_DELETED)):
            wanted: DeleteTypeDef = {"Objects": [{"Key": key} for key in batch], "Quiet": True}
            reply = self._client.delete_objects(Bucket=self._bucket, Delete=wanted)
            # The call itself succeeds, whatever became of the single objects.
            for refused in reply.get("Errors", ()):
                text = f"{refused.get('Key')}: {refused.get('Message')}"
                raise ClientError(
                    {"Error": {"Code": refused.get("Code", ""), "Message": text}}, "DeleteObjects"
                )

    def _write(self, key: str, path: Path) -> None:
        body = self._body(key)
        with path.open("wb") as file:
            file.writelines(body.iter_chunks(_PIECE))

    def _body(self, key: str) -> StreamingBody:
        try:
            return self._client.get_object(Bucket=self._bucket, Key=key)["Body"]
        except ClientError as error:
            if code_of(error) in _ABSENT:
                raise ObjectNotFound(key) from error
            raise
