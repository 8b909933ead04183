from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import pytest

from sluice.local import artefact_check

AARCH64, X86_64 = 183, 62

BOTO3 = """
class session:
    class Session:
        def __init__(self, *a, **k): ...
        def client(self, service): ...
"""


def elf(machine: int, bits: bytes = b"\x02") -> bytes:
    return b"\x7fELF" + bits + b"\x01\x01" + bytes(9) + struct.pack("<HH", 3, machine) + bytes(40)


def zipped(folder: Path, files: dict[str, bytes | str]) -> Path:
    target = folder / "artefact.zip"
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return target


@pytest.mark.parametrize(
    ("name", "data", "foreign"),
    [
        ("a/b.cpython-313-aarch64-linux-gnu.so", elf(AARCH64), False),
        ("a/b.abi3.so", elf(AARCH64), False),
        ("libs/libyaml.so.2", elf(AARCH64), False),
        ("a/b.abi3.so", elf(X86_64), True),
        ("libs/libyaml.so.2", elf(X86_64), True),
        ("a/b.abi3.so", elf(AARCH64, bits=b"\x01"), True),
        ("a/b.abi3.so", b"not a library", True),
        ("a/b.cpython-311-aarch64-linux-gnu.so", elf(AARCH64), True),
        ("a/b.py", b"import so", False),
    ],
)
def test_foreign_libraries_are_named(name: str, data: bytes, foreign: bool, tmp_path: Path) -> None:
    assert artefact_check.foreign_libraries(zipped(tmp_path, {name: data})) == ([name] if foreign else [])


def test_unzipped_size_is_what_is_unpacked(tmp_path: Path) -> None:
    assert artefact_check.unzipped_size(zipped(tmp_path, {"a": "xxx", "b": "yy"})) == 5


def test_handlers_are_read_from_the_functions_file(tmp_path: Path) -> None:
    plain = "PlanRun:\n  handler: lambdas/plan_run.handler\n  timeout: 60\n"
    lake = (
        'WriteLake:\n  handler: lambdas/write_lake.handler\n  package: {artifact: "${param:lakeArtefact}"}\n'
    )
    (tmp_path / "functions.yml").write_text(plain + lake)
    modules = artefact_check.handlers(tmp_path / "functions.yml")
    assert modules == {"lambda": ["lambdas.plan_run"], "lake": ["lambdas.write_lake"]}


@pytest.mark.parametrize(
    ("code", "failure"),
    [
        ("def handler(event, context): ...", None),
        ("handler = 1", "lambdas.a has no handler"),
        ("import pytest\ndef handler(event, context): ...", "No module named 'pytest'"),
        ("def handler(", "SyntaxError"),
    ],
)
def test_handlers_are_imported_from_the_artefact_alone(
    code: str, failure: str | None, tmp_path: Path
) -> None:
    built = zipped(tmp_path, {"lambdas/__init__.py": "", "lambdas/a.py": code, "boto3.py": BOTO3})
    said = artefact_check.import_failure(built, tmp_path / "work", ["lambdas.a"])
    assert said is None if failure is None else failure in (said or "")
