"""cfn-lint finds nothing in the template that goes to AWS, but for what is listed here with its reason."""

from __future__ import annotations

import json
import subprocess

import pytest

ACCEPTED = {
    ("W3005", "Resources"): "osls lets each function depend on its role, which it names as well",
    ("W8003", "Conditions"): "what a stage's parameters say is known once osls has put them in",
    ("E1159", "ConsoleDistribution"): "under a condition that is false where there is no certificate",
}
"""Findings that are none, by rule and the place where they may be, each with the reason."""


@pytest.mark.timeout(300)
def test_cfn_lint_finds_nothing(linting: subprocess.Popen[str]) -> None:
    out, said = linting.communicate()
    found = json.loads(out)
    assert linting.returncode in {0, 2, 4, 6}, said
    ours = {
        (one["Rule"]["Id"], place)
        for one in found
        for place in one["Location"]["Path"][:2]
        if (one["Rule"]["Id"], place) in ACCEPTED
    }
    assert ours == set(ACCEPTED)  # it has looked, and no reason is out of date
    assert [
        (one["Rule"]["Id"], one["Location"]["Path"], one["Message"])
        for one in found
        if not any((one["Rule"]["Id"], str(place)) in ACCEPTED for place in one["Location"]["Path"][:2])
    ] == []
