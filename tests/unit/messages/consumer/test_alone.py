"""The library needs nothing else of Sluice, and makes no client of AWS: a team may copy the folder."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import sluice.consumer

PURE = (
    "reading, taking, order, store, sqlite_store, dynamo_store, turns, sqlite_turns, dynamo_turns, identity"
)
SCRIPT = f"""
import sys
sys.path.insert(0, sys.argv[1])
import sluice
from sluice.consumer import {PURE}
assert sluice.consumer.__file__.startswith(sys.argv[1]), sluice.consumer.__file__
found = {{name.partition(".")[0] for name in sys.modules}}
print(sorted(found & {{"boto3", "botocore", "aws_lambda_powertools", "msgspec", "jsonschema", "urllib3"}}))
print(sorted(name for name in sys.modules if name.startswith("sluice.") and ".consumer" not in name))
"""


def test_a_copy_of_the_folder_is_imported_by_itself(tmp_path: Path) -> None:
    source = Path(sluice.consumer.__file__).parent
    shutil.copytree(source, tmp_path / "sluice/consumer", ignore=shutil.ignore_patterns("__pycache__"))
    command = [sys.executable, "-E", "-P", "-c", SCRIPT, str(tmp_path)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=tmp_path)  # noqa: S603
    assert done.returncode == 0, done.stderr
    assert done.stdout.split("\n")[:2] == ["[]", "[]"]
