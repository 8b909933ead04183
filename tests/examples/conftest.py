"""The switch that writes the expected files anew: ``pytest tests/examples --update-goldens``."""

from __future__ import annotations

import os

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-goldens", action="store_true", help="write the expected files below tests/examples anew"
    )


@pytest.fixture(scope="session")
def update_goldens(request: pytest.FixtureRequest) -> bool:
    wanted = bool(request.config.getoption("--update-goldens", default=False))
    if wanted and os.environ.get("CI"):
        pytest.fail("goldens are written by a person who reads them, never in CI")
    return wanted
