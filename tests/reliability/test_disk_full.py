"""A disk without room: the step fails by name, leaves nothing on it, and is made good by the next run."""

from __future__ import annotations

import errno
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from lambdas.powers import powered
from sluice.errors import OutcomeUnknown
from sluice.local.memory_object_store import MemoryObjectStore
from sluice.registry.cursors import Cursors
from sluice.snapshot import sorting
from sluice.usecases.data.write_lake import write_lake
from sluice.usecases.fetching import chunk_writer
from tests.flows.rig import Rig
from tests.unit.usecases.data import test_write_lake as lake

FULL = Path("/dev/full")
"""Takes nothing: every write fails as on a disk without room."""

CONTEXT: Any = SimpleNamespace(
    function_name="commit_cursor",
    memory_limit_in_mb="512",
    invoked_function_arn="arn:aws:lambda:eu-north-1:1:function:commit_cursor",
    aws_request_id="1",
    tenant_id=None,
)


@contextmanager
def no_room_beyond(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond so many bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


@pytest.mark.skipif(not FULL.exists(), reason="only Linux has /dev/full")
def test_a_stream_whose_entries_find_no_room_is_committed_by_the_next_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(chunk_writer, "MAX_RECORDS", 5)
    monkeypatch.setattr(sorting, "MOST_AT_HAND", 5)
    rig = Rig()
    for key in range(1, 41):
        rig.erp.put("department", key, f"Department {key}")
        rig.erp.put("customer", key, f"Customer {key}")
    rig.run()
    for key in range(1, 41):
        rig.erp.put("department", key, f"Renamed {key}")
    rig.erp.remove("department", 7)
    before = Cursors(rig.world.state, "acme").get("department")
    with monkeypatch.context() as full:
        full.setattr(sorting, "TemporaryFile", lambda **_: FULL.open("r+b", buffering=0))
        with pytest.raises(OSError, match="No space left") as caught:
            rig.run()
        assert caught.value.errno == errno.ENOSPC
    after = Cursors(rig.world.state, "acme").get("department")
    assert (after.sweep, after.snapshot) == (before.sweep, before.snapshot)
    rig.end(rig.last, "FAILED")
    assert rig.run()["outcome"] == "succeeded"
    truth = {key: f"Renamed {key}" for key in range(1, 41) if key != 7}
    assert rig.consumer.names("department") == truth
    versions = [(event["data"]["id"], event["entityversion"]) for event in rig.consumer.events]
    assert len(versions) == len(set(versions))


def test_a_batch_that_finds_no_room_comes_again_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    objects = MemoryObjectStore()
    batch = [
        lake.message(str(n), *(lake.event(f"{n}-{k}", name="x" * 200) for k in range(50))) for n in (1, 2)
    ]
    with no_room_beyond(2_000):
        (unwritten,) = write_lake(lake.world(objects), batch)
    assert sorted(unwritten.messages) == ["1", "2"]
    assert list(tmp_path.iterdir()) == []
    assert list(objects.keys("")) == []
    assert write_lake(lake.world(objects), batch) == []
    assert len(list(objects.keys("lake/"))) == 1


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_step_without_room_fails_by_the_name_that_is_tried_again(code: int) -> None:
    @powered
    def step(event: dict[str, Any], context: Any) -> Any:
        raise OSError(code, "no room", "/tmp/sorting-x")  # noqa: S108 - a name in a message

    with pytest.raises(OutcomeUnknown, match="the function's disk is full"):
        step({"connection": "acme"}, CONTEXT)


def test_another_failure_of_the_machine_keeps_its_name() -> None:
    @powered
    def step(event: dict[str, Any], context: Any) -> Any:
        raise PermissionError(errno.EACCES, "may not")

    with pytest.raises(PermissionError):
        step({"connection": "acme"}, CONTEXT)
