"""What every object store does."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from moto.core import DEFAULT_ACCOUNT_ID
from moto.s3.models import s3_backends

from sluice.aws.s3_object_store import S3ObjectStore
from sluice.aws.session import AwsSession
from sluice.local.memory_object_store import MemoryObjectStore
from sluice.ports.object_store import ObjectNotFound, ObjectStore

MORE_THAN_A_PAGE = 1_003
MANY = [f"many/{number:06d}" for number in range(MORE_THAN_A_PAGE)]
PutMany = Callable[[Iterable[str]], None]


class ObjectStoreContract:
    """A subclass gives the fixtures ``store``, empty, and ``put_many``, which puts keys past the port."""

    def test_a_get_sees_the_put_before_it(self, store: ObjectStore) -> None:
        store.put("raw/a", b"one")
        store.put("raw/a", b"two")
        assert store.get("raw/a") == b"two"

    @pytest.mark.parametrize("data", [b"", b"\x00\xff" * 3, b"x" * 2_000_000])
    def test_bytes_come_back_as_they_went(self, store: ObjectStore, data: bytes) -> None:
        store.put("k", data)
        assert store.get("k") == data

    @pytest.mark.parametrize("data", [b"", b"\x00\xff" * 3, b"x" * 2_000_001])
    def test_files_come_back_as_they_went(self, store: ObjectStore, data: bytes, tmp_path: Path) -> None:
        there, back = tmp_path / "there", tmp_path / "back"
        there.write_bytes(data)
        store.put("k", b"before")
        store.put_file("k", there)
        store.get_file("k", back)
        assert store.get("k") == back.read_bytes() == data

    def test_an_absent_object_leaves_no_file(self, store: ObjectStore, tmp_path: Path) -> None:
        with pytest.raises(ObjectNotFound, match="raw/absent"):
            store.get_file("raw/absent", tmp_path / "file")
        assert not (tmp_path / "file").exists()

    def test_entries_say_how_large_and_how_old(self, store: ObjectStore) -> None:
        for key, data in (("raw/b", b"four"), ("raw/a", b""), ("other/a", b"x")):
            store.put(key, data)
        found = list(store.entries("raw/"))
        assert [(entry.key, entry.size) for entry in found] == [("raw/a", 0), ("raw/b", 4)]
        now = datetime.now(UTC)
        assert all(abs(now - entry.put_at) < timedelta(minutes=1) for entry in found)
        assert list(store.entries("nothing")) == []

    def test_a_link_names_the_file_and_its_type(self, store: ObjectStore) -> None:
        store.put("exports/x/invoice.csv", b"a,b")
        link = store.link("exports/x/invoice.csv", 900, "text/csv")
        assert "exports/x/invoice.csv?" in link
        assert "text%2Fcsv" in link

    def test_what_is_absent_is_not_found(self, store: ObjectStore) -> None:
        with pytest.raises(ObjectNotFound, match="raw/absent"):
            store.get("raw/absent")
        assert not store.exists("raw/absent")

    def test_what_is_there_exists(self, store: ObjectStore) -> None:
        store.put("raw/a", b"")
        assert store.exists("raw/a")
        assert not store.exists("raw/")

    def test_what_was_deleted_is_gone_and_may_be_deleted_again(self, store: ObjectStore) -> None:
        store.put("a", b"1")
        store.delete("a")
        store.delete("a")
        assert not store.exists("a")

    def test_many_are_deleted_while_they_are_listed_and_no_others(
        self, store: ObjectStore, put_many: PutMany
    ) -> None:
        put_many(MANY)
        store.put("many2/a", b"")
        store.delete_all(store.keys("many/"))
        assert list(store.keys("")) == ["many2/a"]

    def test_none_and_absent_ones_may_be_deleted_too(self, store: ObjectStore) -> None:
        store.put("raw/a", b"")
        store.delete_all([])
        store.delete_all(["raw/absent", "raw/ordre+kø/100%&<a>", "raw/a"])
        assert list(store.keys("")) == []

    def test_keys_start_with_the_prefix_and_ascend_by_their_bytes(self, store: ObjectStore) -> None:
        for key in ("raw/b", "raw/a", "raw/\U0001f600", "raw/\uffee", "other/a", "raw"):
            store.put(key, b"")
        assert list(store.keys("raw/")) == ["raw/a", "raw/b", "raw/\uffee", "raw/\U0001f600"]
        assert list(store.keys("nothing")) == []

    @pytest.mark.parametrize("key", ["raw/acme as/ordre+kø/100%.gz", "raw/a//b", "raw/æøå?x=1#y"])
    def test_a_key_may_hold_what_a_url_may_not(self, store: ObjectStore, key: str) -> None:
        store.put(key, b"1")
        assert store.get(key) == b"1"
        assert list(store.keys("raw/")) == [key]

    def test_more_keys_than_fit_one_page_of_a_listing(self, store: ObjectStore, put_many: PutMany) -> None:
        put_many(MANY)
        assert list(store.keys("many/")) == MANY


class TestMemoryObjectStore(ObjectStoreContract):
    @pytest.fixture
    def store(self) -> ObjectStore:
        return MemoryObjectStore()

    @pytest.fixture
    def put_many(self, store: ObjectStore) -> PutMany:
        def put(keys: Iterable[str]) -> None:
            for key in keys:
                store.put(key, b"")

        return put


class TestS3ObjectStore(ObjectStoreContract):
    @pytest.fixture
    def store(self, aws: AwsSession) -> ObjectStore:
        place = {"LocationConstraint": "eu-north-1"}
        aws.s3.create_bucket(Bucket="sluice-test", CreateBucketConfiguration=place)  # type: ignore[arg-type]
        return S3ObjectStore(aws.s3, "sluice-test")

    @pytest.fixture
    def put_many(self, store: ObjectStore) -> PutMany:
        def put(keys: Iterable[str]) -> None:
            for key in keys:
                s3_backends[DEFAULT_ACCOUNT_ID]["aws"].put_object("sluice-test", key, b"")

        return put
