from __future__ import annotations

import zipfile
from importlib.util import cache_from_source, source_from_cache
from pathlib import Path

import pytest

from sluice.local import artefact


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in (
        "lambdas/fetch_pages.py",
        "runtime_interface.py",
        "sluice/errors.py",
        "sluice/cli/main.py",
        "sluice/local/deploy.py",
        "sluice/local/system_clock.py",
        "sluice/__pycache__/errors.pyc",
        "connectors/tripletex/customer.yaml",
        "transformers/canonical/customer.json",
        "tests/test_x.py",
    ):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name)
    return tmp_path


def names(built: Path) -> list[str]:
    with zipfile.ZipFile(built) as archive:
        return archive.namelist()


def test_local_artefact_holds_what_a_function_needs(project: Path) -> None:
    held = [name for name in names(artefact.build_local(project)) if not name.endswith(".pyc")]
    assert held == [
        "bootstrap",
        "connectors/tripletex/customer.yaml",
        "lambdas/fetch_pages.py",
        "runtime_interface.py",
        "sluice/errors.py",
        "sluice/local/system_clock.py",
        "transformers/canonical/customer.json",
    ]


def test_every_module_of_an_artefact_is_compiled_and_counts_whatever_its_date(
    project: Path, tmp_path: Path
) -> None:
    built = artefact.build_local(project)
    modules = [name for name in names(built) if name.endswith(".py") and name != "runtime_interface.py"]
    assert [source_from_cache(name) for name in names(built) if name.endswith(".pyc")] == modules
    with zipfile.ZipFile(built) as archive:
        compiled = archive.read(cache_from_source("sluice/errors.py"))
    assert int.from_bytes(compiled[4:8], "little") == 1  # PEP 552: by hash, and never checked


def test_nothing_is_compiled_where_that_python_is_not(project: Path) -> None:
    assert not [name for name in names(artefact.build_local(project, Path("/none"))) if "pycache" in name]


def test_bootstrap_runs_the_interface_client_on_the_given_python(project: Path) -> None:
    with zipfile.ZipFile(artefact.build_local(project, Path("/opt/some python/bin/python"))) as archive:
        text = archive.read("bootstrap").decode()
        assert archive.getinfo("bootstrap").external_attr >> 16 == 0o755
    assert text.startswith("#!/bin/sh\n")
    assert 'exec "/opt/some python/bin/python" runtime_interface.py "$_HANDLER"' in text


def test_the_same_input_gives_the_same_bytes(project: Path) -> None:
    first = artefact.build_local(project).read_bytes()
    (project / "lambdas/fetch_pages.py").touch()
    assert artefact.build_local(project).read_bytes() == first
    (project / "lambdas/fetch_pages.py").write_text("changed")
    assert artefact.build_local(project).read_bytes() != first


def test_nothing_half_written_is_left(project: Path) -> None:
    artefact.build_local(project)
    assert [file.name for file in (project / ".sluice/build").iterdir()] == ["sluice-lambda-local.zip"]


@pytest.mark.parametrize(
    ("name", "needed"),
    [
        ("orjson/__init__.py", True),
        ("orjson-3.13.0.dist-info/METADATA", True),
        ("orjson-3.13.0.dist-info/RECORD", False),
        ("bin/jp.py", False),
        ("botocore/data/endpoints.json", True),
        ("botocore/data/sqs/2012-11-05/service-2.json.gz", True),
        ("botocore/data/ec2/2016-11-15/service-2.json.gz", False),
        ("boto3/examples/s3.rst", False),
        ("yaml/__pycache__/x.pyc", False),
    ],
)
def test_of_packages_only_the_needed_is_kept(name: str, needed: bool) -> None:
    assert artefact._is_needed(name) is needed


def test_requirements_without_hashes_are_refused(tmp_path: Path) -> None:
    (tmp_path / "lambda.txt").write_text("orjson==3.11.0\n")
    with pytest.raises(artefact.NotBuilt, match="hash"):
        artefact.install_packages(tmp_path / "packages", tmp_path / "lambda.txt", [])
