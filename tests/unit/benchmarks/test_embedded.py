from __future__ import annotations

import os
import signal

import pytest

from benchmarks.embedded import unwinding


def asked_to_end(left: list[str]) -> None:
    with unwinding():
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            signal.pause()
        finally:
            left.clear()


def test_who_is_asked_to_end_does_first_what_is_left_to_do() -> None:
    before, left = signal.getsignal(signal.SIGTERM), ["stop the embedded AWS"]
    with pytest.raises(SystemExit, match="143"):
        asked_to_end(left)
    assert not left
    assert signal.getsignal(signal.SIGTERM) == before
