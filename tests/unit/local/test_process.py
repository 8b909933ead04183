from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sluice.local import process

SLEEP = "import time; print('here', flush=True); time.sleep(60)"
DEAF = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEP}"
MARK = "sluice_test=here"

Start = Callable[[str], int]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    pids: list[int] = []

    def start_one(code: str) -> int:
        log = tmp_path / f"{len(pids)}.log"
        pids.append(process.start_detached([sys.executable, "-X", MARK, "-c", code], {}, log))
        until = time.monotonic() + 10
        while not log.read_text():
            assert time.monotonic() < until
            time.sleep(0.02)
        return pids[-1]

    yield start_one
    for pid in pids:
        process.end(pid, MARK, 1, lambda: True)


def test_a_process_is_known_by_its_mark(start: Start) -> None:
    pid = start(SLEEP)
    assert process.is_ours(pid, MARK)
    assert not process.is_ours(pid, "sluice_test=elsewhere")
    assert not process.is_ours(0, MARK)


def test_a_process_ends_when_asked(start: Start) -> None:
    pid = start(SLEEP)
    assert process.end(pid, MARK, 5, lambda: False)
    assert not process.is_ours(pid, MARK)


def test_a_process_that_has_not_saved_is_never_killed(start: Start) -> None:
    pid = start(DEAF)
    assert not process.end(pid, MARK, 0.5, lambda: False)
    assert process.is_ours(pid, MARK)


def test_a_process_that_has_saved_and_lingers_is_killed(start: Start) -> None:
    pid = start(DEAF)
    assert process.end(pid, MARK, 5, lambda: True)
    assert not process.is_ours(pid, MARK)


def test_somebody_elses_process_is_left_alone() -> None:
    other = subprocess.Popen([sys.executable, "-c", SLEEP], stdout=subprocess.DEVNULL)  # noqa: S603
    try:
        assert process.end(other.pid, MARK, 1, lambda: True)
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_those_whose_parent_is_gone_are_found_by_what_they_inherited_and_end(tmp_path: Path) -> None:
    entry = f"SLUICE_TEST={tmp_path}"
    environment = {"SLUICE_TEST": str(tmp_path)}
    child = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {DEAF!r}]); {SLEEP}"
    log = tmp_path / "parent.log"
    parent = process.start_detached([sys.executable, "-X", MARK, "-c", child], environment, log)
    until = time.monotonic() + 10
    while len(process.marked(entry)) < 2 or log.read_text().count("here") < 2:
        assert time.monotonic() < until
        time.sleep(0.02)
    [orphan] = set(process.marked(entry)) - {parent}
    os.kill(parent, signal.SIGKILL)
    while parent in process.marked(entry):
        time.sleep(0.02)
    assert process.marked(entry + "/elsewhere") == []
    assert process.end_marked(entry, 0.3) == [orphan]
    assert process.marked(entry) == []
    os.waitpid(parent, 0)


def test_what_it_says_goes_to_the_log(start: Start, tmp_path: Path) -> None:
    start(SLEEP)
    assert (tmp_path / "0.log").read_text() == "here\n"
