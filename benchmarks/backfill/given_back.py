"""How often a chunk was handed out again, as the log of the embedded AWS says it."""

from __future__ import annotations

import re
from pathlib import Path

_GIVEN_BACK = re.compile(
    rb"ESM: Lambda \S+-transform (?:failed processing|processed \d+ SQS messages from \S+ \(\d+ partial)"
)


def given_back(log: Path) -> int:
    """Return how many invocations of the transformer ended without having done with their chunk.

    One that was killed, as its time was up, may have published a part of it: those events come twice.
    """
    with log.open("rb") as lines:
        return sum(_GIVEN_BACK.search(line) is not None for line in lines)
