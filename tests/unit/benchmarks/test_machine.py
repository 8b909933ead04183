from __future__ import annotations

import os
import subprocess
import sys

from benchmarks.machine import processor_seconds, told_of_the_machine

BUSY = "import time\nwhile time.process_time() < 0.3: pass"


def test_what_children_took_counts_while_they_run_and_after() -> None:
    before = processor_seconds(os.getpid())
    waiting = f"{BUSY}\nprint(flush=True)\ninput()"
    child = subprocess.Popen(  # noqa: S603 - our own Python
        [sys.executable, "-c", waiting], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    child.stdout.readline()
    running = processor_seconds(os.getpid())
    child.communicate("\n")
    assert running - before >= 0.25
    assert processor_seconds(os.getpid()) >= running


def test_the_machine_is_told_with_the_day() -> None:
    assert f"{os.cpu_count()} cores" in told_of_the_machine()
