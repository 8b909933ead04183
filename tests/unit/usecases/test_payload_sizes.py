"""A state takes 256 KiB: what travels between states stays far below it, whatever the ERP sends."""

from __future__ import annotations

import json

from sluice.model.chunk import ChunkRef
from sluice.ports.workflow import MAX_PAYLOAD_BYTES
from sluice.usecases.failures import CAUSE_LENGTH, read_failure
from sluice.usecases.fetch_pages import MAX_CHUNKS, Sweep

LONGEST_NAME = "x" * 40
STREAMS = 60
"""More streams than any connector has."""


def test_the_references_of_one_step_fit_many_times() -> None:
    key = f"raw/{LONGEST_NAME}/{LONGEST_NAME}/{'r' * 80}/000000-20261121T080000Z-{'0' * 12}.jsonl.gz"
    ref = ChunkRef(key, 999_999, 5_000, 5 * 2**20, "0" * 64, "2026-11-21T08:00:00Z").to_json()
    sweep = Sweep("r" * 80, "2026-11-21T08:00:00Z", "2026-11-21T08:00:00Z", reader={"position": "x" * 2_048})
    fetched = {"chunks": [{"bucket": "b" * 63, **ref}] * MAX_CHUNKS, "position": sweep.to_json()}
    assert len(json.dumps(fetched)) * 4 < MAX_PAYLOAD_BYTES


def test_the_results_of_all_streams_fit_together() -> None:
    failed = {"stream": LONGEST_NAME, "outcome": "failed", "error": "e" * 256, "cause": "ø" * 500}
    assert len(json.dumps([failed] * STREAMS).encode()) < MAX_PAYLOAD_BYTES


def test_a_cause_is_cut_to_what_may_travel() -> None:
    told = json.dumps(
        {"errorMessage": "x" * 100_000, "errorType": "ErpUnavailable", "stackTrace": ["y"] * 1_000}
    )
    failure = read_failure({"Error": "ErpUnavailable", "Cause": told})
    assert failure.cause == "x" * CAUSE_LENGTH
