"""How all tests are run: how many examples Hypothesis makes, and a part of the tests alone."""

from __future__ import annotations

import gc
import hashlib
from datetime import UTC, datetime

import pytest
from hypothesis import settings

from sluice.cli.certify.parts import Part, part_of
from tests.effort import THOROUGH

settings.register_profile("some", max_examples=30)
settings.load_profile("default" if THOROUGH else "some")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let ``--part 2/6`` run every sixth test, ``--part day/6`` another sixth every day."""
    parser.addoption("--part", help="run a part of the tests: K/N, or day/N for another part every day")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is in no part that was asked for."""
    if not config.getoption("--part"):
        return
    try:
        part = part_of(config.getoption("--part"), datetime.now(UTC).date())
    except ValueError as err:
        raise pytest.UsageError(f"--part: {err}") from err
    left_out = [item for item in items if not is_in(part, item.nodeid)]
    items[:] = [item for item in items if is_in(part, item.nodeid)]
    config.hook.pytest_deselected(items=left_out)


def is_in(part: Part, test: str) -> bool:
    """Return whether the part has the test of this name."""
    digest = hashlib.blake2b(test.encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big") % part.count == part.number - 1


def pytest_collection_finish() -> None:
    """Have twelve thousand tests, and all that they import, looked through for garbage once and not again."""
    gc.collect()
    gc.freeze()


def pytest_sessionfinish() -> None:
    """Give everything back, or libraries in C tell of leaks."""
    gc.unfreeze()
