"""Runs one command and says what it took, as JSON on standard output: python -I -S launch.py COMMAND...

It is as small as a process can be, because the peak memory that the kernel counts for a child begins with
that of its parent. The child's standard output goes nowhere, what it says on standard error is kept.
"""

import json
import os
import subprocess
import sys
import time


def main() -> None:
    """Run the command; its exit code is told, too."""
    began = time.monotonic()
    child = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)  # noqa: S603
    said = child.stderr.read() if child.stderr else b""
    _, status, used = os.wait4(child.pid, 0)
    told = {
        "code": os.waitstatus_to_exitcode(status),
        "wall": time.monotonic() - began,
        "user": used.ru_utime,
        "system": used.ru_stime,
        "peak_mb": used.ru_maxrss / 1024,
        "said": said.decode(errors="replace")[-4000:],
    }
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
