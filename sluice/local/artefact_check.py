"""Whether an artefact would run: every handler imported from it alone, every library built for its platform.

A library for arm64 cannot be loaded on x86-64: there the ELF headers are read instead.
"""

from __future__ import annotations

import struct
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

import yaml

from sluice.local.artefact import AWS_ARTEFACTS, AWS_PYTHON, KEPT_SERVICES

_AARCH64 = 183
"""e_machine of ELF for AArch64 (ELF for the Arm 64-bit Architecture, section 5.2)."""

UNZIPPED_LIMIT = 250 * 1024 * 1024
"""Lambda's limit for a function's unzipped code, in bytes."""

_IMPORT_ALL = """
import importlib, sys
sys.path.insert(0, sys.argv[1])
for name in sys.argv[2].split(","):
    module = importlib.import_module(name)
    if not callable(getattr(module, "handler", None)):
        raise SystemExit(f"{name} has no handler")
files = [getattr(module, "__file__", None) or "" for module in sys.modules.values()]
outside = [file for file in files if "site-packages" in file]
if outside:
    raise SystemExit(f"came from outside the artefact: {outside[0]}")
import boto3
session = boto3.session.Session("x", "x", region_name="eu-north-1")
for service in sys.argv[3].split(","):
    session.client(service)
"""


def foreign_libraries(artefact: Path) -> list[str]:
    """Return the libraries in the artefact that are no 64-bit Arm ELF files, or for another Python."""
    with zipfile.ZipFile(artefact) as archive:
        names = [name for name in archive.namelist() if name.endswith(".so") or ".so." in name]
        return [name for name in names if _is_for_another(name) or not _is_aarch64(archive.read(name)[:20])]


def unzipped_size(artefact: Path) -> int:
    """Return how many bytes the artefact has once it is unpacked."""
    with zipfile.ZipFile(artefact) as archive:
        return sum(entry.file_size for entry in archive.infolist())


def handlers(functions: Path) -> dict[str, list[str]]:
    """Return the modules of the handlers that infra/functions.yml deploys, by artefact (AWS_ARTEFACTS)."""
    modules: dict[str, list[str]] = {name: [] for name in AWS_ARTEFACTS}
    for function in yaml.safe_load(functions.read_text()).values():
        chosen = function.get("package", {}).get("artifact", "")
        module = function["handler"].removesuffix(".handler").replace("/", ".")
        modules["lake" if "lakeArtefact" in chosen else "lambda"].append(module)
    return modules


def import_failure(artefact: Path, work: Path, modules: Sequence[str]) -> str | None:
    """Unpack into ``work`` and import the handlers' modules there, in a Python that sees nothing else.

    Return None, or what went wrong. Every client of a kept service is made, too.
    """
    with zipfile.ZipFile(artefact) as archive:
        archive.extractall(work)
    done = subprocess.run(  # noqa: S603 - this Python, isolated, on the unpacked artefact
        [
            sys.executable,
            "-I",
            "-S",
            "-B",
            "-c",
            _IMPORT_ALL,
            str(work),
            ",".join(modules),
            ",".join(KEPT_SERVICES),
        ],
        env={},
        cwd=work,
        capture_output=True,
        text=True,
        check=False,
    )
    return None if done.returncode == 0 else (done.stderr or done.stdout)[-3000:]


def _is_for_another(name: str) -> bool:
    return "cpython-" in name and f"cpython-{AWS_PYTHON.replace('.', '')}-" not in name


def _is_aarch64(header: bytes) -> bool:
    if header[:4] != b"\x7fELF" or header[4:6] != b"\x02\x01":  # 64 bit, little endian
        return False
    (machine,) = struct.unpack_from("<H", header, 18)
    return bool(machine == _AARCH64)
