"""No path of a machine, no registry's address and no secret in any file that is or could be committed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.law.tree import files, text

# Written in pieces, so that this file does not find itself.
REGISTRIES = re.compile(
    "|".join([r"pypi\." + "org", r"files\.python" + "hosted", r"registry\.npm" + "js", r"deb\.deb" + "ian"])
)
MACHINE_PATHS = re.compile(
    r"(?<![\w.>}/-])/(?:"
    + "|".join(["ho" + "me", "Use" + "rs", "ro" + "ot", "wo" + "rk", "fa" + "rm"])
    # In a container it is the image's own folder, the same for everybody.
    + r")/(?!StepFunctionsLocal/)\w"
)
SECRETS = {
    "an AWS access key": re.compile("(?:AK" + r"IA|AS" + r"IA)[A-Z0-9]{16}"),
    "a private key": re.compile("-----BEGIN [A-Z ]*PRIVATE" + " KEY-----"),
    "a GitHub token": re.compile("gh" + r"[pousr]_\w{36}"),
    "a Slack token": re.compile("xo" + r"x[abpr]-\w{10}"),
}
RULES = {"a registry's address": REGISTRIES, "a path of a machine": MACHINE_PATHS, **SECRETS}


@pytest.mark.parametrize("what", RULES)
def test_no_file_holds(what: str) -> None:
    guilty = [
        f"{path}:{number}: {line.strip()[:120]}"
        for path in files()
        for number, line in enumerate(text(path).splitlines(), start=1)
        if RULES[what].search(line)
    ]
    assert not guilty


def locks() -> list[str]:
    """Return the lock files: of pip everything below a requirements folder, of npm its own."""
    return [
        path
        for path in files()
        if path.endswith("package-lock.json") or re.search(r"requirements[\w/-]*\.txt$", path)
    ]


def strings(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Yield (key, text) of every text in a JSON value."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from strings(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner, key)
    elif isinstance(value, str):
        yield key, value


def test_lock_files_name_no_address() -> None:
    guilty = []
    for path in locks():
        if path.endswith(".json"):
            # npm notes where a package asks for donations ("funding": {"url": ...}); that is no registry.
            guilty += [
                f"{path}: {key}"
                for key, found in strings(json.loads(text(path)))
                if "://" in found and key not in {"url", "funding"}
            ]
        else:
            guilty += [
                f"{path}:{n}" for n, line in enumerate(text(path).splitlines(), start=1) if "://" in line
            ]
    assert not guilty


def test_locked_requirements_carry_hashes() -> None:
    guilty = [
        f"{path}: {entry.split()[0]}"
        for path in locks()
        if path.startswith("requirements/")
        for entry in re.split(r"\n(?=\S)", text(path).strip())
        if not entry.startswith("#") and "--hash=sha256:" not in entry
    ]
    assert not guilty
