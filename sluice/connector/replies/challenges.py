"""What a 401 asks for: the schemes of its WWW-Authenticate, and whether they are others than before."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sluice.model.http import Request

_SCHEME = re.compile(r"(?:^|,)\s*([A-Za-z][A-Za-z0-9-]{0,19})(?=\s*$|\s*,|\s+[^=\s])")
NONE = "none"
"""In place of a scheme: the 401 named none."""


def scheme_of(challenge: str | None) -> str:
    """Return the schemes that a WWW-Authenticate header offers, in lower case, joined by commas, or NONE."""
    found = {scheme.lower() for scheme in _SCHEME.findall((challenge or "")[:1_000])}
    return ",".join(sorted(found))[:40] or NONE


def other_scheme(
    challenge: str | None, known: Mapping[str, Any], request: Request | None
) -> tuple[str, str] | None:
    """Return the scheme of before and those of now where they differ, None where they do not.

    ``known`` is what the contract says of earlier 401s; without it, the scheme that we send counts.
    """
    now, before = scheme_of(challenge), str(known.get("scheme") or "")
    if not before:
        word, sent, _ = (request.headers.get("Authorization", "") if request else "").partition(" ")
        before = word.lower() if sent else ""
    if not before or now in {before, NONE} or set(before.split(",")) & set(now.split(",")):
        return None
    return before, now
