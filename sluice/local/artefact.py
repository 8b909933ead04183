"""What is deployed: code, connectors and mappings as one zip, for the embedded AWS and for AWS.

The same input, compiled by the same Python, gives the same bytes. Building for AWS downloads dependencies;
checking is artefact_check.py's.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

CODE = ("lambdas", "sluice", "connectors", "transformers")
"""The folders of the project that a function needs, as they lie in the repository."""

LOCAL_ARTEFACT = Path(".sluice/build/sluice-lambda-local.zip")
AWS_ARTEFACTS = {"lambda": Path("dist/sluice-lambda-arm64.zip"), "lake": Path("dist/sluice-lake-arm64.zip")}
"""By the file of locked packages in requirements/: only the lake's functions carry DuckDB along."""

AWS_PYTHON = "3.13"
"""The version in serverless.yml's runtime; the dependencies are built for it."""

# Lambda's python3.13 is Amazon Linux 2023: glibc 2.34.
_AWS_PLATFORMS = (
    "manylinux_2_34_aarch64",
    "manylinux_2_28_aarch64",
    "manylinux_2_17_aarch64",
    "manylinux2014_aarch64",
)

# Of the code, what no function uses: they are for the command line and the machine it runs on.
_NOT_IN_A_FUNCTION = (
    "sluice/__main__.py",
    "sluice/cli",
    "sluice/console",
    "sluice/consumer",
    "sluice/local/process.py",
    "sluice/local/embedded_",
    "sluice/local/runtime_interface.py",
    "sluice/local/node.py",
    "sluice/local/deploy.py",
    "sluice/local/artefact",
    "sluice/local/package.py",
)

KEPT_SERVICES = (
    "cloudwatch", "dynamodb", "s3", "scheduler", "secretsmanager", "sesv2",
    "sns", "sqs", "stepfunctions", "sts", "xray",
)  # fmt: skip
"""Of botocore's 400 service descriptions, those of services that functions call: 20 MB less to load."""

_EPOCH = (1980, 1, 1, 0, 0, 0)


class NotBuilt(Exception):
    """The artefact could not be built; the message is what pip said."""


def build_local(project: Path, python: Path | None = None) -> Path:
    """Build the artefact of the embedded AWS: the code, and a bootstrap on this environment's Python.

    Its dependencies are the environment's own (``python``, default: the one that runs this).
    """
    python = python or Path(sys.executable)
    target, code = project / LOCAL_ARTEFACT, code_files(project)
    texts = {"bootstrap": _BOOTSTRAP.format(python=python).encode(), _INTERFACE.name: _INTERFACE.read_bytes()}
    with tempfile.TemporaryDirectory() as work:
        _write_zip(target, {**code, **compiled_files(code, python, Path(work))}, texts)
    return target


def build_for_aws(project: Path, name: str, work: Path) -> Path:
    """Build an artefact of AWS, dependencies for arm64 included; raises NotBuilt.

    ``name`` is one of AWS_ARTEFACTS, its requirements are locked with hashes; ``work`` is a scratch folder.
    boto3 is included, at the locked version: the one in Lambda's runtime changes under us, without notice.
    """
    packages = work / "arm64"
    options = [f"--platform={platform}" for platform in _AWS_PLATFORMS]
    options += ["--implementation=cp", f"--python-version={AWS_PYTHON}"]
    install_packages(packages, _requirements(project, name), options)
    target = project / AWS_ARTEFACTS[name]
    files = {**dict(_package_files(packages)), **code_files(project)}
    _write_zip(target, {**files, **compiled_files(files, aws_python(), work / "compiled")}, {})
    return target


def build_for_this_machine(project: Path, name: str, work: Path) -> Path:
    """Build what :func:`build_for_aws` builds, for this machine's Python: here it can be imported."""
    packages = work / "host"
    install_packages(packages, _requirements(project, name), [])
    target = work / "host.zip"
    _write_zip(target, {**dict(_package_files(packages)), **code_files(project)}, {})
    return target


def compiled_files(files: Mapping[str, Path], python: Path | None, work: Path) -> dict[str, Path]:
    """Return the compiled code of the modules among the files: path inside the artefact -> file in ``work``.

    Without it a function compiles all of it at every cold start: it cannot write into its folder. It counts
    whatever the date of the source is. None is returned where there is no such Python.
    """
    if python is None or not python.exists():
        return {}
    for name, file in files.items():
        if name.endswith(".py"):
            (work / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, work / name)
    options = ["-q", "--invalidation-mode", "unchecked-hash", "-s", str(work), "-p", "/", str(work)]
    # What does not compile stays as it is: some packages carry templates. The seed keeps sets in their order.
    command = [str(python), "-P", "-S", "-m", "compileall", *options]
    subprocess.run(command, env={"PYTHONHASHSEED": "0"}, check=False, capture_output=True)  # noqa: S603
    return {file.relative_to(work).as_posix(): file for file in sorted(work.rglob("*.pyc"))}


def aws_python() -> Path | None:
    """Return a Python of the version that functions run on, None where this machine has none."""
    finding = [
        sys.executable,
        "-m",
        "uv",
        "python",
        "find",
        "--no-project",
        "--no-python-downloads",
        AWS_PYTHON,
    ]
    found = subprocess.run(finding, check=False, capture_output=True, text=True)  # noqa: S603
    return Path(found.stdout.strip()) if found.returncode == 0 else None


def _requirements(project: Path, name: str) -> Path:
    return project / "requirements" / f"{name}.txt"


def code_files(project: Path) -> dict[str, Path]:
    """Return the artefact's own files: path inside the artefact -> file, in ascending order."""
    found = (file for folder in CODE for file in (project / folder).rglob("*") if file.is_file())
    named = {file.relative_to(project).as_posix(): file for file in found}
    return {
        name: named[name]
        for name in sorted(named)
        if "__pycache__" not in name and not name.startswith(_NOT_IN_A_FUNCTION)
    }


def install_packages(target: Path, requirements: Path, options: list[str]) -> None:
    """Install locked packages into ``target``: wheels only, every hash checked; raises NotBuilt."""
    shutil.rmtree(target, ignore_errors=True)
    done = subprocess.run(  # noqa: S603 - pip of this environment
        [
            sys.executable,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--no-compile",
            "--no-deps",
            "--require-hashes",
            "--only-binary=:all:",
            f"--target={target}",
            *options,
            "-r",
            str(requirements),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise NotBuilt(done.stderr[-3000:])


def _package_files(packages: Path) -> Iterator[tuple[str, Path]]:
    for file in packages.rglob("*"):
        name = file.relative_to(packages).as_posix()
        if file.is_file() and _is_needed(name):
            yield name, file


def _is_needed(name: str) -> bool:
    """Leave out what pip notes for itself, console scripts, tests, and services that we do not call."""
    parts = name.split("/")
    if "__pycache__" in parts or parts[0] == "bin" or parts[-1] in ("RECORD", "INSTALLER", "REQUESTED"):
        return False
    if parts[:2] == ["botocore", "data"] and len(parts) > 3:
        return parts[2] in KEPT_SERVICES
    return parts[:2] != ["boto3", "examples"]


def _write_zip(target: Path, files: dict[str, Path], texts: dict[str, bytes]) -> None:
    """Write a zip whose bytes depend on names and contents only: sorted, one date, one mode."""
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_suffix(f".{os.getpid()}.part")
    with zipfile.ZipFile(half, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted({*files, *texts}):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o755 if name == "bootstrap" or name.endswith(".so") else 0o644) << 16
            archive.writestr(entry, texts[name] if name in texts else files[name].read_bytes())
    half.replace(target)


_BOOTSTRAP = """#!/bin/sh
# Runs a function on the embedded AWS with AWS's own runtime interface client.
cd "$LAMBDA_TASK_ROOT"
export PYTHONPATH="$LAMBDA_TASK_ROOT" PYTHONUNBUFFERED=1
exec "{python}" runtime_interface.py "$_HANDLER"
"""

_INTERFACE = Path(__file__).with_name("runtime_interface.py")
