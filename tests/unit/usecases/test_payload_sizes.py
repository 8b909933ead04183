"""A state takes 256 KiB: what travels between states stays far below it, whatever the ERP sends."""

from __future__ import annotations

import json

from sluice.model.checksums import MOST
from sluice.model.chunk import ChunkRef, Counts
from sluice.ports.workflow import MAX_PAYLOAD_BYTES
from sluice.usecases.failures import CAUSE_LENGTH, read_failure
from sluice.usecases.fetching.look_for_news import CHUNKS, MOST_BYTES
from sluice.usecases.fetching.step import MAX_CHUNKS
from sluice.usecases.fetching.sweep import Sweep
from sluice.usecases.plan_run import UNREAD

LONGEST_NAME = "x" * 40
STREAMS = 60
"""More streams than any connector has."""


def test_the_references_of_one_step_fit_many_times() -> None:
    key = f"raw/{LONGEST_NAME}/{LONGEST_NAME}/{'r' * 80}/000000-20261121T080000Z-{'0' * 12}.jsonl.gz"
    ref = ChunkRef(key, 999_999, 5_000, 5 * 2**20, "0" * 64, "2026-11-21T08:00:00Z").to_json()
    sweep = Sweep("r" * 80, "2026-11-21T08:00:00Z", "2026-11-21T08:00:00Z", reader={"position": "x" * 2_048})
    fetched = {"chunks": [{"bucket": "b" * 63, **ref}] * MAX_CHUNKS, "position": sweep.to_json()}
    assert len(json.dumps(fetched)) * 4 < MAX_PAYLOAD_BYTES


def test_what_looks_return_fits_together() -> None:
    key = f"raw/{LONGEST_NAME}/{LONGEST_NAME}/{'r' * 80}/000000-20261121T080000Z-{'0' * 12}.jsonl.gz"
    ref = ChunkRef(key, 999_999, 5_000, 5 * 2**20, "0" * 64, "2026-11-21T08:00:00Z").to_json()
    at = "2026-11-21T08:00:00Z"
    sweep = Sweep("r" * 80, at, at, reader={"position": "x" * 3_072}, checksums=["0" * 16] * MOST)
    fetched = {"chunks": [{"bucket": "b" * 63, **ref}] * (CHUNKS + 1), "position": sweep.to_json()}
    # The last look may begin when there is room for one byte.
    looked = MOST_BYTES + len(json.dumps({"stream": LONGEST_NAME, "fetched": fetched}))
    jobs = [{"stream": LONGEST_NAME, "fetched": UNREAD}] * STREAMS
    idle = [{"stream": LONGEST_NAME, "outcome": "synced", "counts": Counts().to_json()}] * STREAMS
    assert looked + len(json.dumps(jobs)) + len(json.dumps(idle)) < MAX_PAYLOAD_BYTES / 2


def test_the_results_of_all_streams_fit_together() -> None:
    failed = {"stream": LONGEST_NAME, "outcome": "failed", "error": "e" * 256, "cause": "ø" * 500}
    assert len(json.dumps([failed] * STREAMS).encode()) < MAX_PAYLOAD_BYTES


def test_a_cause_is_cut_to_what_may_travel() -> None:
    told = json.dumps(
        {"errorMessage": "x" * 100_000, "errorType": "ErpUnavailable", "stackTrace": ["y"] * 1_000}
    )
    failure = read_failure({"Error": "ErpUnavailable", "Cause": told})
    assert failure.cause == "x" * CAUSE_LENGTH
