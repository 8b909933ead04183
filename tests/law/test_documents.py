"""What a document names exists: files, links, commands, targets; and every decision has its record's form."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

import pytest

from tests.law.documents import Mention, anchored, anchors, links, paths, targets
from tests.law.tree import ROOT, files, text

MEDIA_TYPES = ("application/", "text/", "image/")
KEYS = ("raw/", "receipts/", "snapshots/", "quarantine/")
"""Where objects lie in the bucket: these are no folders of the repository."""
IGNORED = (".venv/", ".sluice/", "node_modules/", "dist/")
"""Made while working, never committed."""
ADR_PARTS = ["Status", "Context", "Decision", "Consequences"]


def looks_like_ours(path: str) -> bool:
    """Return whether a path with a slash means a file or folder of this repository."""
    if path.startswith((*MEDIA_TYPES, *KEYS, *IGNORED)):
        return False
    inside = {PurePosixPath(file).parts[0] for file in files()}
    return path.endswith("/") or bool(PurePosixPath(path).suffix) or PurePosixPath(path).parts[0] in inside


def exists(path: str, document: str) -> bool:
    """Return whether a path (or glob) leads somewhere, from the root or from beside the document."""
    folders = (ROOT, (ROOT / document).parent)
    return any(next(folder.glob(path.rstrip("/")), None) is not None for folder in folders)


def test_files_in_backticks_exist() -> None:
    missing = [f"{d}: {path}" for d, path in paths() if looks_like_ours(path) and not exists(path, d)]
    assert not missing


def test_links_lead_somewhere() -> None:
    missing = [f"{d}: {link}" for d, link in links() if not ((ROOT / d).parent / link).exists()]
    assert not missing


def test_links_to_a_heading_meet_one() -> None:
    missing = [
        f"{mention.document}: {mention.what}"
        for mention in anchored()
        if mention.what.partition("#")[2] not in anchors(target_of(mention))
    ]
    assert not missing


def target_of(mention: Mention) -> str:
    """Return the document that a link leads to: its own where it names none."""
    path = mention.what.partition("#")[0]
    found = (ROOT / mention.document).parent / path if path else ROOT / mention.document
    return found.resolve().relative_to(ROOT).as_posix()


def test_targets_of_make_exist() -> None:
    known = set(re.findall(r"^([a-z-]+):", text("Makefile"), re.MULTILINE))
    missing = [f"{d}: make {target}" for d, target in targets() if target not in known]
    assert not missing


def test_every_target_says_what_it_does() -> None:
    rules = re.findall(r"^([a-z-]+):(.*)$", text("Makefile"), re.MULTILINE)
    assert [name for name, rest in rules if "## " not in rest] == []


def decisions() -> list[str]:
    """Return the decision records."""
    return [path for path in files() if re.fullmatch(r"docs/adr/\d{4}-[\w-]+\.md", path)]


@pytest.mark.parametrize("path", decisions())
def test_a_decision_has_its_four_parts(path: str) -> None:
    assert re.findall(r"^## (.+)$", text(path), re.MULTILINE) == ADR_PARTS
    assert len(text(path).splitlines()) <= 60


def test_decisions_are_numbered_without_gaps() -> None:
    numbers = [int(PurePosixPath(path).name[:4]) for path in decisions()]
    assert numbers == list(range(1, len(numbers) + 1))
