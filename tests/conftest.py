"""How all tests are run: how many examples Hypothesis makes, and a part of the tests alone."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

import pytest
from hypothesis import settings

from sluice.cli.certify.parts import Part, part_of
from tests.effort import THOROUGH, some

LIVE = "tests/live/"

# How long an example took says how busy the machine is; what must be quick says so itself.
settings.register_profile("all", deadline=None)
settings.register_profile("some", max_examples=20, deadline=None)
settings.load_profile("all" if THOROUGH else "some")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let ``--part 2/6`` run every sixth test, ``--part day/6`` another sixth every day."""
    parser.addoption("--part", help="run a part of the tests: K/N, or day/N for another part every day")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what `make test` does not try, and what is in no part that was asked for."""
    tried = some_of(items)
    leave_out(config, items, tried)
    if not config.getoption("--part"):
        return
    try:
        part = part_of(config.getoption("--part"), datetime.now(UTC).date())
    except ValueError as err:
        raise pytest.UsageError(f"--part: {err}") from err
    of_live = parted_files(item.nodeid for item in items)
    tried = {item for item in items if is_in(part, item.nodeid, of_live)}
    leave_out(config, items, tried)


def leave_out(config: pytest.Config, items: list[pytest.Item], tried: set[pytest.Item]) -> None:
    """Have only those tests run that are to be tried."""
    config.hook.pytest_deselected(items=[item for item in items if item not in tried])
    items[:] = [item for item in items if item in tried]


def some_of(items: list[pytest.Item]) -> set[pytest.Item]:
    """Return the tests without those that are tried with more parameters than `make test` is to try."""
    of_one: dict[str, list[pytest.Item]] = {}
    for item in items:
        of_one.setdefault(item.nodeid.partition("[")[0], []).append(item)
    tried: set[pytest.Item] = set()
    for many in of_one.values():
        mark = many[0].get_closest_marker("thorough")
        tried.update(some(many, mark.kwargs["most"]) if mark and "most" in mark.kwargs else many)
    return tried


def parted_files(tests: Iterable[str]) -> dict[str, int]:
    """Return the numbers of the files of live tests: these are not taken apart, but dealt out."""
    files = sorted({test.partition("::")[0] for test in tests if test.startswith(LIVE)})
    return {file: number for number, file in enumerate(files)}


def is_in(part: Part, test: str, files: Mapping[str, int]) -> bool:
    """Return whether the part has the test of this name; ``files`` are those that go whole, by number."""
    file = test.partition("::")[0]
    if file in files:
        return files[file] % part.count == part.number - 1
    digest = hashlib.blake2b(test.encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big") % part.count == part.number - 1


def pytest_sessionstart() -> None:
    """Have what is imported and collected not looked through for garbage while it grows: all of it stays."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Have fourteen thousand tests, and all that they import, looked through once and not again."""
    gc.enable()
    gc.collect()
    gc.freeze()


def pytest_sessionfinish() -> None:
    """Give everything back, or libraries in C tell of leaks."""
    gc.unfreeze()
