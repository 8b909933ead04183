"""A body that breaks off is read again, and not for ever."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import IncompleteReadError
from botocore.response import StreamingBody

from sluice.aws.s3_object_store import S3ObjectStore


class Bodies:
    """Stands for the client: gives one body a call, each announcing 4 bytes."""

    def __init__(self, *bodies: bytes) -> None:
        self.left = list(bodies)

    def get_object(self, **_: Any) -> dict[str, Any]:
        return {"Body": StreamingBody(io.BytesIO(self.left.pop(0)), content_length=4)}


def test_a_body_cut_short_is_read_again() -> None:
    store = S3ObjectStore(Bodies(b"on", b"", b"once"), "bucket")  # type: ignore[arg-type]
    assert store.get("key") == b"once"


def test_after_three_times_it_fails() -> None:
    bodies = Bodies(b"on", b"", b"o", b"once")
    with pytest.raises(IncompleteReadError):
        S3ObjectStore(bodies, "bucket").get("key")  # type: ignore[arg-type]
    assert bodies.left == [b"once"]


def test_a_file_cut_short_is_read_again_from_its_beginning(tmp_path: Path) -> None:
    file = tmp_path / "file"
    S3ObjectStore(Bodies(b"on", b"", b"once"), "bucket").get_file("key", file)  # type: ignore[arg-type]
    assert file.read_bytes() == b"once"


def test_after_three_times_a_file_fails_too(tmp_path: Path) -> None:
    bodies = Bodies(b"on", b"", b"o", b"once")
    with pytest.raises(IncompleteReadError):
        S3ObjectStore(bodies, "bucket").get_file("key", tmp_path / "file")  # type: ignore[arg-type]
    assert bodies.left == [b"once"]
